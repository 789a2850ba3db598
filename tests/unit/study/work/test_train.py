"""A training's state comes back from the store as it went in, and training goes on from it with the same result."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from dynashape.networks import make_cell
from dynashape.steps import Reader, perform, saved_state
from dynashape.steps.saved_state import SavedState
from dynashape.store import Store
from dynashape.study import load_spec
from dynashape.study.work.plan import make_plan
from dynashape.study.work.train import pool_size
from dynashape.tasks import Timing, make_task
from dynashape.training import LearningProtocol, TrainingState, train_group

TASK = make_task("GNG", Timing(fixation_ms=80, stimulus_ms=80, delay_ms=80, decision_ms=80))
# One network is done before the other, and weights are kept along the way: every part of the state is in use.
PROTOCOL = LearningProtocol(
    max_updates=60,
    evaluate_every=10,
    batch_size=16,
    n_evaluation_trials=64,
    n_test_trials=64,
    snapshots=(5, 15),
    patience=1,
    stop_fraction=0.5,
    stop_fixation=0.5,
)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(saved_state, "SAVE_EVERY_S", 0.0)
    return SavedState(Store.create(tmp_path), "key", TrainingState)


def train(protocol=PROTOCOL, **more):
    return train_group(make_cell("GRU"), TASK, [0, 1, 2], n_units=8, protocol=protocol, **more)


def same(one, two):
    if isinstance(one, np.ndarray):
        return one.dtype == two.dtype and np.array_equal(one, two)
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(two) and all(map(same, one, two))
    if is_dataclass(one):
        return type(one) is type(two) and all(same(getattr(one, f.name), getattr(two, f.name)) for f in fields(one))
    return one == two


def test_every_state_goes_on_to_the_identical_result(kept):
    whole = train()
    states = []
    train(on_state=states.append)
    assert states
    for state in states:
        kept.save(state)
        assert same(kept.load(), state)
        assert same(train(state=kept.load()), whole)


def test_nothing_saved_is_no_state(kept):
    assert kept.load() is None
    kept.clear()


def test_a_done_unit_leaves_nothing_behind(kept, tmp_path):
    train(on_state=kept.save)
    assert kept.load() is not None
    kept.clear()
    assert not list(tmp_path.rglob("*.npz"))


def test_half_a_state_is_no_state(kept, tmp_path):
    train(on_state=kept.save)
    (path,) = tmp_path.rglob("*.npz")
    path.write_bytes(path.read_bytes()[:-100])
    assert kept.load() is None


def test_states_are_saved_now_and_then(kept, monkeypatch, tmp_path):
    monkeypatch.setattr(saved_state, "SAVE_EVERY_S", 1000.0)
    train(on_state=kept.save)
    assert not list(tmp_path.rglob("*.npz"))


def test_a_step_goes_on_from_what_was_saved_and_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(saved_state, "SAVE_EVERY_S", 0.0)
    fields = ["architectures=[V-RNN]", "training.max_updates=8", "training.evaluate_every=2"]
    step = make_plan(load_spec("smoke", fields)).trains[0]
    whole, broken = (Store.create(tmp_path / name) for name in ("whole", "broken"))
    perform(whole.root, step)
    saved = []
    with monkeypatch.context() as patched:
        # The process dies after its second state, which is therefore the last one in the store.
        keep = SavedState.save

        def die(self, state):
            keep(self, state)
            saved.append(state)
            if len(saved) == 2:
                raise KeyboardInterrupt

        patched.setattr(SavedState, "save", die)
        with pytest.raises(KeyboardInterrupt):
            perform(broken.root, step)
    assert SavedState(broken, step.key, TrainingState).load().updates == saved[1].updates > 0
    perform(broken.root, step)
    assert same(Reader(broken)(step), Reader(whole)(step))
    assert not list(tmp_path.rglob("progress/*.npz"))


@pytest.mark.parametrize(("batch_size", "pooled"), [(16, True), (128, False)])
def test_batches_come_from_a_pool_where_they_are_small(batch_size, pooled):
    protocol = LearningProtocol(batch_size=batch_size, n_evaluation_trials=64, n_test_trials=128)
    assert (pool_size(protocol) is not None) == pooled
