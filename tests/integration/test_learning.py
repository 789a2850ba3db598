"""A tiny study with snapshots: every update and comparison in the tables, nothing computed twice, and a killed run."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.slow

TINY = [
    "architectures=[V-RNN]",
    "tasks=[GNG, DC]",
    "seeds=[0, 1, 2]",
    "phases=[stimulus, delay]",
    "training.max_updates=6",
    "training.evaluate_every=3",
    "training.n_evaluation_trials=32",
    "training.snapshots=log",
    "activity.n_trials=8",
]
UPDATES = [1, 2, 3, 4, 5, 6]  # eight log-spaced numbers up to six, each once
NAMES = ["updates", "analysis", "architecture", "phase", "task_a", "task_b", "labelling"]


def command(out: Path) -> list[str]:
    overrides = [part for field in TINY for part in ("--set", field)]
    return [sys.executable, "-m", "dynashape", "run", "smoke", "--out", str(out), "--engine", "serial", *overrides]


@pytest.fixture(scope="session")
def study(dynashape, made_once) -> Path:
    def make(folder: Path) -> None:
        assert "along learning: aligning pairs" in dynashape(*command(folder / "study")[3:]).err

    return made_once("learning", make) / "study"


def finished(store: Path, step: str = "*") -> dict[Path, int]:
    """When each artifact was written; files that are just being written begin with a dot, which `*` would meet too."""
    return {path: path.stat().st_mtime_ns for path in store.glob(f"{step}/[!.]*.*")}


def test_every_update_and_comparison_is_in_the_table(study):
    table = pd.read_parquet(study / "learning.parquet")
    separability = pd.read_parquet(study / "separability.parquet")
    assert not table.duplicated(NAMES).any()
    assert sorted(table["updates"].dropna().unique()) == UPDATES
    assert len(table) == (len(UPDATES) + 1) * len(separability)
    assert set(separability.columns) < set(table.columns)
    final = table[table["updates"].isna()].reset_index(drop=True)
    pd.testing.assert_frame_equal(final[list(separability.columns)], separability)
    # No network is done before the last update, whose weights are the final ones.
    assert set(table.loc[table["updates"] < 6, "n_done"]) == {0}
    last = table[table["updates"] == 6].reset_index(drop=True)
    assert set(last["n_done"]) == set(last["n_networks"]) == {6}
    pd.testing.assert_frame_equal(last[list(separability.columns)], separability)
    shares = pd.read_parquet(study / "learning_shares.parquet")
    assert set(shares["contrast"]) == {"input - training", "task - training", "input - task"}


def test_the_figure_is_written_and_in_the_report(study):
    assert all((study / "figures" / f"learning.{suffix}").stat().st_size for suffix in ("png", "svg", "pdf"))
    report = (study / "report.html").read_text()
    assert "Separability along learning" in report
    assert "The verdict along learning" in report


def test_a_second_run_computes_nothing_and_status_counts_the_snapshots(dynashape, study, tmp_path):
    out = shutil.copytree(study, tmp_path / "study")
    before = finished(out / "store")
    told = dynashape(*command(out)[3:]).err
    assert "to do" not in told.replace("1 to do", "")  # only the results are written again
    assert f"along learning: comparing tasks, training and input: all {2 * len(UPDATES)} found" in told
    assert before == finished(out / "store")
    said = dynashape("status", out).out
    assert "along learning: drawing conclusions" in said
    assert "not finished" not in said


def test_a_run_killed_along_learning_goes_on_to_the_same_tables(dynashape, study, tmp_path):
    out = tmp_path / "study"
    whole = len(finished(study / "store", "align"))
    process = subprocess.Popen(command(out), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 240
    # Two tiles are the study's own: more of them are snapshots'.
    while len(finished(out / "store", "align")) < 4:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    kept = finished(out / "store")
    assert 4 <= len(finished(out / "store", "align")) < whole
    assert not (out / "learning.parquet").exists()
    assert "not finished" in dynashape("status", out).out
    dynashape(*command(out)[3:])
    assert kept == {path: path.stat().st_mtime_ns for path in kept}
    for name in ("learning", "learning_shares"):
        pd.testing.assert_frame_equal(
            pd.read_parquet(study / f"{name}.parquet"), pd.read_parquet(out / f"{name}.parquet")
        )
