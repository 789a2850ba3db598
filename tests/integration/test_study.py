"""A whole tiny study with real tasks, networks and workers: engines agree, and a killed run goes on where it was."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

pytestmark = pytest.mark.slow

TINY = [
    "architectures=[V-RNN, LSTM]",
    "tasks=[CDM, GNG, PR]",
    "seeds=[0, 1]",
    "dsa.rank=5",
    "training.max_updates=6",
    "training.evaluate_every=3",
    "training.n_evaluation_trials=32",
    "activity.n_trials=8",
    "phases=[stimulus, delay]",
]


def command(out: Path, *more: object) -> list[str]:
    overrides = [part for field in TINY for part in ("--set", field)]
    return [sys.executable, "-m", "dynashape", "run", "smoke", "--out", str(out), *overrides, *map(str, more)]


@pytest.fixture(scope="session")
def run(dynashape) -> Callable[..., str]:
    """Run the study in this process and return what it told."""
    return lambda out, *more: dynashape(*command(out, *more)[3:]).err


def finished(store: Path, step: str = "*") -> dict[Path, int]:
    """When each artifact was written; files that are just being written begin with a dot, which `*` would meet too."""
    return {path: path.stat().st_mtime_ns for path in store.glob(f"{step}/[!.]*.*")}


def same_results(one: Path, other: Path) -> None:
    for name in ("networks", "operators", "eigenvalues", "bounds", "separability", "embeddings", "meta_clustering"):
        pd.testing.assert_frame_equal(
            pd.read_parquet(one / f"{name}.parquet"), pd.read_parquet(other / f"{name}.parquet")
        )
    for path in sorted((one / "distances").glob("*.nc")):
        with xr.open_dataset(path) as a, xr.open_dataset(other / "distances" / path.name) as b:
            xr.testing.assert_identical(a, b)
    for path in sorted((one / "weights").glob("*.safetensors")):
        assert path.read_bytes() == (other / "weights" / path.name).read_bytes()
    assert json.loads((one / "summary.json").read_text()) == json.loads((other / "summary.json").read_text())


@pytest.fixture(scope="session")
def serial(run, made_once) -> Path:
    return made_once("serial", lambda folder: run(folder / "study", "--engine", "serial")) / "study"


def test_everything_promised_is_on_disk(serial):
    networks = pd.read_parquet(serial / "networks.parquet")
    assert list(networks.columns[:3]) == ["architecture", "task", "seed"]
    assert {"updates", "accuracy", "ceiling", "reached", "status"} <= set(networks.columns)
    assert len(networks) == 2 * 3 * 2
    table = pd.read_parquet(serial / "separability.parquet")
    names = ["analysis", "architecture", "phase", "task_a", "task_b", "labelling"]
    assert not table.duplicated(names).any()
    assert len(table) == 2 * 2 * 2 * 3 * 2  # analyses, architectures, phases, task pairs, labellings
    assert {"accuracy", "chance", "p_value", "n_systems"} <= set(table.columns)
    assert set(table.loc[table["analysis"] == 1, "labelling"]) == {"task", "training"}
    assert set(table.loc[table["analysis"] == 2, "labelling"]) == {"task", "input"}
    with xr.open_dataset(serial / "distances" / "LSTM-delay.nc") as data:
        square = data["distance"].to_numpy()
        assert set(data["condition"].to_numpy()) == {"untrained", "trained", "noise"}
    assert square.shape == (18, 18)
    assert np.array_equal(square, square.T)
    assert np.all(np.diag(square) == 0)
    assert np.all((square[np.triu_indices(18, 1)] > 0) & (square[np.triu_indices(18, 1)] <= np.pi))
    for number in (1, 2, 3):
        for suffix in ("png", "svg", "pdf"):
            assert list((serial / "figures").glob(f"figure{number}*.{suffix}"))
    assert (serial / "training" / "LSTM-PR-1.jsonl").read_text().count("\n") >= 2
    assert "<html" in (serial / "report.html").read_text()
    provenance = json.loads((serial / "provenance.json").read_text())
    assert provenance["packages"]["torch"]


@pytest.mark.parametrize("n_workers", [1, 2])
def test_workers_change_nothing(run, serial, tmp_path, n_workers):
    run(tmp_path / "local", "--engine", "local", "--workers", n_workers)
    same_results(serial, tmp_path / "local")


def test_a_second_run_computes_nothing(run, serial, tmp_path):
    out = shutil.copytree(serial, tmp_path / "study")
    before = finished(out / "store")
    told = run(out, "--engine", "serial")
    assert "all 6 found" in told
    assert "to do" not in told.replace("1 to do", "")  # only the results are written again
    assert before == finished(out / "store")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_run_goes_on_where_it_was(run, serial, tmp_path, how):
    out = tmp_path / "study"
    process = subprocess.Popen(
        command(out, "--engine", "serial"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 240
    while not finished(out / "store", "train"):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(process.pid, how)
    process.communicate(timeout=60)
    kept = finished(out / "store", "train")
    assert 1 <= len(kept) < 6
    assert not (out / "report.html").exists()
    run(out, "--engine", "serial")
    assert kept == {path: path.stat().st_mtime_ns for path in kept}
    same_results(serial, out)


def test_another_study_in_the_folder_is_refused_and_kept(dynashape, serial):
    before = finished(serial)
    refused = dynashape(*command(serial, "--set", "dsa.rank=4")[3:], code=2)
    assert "dsa.rank (5 there, 4 here)" in refused.err
    assert before == finished(serial)


def test_status_and_report_read_the_folder(dynashape, serial, tmp_path):
    out = shutil.copytree(serial, tmp_path / "study")
    assert "networks trained: 12" in dynashape("status", out).out
    (out / "report.html").unlink()
    dynashape("report", out)
    assert "<html" in (out / "report.html").read_text()
