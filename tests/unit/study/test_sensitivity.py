"""Conclusions at other settings: steps that variants share are computed once, and what flips is marked."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from dynashape.engine.serial import SerialEngine
from dynashape.errors import SpecError, StoreError
from dynashape.records import Contrast
from dynashape.study import run_sensitivity
from dynashape.study import sensitivity as analysis

GRID = {"dsa.rank": [3, 2, 9999], "activity.noise": ["gaussian", "variance_matched"]}


@pytest.fixture
def study(synthetic, tmp_path, monkeypatch):
    """A copy of the narrow study, whose report nobody draws again."""
    monkeypatch.setattr(analysis, "rewrite_report", lambda directory: directory / "report.html")
    return shutil.copytree(synthetic.narrow, tmp_path / "study")


def test_variants_share_all_steps_that_they_can(study, told):
    assert run_sensitivity(study, SerialEngine, GRID, told).failures == {}
    # Two groups of networks; then the study itself and one other input, or also one other rank. 9999 is no study.
    assert told.stages == {
        "training networks": (2, 2),
        "recording activity": (4, 2),
        "fitting operators": (6, 2),
        "aligning pairs": (3, 1),
        "comparing tasks, training and input": (3, 1),
        "drawing conclusions": (3, 1),
        "writing the report": (1, 0),
    }
    assert len(set(told.units)) == len(told.units) - 2  # a record, fit or comparison may be called alike
    assert "dsa.rank=2: V-RNN CDM" in told.units
    assert told.ended == len(told.stages)


def test_a_second_time_computes_nothing(study, told):
    first = run_sensitivity(study, SerialEngine, GRID)

    def refuse():
        raise AssertionError("no engine is needed")

    again = run_sensitivity(study, refuse, GRID, told)
    assert all(n == done for title, (n, done) in told.stages.items() if title != "writing the report")
    pd.testing.assert_frame_equal(again.table, first.table)
    pd.testing.assert_frame_equal(again.dimensions, first.dimensions)


def test_every_setting_has_a_row_for_each_contrast_and_place(study):
    found = run_sensitivity(study, SerialEngine, GRID)
    table = found.table
    pd.testing.assert_frame_equal(table, pd.read_parquet(study / "sensitivity.parquet"))
    places = ["contrast", "architecture", "phase"]
    assert not table.duplicated(["setting", "value", *places]).any()
    assert len(table) == 5 * len(Contrast) * 3  # values; all cells, the architecture, its phase
    chosen = table[table["chosen"]]
    assert set(zip(chosen["setting"], chosen["value"], strict=True)) == {
        ("dsa.rank", "3"),
        ("activity.noise", "gaussian"),
    }
    assert chosen.groupby(places)["estimate"].nunique().eq(1).all()
    others = table[~table["chosen"]].merge(chosen[[*places, "verdict"]].drop_duplicates(), on=places)
    differs = others["estimate"].notna() & (others["verdict_x"] != others["verdict_y"])
    assert others["flips"].tolist() == differs.tolist()
    lost = table[table["value"] == "9999"]
    assert lost["estimate"].isna().all()
    assert set(lost["verdict"]) == {"no conclusion"}
    assert lost["message"].str.contains("dsa.rank must lie in").all()
    assert table[table["value"] != "9999"]["estimate"].notna().all()


def test_tests_in_other_dimensions_are_counted(study, synthetic):
    table = run_sensitivity(study, SerialEngine, {"dsa.rank": [3]}).dimensions
    assert set(table["n_components"]) == {1, 2, 3, 4, 5}
    assert (table["n_comparisons"] == 1).all()  # one cell and one pair of tasks
    assert set(zip(table["analysis"], table["labelling"], strict=True)) == {
        (1, "task"),
        (1, "training"),
        (2, "task"),
        (2, "input"),
    }
    assert (table.loc[table["n_components"] == 2, "n_flips"] == 0).all()


def test_a_mistake_is_said_before_anything_is_computed(study, tmp_path):
    with pytest.raises(SpecError, match="did you mean 'cka'"):
        run_sensitivity(study, SerialEngine, {"dissimilarity": ["ckaa"]})
    with pytest.raises(StoreError, match="holds no study"):
        run_sensitivity(tmp_path, SerialEngine, GRID)
    assert not (study / "sensitivity.parquet").exists()
