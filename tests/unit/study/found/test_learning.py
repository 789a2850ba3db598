"""Tables along learning: every update beside the final networks, which are the study's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from dynashape.engine.serial import SerialEngine
from dynashape.inference.study.rows import contrast_rows
from dynashape.records import System
from dynashape.steps import Reader, compute
from dynashape.store import Store
from dynashape.study import load_spec, read_results
from dynashape.study.found.learning import read_learning
from dynashape.study.told.report import tell_learning
from dynashape.study.work.fit import Fit
from dynashape.study.work.plan import make_plan


def test_once_all_are_done_every_number_is_the_final_networks_own(early):
    plan, read = early
    learning = read_learning(plan, read, read_results(plan, read))
    table = learning.separability.assign(updates=learning.separability["updates"].fillna(0))  # 0: the final networks
    assert dict(zip(table["updates"], table["n_done"], strict=True)) == {2: 0, 5: 3, 6: 6, 0: 6}
    assert set(table["n_networks"]) == {6}
    rows = table.drop(columns=["n_done"]).set_index("updates")
    early_rows, late, final = (rows.loc[[update]].reset_index(drop=True) for update in (2, 6, 0))
    assert len(early_rows) == len(late) == len(final) == len(rows) // 4
    pd.testing.assert_frame_equal(late, final)
    assert not np.allclose(early_rows["omega_squared"], final["omega_squared"])
    shares = learning.shares.assign(updates=learning.shares["updates"].fillna(0)).set_index("updates")
    pd.testing.assert_frame_equal(shares.loc[[6]].reset_index(drop=True), shares.loc[[0]].reset_index(drop=True))


def test_the_columns_are_those_of_the_separability_table_after_the_updates(early):
    plan, read = early
    results = read_results(plan, read)
    table = read_learning(plan, read, results).separability
    assert list(table.columns) == ["updates", "n_networks", "n_done", *results.separability.columns]


def test_the_shares_name_their_place_and_the_verdict(early):
    plan, read = early
    headline = read(plan.final.conclude).headline
    rows = list(contrast_rows(headline))
    cells = [row for row in rows if row["phase"] == "delay"]
    assert len(cells) == len(headline.cells) > 0
    assert {row["architecture"] for row in rows if row["phase"] == "all"} == {"all", "GRU"}
    assert cells[0]["first"] == headline.cells[0].first.estimate
    assert cells[0]["difference_high"] == headline.cells[0].difference.high
    assert cells[0]["verdict"] == headline.cells[0].verdict


@pytest.mark.parametrize("snapshots", ["[]", "[3]"])
def test_without_snapshots_that_are_done_there_is_no_figure_and_no_table(tmp_path, snapshots):
    plan = make_plan(load_spec("smoke", [f"training.snapshots={snapshots}"]))
    read = Reader(Store.create(tmp_path / "store"))
    learning = read_learning(plan, read, read_results(plan, read))
    assert learning.separability.empty and learning.shares.empty
    section = tell_learning(learning)
    assert section.figures == section.tables == ()


def test_an_update_that_fails_is_told_and_leaves_the_others(early_fields, tmp_path, monkeypatch):
    plan, store, fit = make_plan(load_spec("smoke", early_fields)), Store.create(tmp_path / "store"), Fit.run

    def fail_at_two(step: Fit, read: Reader) -> dict[System, Any]:
        if step.record.update == 2 and step.record.train.task.name == "DC":
            raise ValueError("no activity today")
        return fit(step, read)

    def updates_of(read: Reader) -> set[int]:
        table = read_learning(plan, read, read_results(plan, read)).separability
        assert table["updates"].isna().any()
        return set(table["updates"].dropna())

    with monkeypatch.context() as patched:
        patched.setattr(Fit, "run", fail_at_two)
        found = compute(plan.stages, store, SerialEngine)
    assert "no activity today" in found.failures["fit GRU DC at update 2"]
    assert found.failures["conclude all comparisons at update 2"].startswith("skipped: needs compare of")
    assert all(place.endswith("at update 2") for place in found.failures)
    assert updates_of(Reader(store)) == {5, 6}
    again = compute(plan.stages, store, SerialEngine)
    assert not again.failures
    assert {stage: n for stage, n in again.counts.items() if n} == {
        "along learning: fitting operators": 1,
        "along learning: aligning pairs": 1,
        "along learning: comparing tasks, training and input": 1,
        "along learning: drawing conclusions": 1,
    }
    assert updates_of(Reader(store)) == {2, 5, 6}
