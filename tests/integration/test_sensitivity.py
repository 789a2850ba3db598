"""A tiny study and its sensitivity analysis: what exists is reused, every value has its rows, the report shows it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.slow

TINY = [
    "architectures=[V-RNN]",
    "tasks=[GNG, PR]",
    "phases=[stimulus, delay]",
    "training.max_updates=6",
    "training.evaluate_every=3",
    "training.n_evaluation_trials=32",
    "activity.n_trials=12",
]
GRID = """
dsa.rank: [4, 3, 9999]
activity.noise: [gaussian, zero]
dissimilarity: [dsa, spectral, procrustes, cka]
"""


def dynashape(*arguments: object) -> str:
    command = [sys.executable, "-m", "dynashape", *map(str, arguments), "--engine", "serial"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("studies") / "tiny"
    dynashape("run", "smoke", "--out", out, *(part for field in TINY for part in ("--set", field)))
    (out / "grid.yaml").write_text(GRID)
    return out


def test_conclusions_at_other_settings(study):
    trained = {path: path.stat().st_mtime_ns for path in (study / "store" / "train").iterdir()}
    recorded = set((study / "store" / "record").iterdir())
    own = pd.read_parquet(study / "separability.parquet")
    dynashape("sensitivity", study, "--grid", study / "grid.yaml")
    assert trained == {path: path.stat().st_mtime_ns for path in (study / "store" / "train").iterdir()}
    assert len(set((study / "store" / "record").iterdir()) - recorded) == 2  # one group a task, for the zero input
    pd.testing.assert_frame_equal(own, pd.read_parquet(study / "separability.parquet"))

    table = pd.read_parquet(study / "sensitivity.parquet")
    names = ["setting", "value", "contrast", "place"]
    assert not table.duplicated(names).any()
    assert {"estimate", "low", "high", "verdict", "chosen", "flips"} <= set(table.columns)
    chosen = table[table["chosen"]]
    assert len(chosen) == 3 * 3 * 4  # settings, contrasts, places: all, the architecture, its two phases
    assert not chosen["flips"].any()
    assert chosen.groupby(["contrast", "place"])["estimate"].nunique().eq(1).all()
    lost = table[table["value"] == "9999"]
    assert lost["estimate"].isna().all()
    assert lost["message"].str.contains("dsa.rank must lie in").all()
    told = table[table["estimate"].notna()]
    assert told.groupby(["setting", "value"]).ngroups == 8
    # Another dissimilarity is another number, or the field did nothing.
    pooled = told[(told["place"] == "all") & (told["contrast"] == "input - training")].set_index(["setting", "value"])
    assert pooled.loc["dissimilarity", "estimate"].nunique() == 4
    before = table["contrast"] + table["place"]
    own_verdict = dict(zip(chosen["contrast"] + chosen["place"], chosen["verdict"], strict=True))
    differs = table["estimate"].notna() & (table["verdict"] != before.map(own_verdict))
    assert (table["flips"] == differs).all()

    dimensions = pd.read_parquet(study / "sensitivity_dimensions.parquet")
    assert set(dimensions["n_components"]) == {1, 2, 3, 4, 5}
    assert (dimensions["n_comparisons"] == 2).all()  # phases of the one architecture, for the one pair of tasks
    assert (dimensions.loc[dimensions["n_components"] == 2, "n_flips"] == 0).all()
    for suffix in ("png", "svg", "pdf"):
        assert (study / "figures" / f"sensitivity.{suffix}").stat().st_size > 5_000
    assert "Whether the conclusion hangs on a choice" in (study / "report.html").read_text()


def test_a_second_time_computes_nothing(study):
    dynashape("sensitivity", study, "--grid", study / "grid.yaml")
    told = dynashape("sensitivity", study, "--grid", study / "grid.yaml")
    assert "recording activity: all 4 found" in told
    assert "to do" not in told.replace("writing the report: 1 to do", "")


def test_seeds_are_planned_from_the_study(study):
    command = [sys.executable, "-m", "dynashape", "power", str(study), "--share", "0.05", "--share", "0.6"]
    done = subprocess.run([*command, "--studies", "20"], capture_output=True, text=True, timeout=300, check=True)
    assert "Chance to find an effect" in done.stdout
    table = pd.read_parquet(study / "power.parquet")
    assert set(table["term"]) == {"task", "training", "input"}
    mean = table.groupby(["term", "share"])["power"].mean().unstack()
    assert (mean[0.6] > mean[0.05]).all()
    # Two seeds: the smallest p-value of the restricted relabellings is above .05.
    assert (table.loc[table["n_seeds"] == 2, "power"] == 0).all()
    assert "Chance of each verdict" in done.stdout
    verdicts = pd.read_parquet(study / "verdict_power.parquet")
    assert set(verdicts.loc[~verdicts["measured"], "difference"]) == {0.0, 0.1, 0.2}
    subprocess.run([sys.executable, "-m", "dynashape", "report", str(study)], timeout=300, check=True)
    report = (study / "report.html").read_text()
    assert "How many seeds an effect needs" in report
    assert "Seeds needed for the verdict" in report


def test_variance_shares_are_drawn(study):
    assert (study / "figures" / "variance_shares.svg").stat().st_size > 5_000
