"""A tiny study and its sensitivity analysis: what exists is reused, every value has its rows, the report shows it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.slow
PLACE = ["contrast", "architecture", "phase"]

GRID = """
dsa.rank: [4, 3, 9999]
activity.noise: [gaussian, zero]
dissimilarity: [dsa, spectral, procrustes, cka]
"""


@pytest.fixture(scope="session")
def study(dynashape, tiny_study, made_once) -> Path:
    """A copy of the tiny study, with its sensitivity analysis; whoever changes something takes a copy of it."""

    def make(folder: Path) -> None:
        out = shutil.copytree(tiny_study, folder / "tiny")
        (out / "grid.yaml").write_text(GRID)
        dynashape("sensitivity", out, "--grid", out / "grid.yaml", "--engine", "serial")

    return made_once("sensitivity", make) / "tiny"


def trained(study: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (study / "store" / "train").iterdir()}


def recorded(study: Path) -> set[str]:
    return {path.name for path in (study / "store" / "record").iterdir()}


def test_conclusions_at_other_settings(study, tiny_study):
    assert trained(study) == trained(tiny_study)
    assert len(recorded(study) - recorded(tiny_study)) == 2  # one group a task, for the zero input
    own = pd.read_parquet(tiny_study / "separability.parquet")
    pd.testing.assert_frame_equal(own, pd.read_parquet(study / "separability.parquet"))

    table = pd.read_parquet(study / "sensitivity.parquet")
    names = ["setting", "value", *PLACE]
    assert not table.duplicated(names).any()
    assert {"estimate", "low", "high", "verdict", "chosen", "flips"} <= set(table.columns)
    chosen = table[table["chosen"]]
    assert len(chosen) == 3 * 3 * 4  # settings, contrasts, places: all cells, the architecture, its two phases
    assert not chosen["flips"].any()
    assert chosen.groupby(PLACE)["estimate"].nunique().eq(1).all()
    lost = table[table["value"] == "9999"]
    assert lost["estimate"].isna().all()
    assert lost["message"].str.contains("dsa.rank must lie in").all()
    told = table[table["estimate"].notna()]
    assert told.groupby(["setting", "value"]).ngroups == 8
    # Another dissimilarity is another number, or the field did nothing.
    pooled = told[(told["architecture"] == "all") & (told["contrast"] == "input - training")]
    assert pooled.loc[pooled["setting"] == "dissimilarity", "estimate"].nunique() == 4
    own_verdict = chosen.drop_duplicates(PLACE).set_index(PLACE)["verdict"]
    before = own_verdict.reindex(pd.MultiIndex.from_frame(table[PLACE])).to_numpy()
    assert (table["flips"] == table["estimate"].notna() & (table["verdict"] != before)).all()

    dimensions = pd.read_parquet(study / "sensitivity_dimensions.parquet")
    assert set(dimensions["n_components"]) == {1, 2, 3, 4, 5}
    assert (dimensions["n_comparisons"] == 2).all()  # phases of the one architecture, for the one pair of tasks
    assert (dimensions.loc[dimensions["n_components"] == 2, "n_flips"] == 0).all()
    for suffix in ("png", "svg", "pdf"):
        assert (study / "figures" / f"sensitivity.{suffix}").stat().st_size > 5_000
    assert "Whether the conclusion hangs on a choice" in (study / "report.html").read_text()


def test_a_second_time_computes_nothing(dynashape, study, tmp_path):
    out = shutil.copytree(study, tmp_path / "tiny")
    told = dynashape("sensitivity", out, "--grid", out / "grid.yaml", "--engine", "serial").err
    assert "recording activity: all 4 found" in told
    assert "to do" not in told.replace("writing the report: 1 to do", "")


def test_seeds_are_planned_from_the_study(dynashape, tiny_study, tmp_path):
    study = shutil.copytree(tiny_study, tmp_path / "tiny")
    said = dynashape("power", study, "--share", "0.05", "--share", "0.6", "--studies", "20").out
    assert "Chance to find an effect" in said
    table = pd.read_parquet(study / "power.parquet")
    assert set(table["term"]) == {"task", "training", "input"}
    mean = table.groupby(["term", "share"])["power"].mean().unstack()
    assert (mean[0.6] > mean[0.05]).all()
    # Two seeds: the smallest p-value of the restricted relabellings is above .05.
    assert (table.loc[table["n_seeds"] == 2, "power"] == 0).all()
    assert "Chance of each verdict" in said
    verdicts = pd.read_parquet(study / "verdict_power.parquet")
    assert set(verdicts.loc[~verdicts["measured"], "difference"]) == {0.0, 0.1, 0.2}
    dynashape("report", study)
    report = (study / "report.html").read_text()
    assert "How many seeds an effect needs" in report
    assert "Seeds needed for the verdict" in report


def test_variance_shares_are_drawn(tiny_study):
    assert (tiny_study / "figures" / "variance_shares.svg").stat().st_size > 5_000
