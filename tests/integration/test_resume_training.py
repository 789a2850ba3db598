"""A training that is killed in the middle goes on from its saved state, with the identical result."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from dynashape.store import Store, remove_leftovers
from dynashape.training import TrainedNetwork

pytestmark = pytest.mark.slow

# A patience beyond reach: the unit runs for all its updates.
CODE = """
import sys
from pathlib import Path
from dynashape.steps import perform, saved_state
from dynashape.store import Store
from dynashape.study import load_spec
from dynashape.study.work.plan import make_plan
from dynashape.training import TrainingState
saved_state.SAVE_EVERY_S = 0.0
fields = ["training.max_updates=300", "training.evaluate_every=10", "training.patience=100", "training.snapshots=log"]
(step,) = [step for step in make_plan(load_spec("smoke", fields)).trains if step.name == "LSTM CDM"]
store = Store.create(Path(sys.argv[1]))
found = saved_state.SavedState(store, step.key, TrainingState).load()
print("from", found.updates if found else 0, flush=True)
perform(store.root, step)
print(step.key, flush=True)
"""


def start(root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", CODE, str(root)], stdout=subprocess.PIPE, text=True)


def finish(root: Path) -> tuple[int, dict[str, np.ndarray]]:
    """After how many updates the unit began, and all of its result: arrays by name, and the rest as text."""
    said, _ = start(root).communicate(timeout=240)
    first, key = said.split("\n")[:2]
    networks = Store(root).load("train", key, tuple[TrainedNetwork, ...])
    assert all(network.snapshots for network in networks)
    with np.load(root / "train" / f"{key}.npz") as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    return int(first.split()[1]), kept


def saved_states(root: Path) -> list[Path]:
    """The states that were written whole: the name of a half-written file begins with a dot."""
    return list((root / "progress").glob("[!.]*.npz"))


def test_sigkill_in_the_middle_of_a_unit_changes_nothing(tmp_path):
    began, whole = finish(tmp_path / "whole")
    assert began == 0
    process = start(tmp_path / "killed")
    until = time.monotonic() + 120
    written: set[int] = set()  # each state takes the place of the one before, at another time
    while len(written) < 3:
        assert process.poll() is None
        assert time.monotonic() < until
        written.update(state.stat().st_mtime_ns for state in saved_states(tmp_path / "killed"))
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert not list((tmp_path / "killed" / "train").glob("[!.]*.npz"))
    began, resumed = finish(tmp_path / "killed")
    assert began > 0
    assert whole.keys() == resumed.keys()
    for name in whole:
        assert np.array_equal(whole[name], resumed[name]), name
    assert not saved_states(tmp_path / "killed")
    # A kill in the middle of a write leaves a half-written file: nobody reads it, and it goes with the next clean-up.
    remove_leftovers(tmp_path / "killed", older_than_s=0.0)
    assert not list((tmp_path / "killed" / "progress").iterdir())
