"""A network becomes the same whichever others train beside it, and after an interruption; failures stay alone."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from dynashape.errors import InputError
from dynashape.networks import ARCHITECTURES, Tape, make_cell
from dynashape.store.codec import pack, unpack
from dynashape.tasks import Timing, make_task
from dynashape.training import LearningProtocol, TrainedNetwork, TrainingState, train_group

TASK = make_task("GNG", Timing(fixation_ms=80, stimulus_ms=80, delay_ms=80, decision_ms=80))
SHORT = LearningProtocol(max_updates=12, evaluate_every=4, batch_size=16, n_evaluation_trials=32, n_test_trials=64)
EASY = LearningProtocol(
    max_updates=400, evaluate_every=10, n_evaluation_trials=128, n_test_trials=256, learning_rate=5e-3, patience=1
)


def train(architecture: str, seeds: list[int], protocol: LearningProtocol, **more: object) -> list[TrainedNetwork]:
    return train_group(make_cell(architecture), TASK, seeds, n_units=16, protocol=protocol, **more)


def assert_same(one: TrainedNetwork, two: TrainedNetwork) -> None:
    """Bit for bit."""
    assert (one.seed, one.updates, one.accuracy, one.fixation) == (two.seed, two.updates, two.accuracy, two.fixation)
    assert one.curve == two.curve
    for name in one.final:
        assert np.array_equal(one.final[name], two.final[name]), name
        assert np.array_equal(one.initial[name], two.initial[name]), name


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_alone_or_in_company_a_network_becomes_the_same(architecture: str) -> None:
    together = train(architecture, [3, 0, 7], SHORT)
    assert [network.seed for network in together] == [3, 0, 7]
    for network in together:
        [alone] = train(architecture, [network.seed], SHORT)
        assert_same(alone, network)


def test_networks_that_leave_do_not_change_those_that_stay() -> None:
    together = train("V-RNN", [0, 1, 2, 3], EASY)
    assert all(network.reached and network.status.ok for network in together)
    assert len({network.updates for network in together}) > 1, "all left at once: the test shows nothing"
    for network in together:
        [alone] = train("V-RNN", [network.seed], EASY)
        assert_same(alone, network)


def test_training_goes_on_from_any_stored_state_with_the_identical_result() -> None:
    # One network is done before the others, and weights are kept along the way: every part of the state is in use.
    protocol = replace(SHORT, max_updates=60, snapshots=(3, 7), patience=1, stop_fraction=0.5, stop_fixation=0.5)
    states: list[TrainingState] = []
    whole = train("GRU", [0, 1, 2], protocol, on_state=states.append)
    assert any(state.done for state in states), "none was done early: the test shows nothing"
    for state in states:
        arrays: dict[str, np.ndarray] = {}
        plain = json.loads(json.dumps(pack(state, arrays)))
        stored = unpack(TrainingState, plain, arrays)
        assert stored.streams == state.streams
        resumed = train("GRU", [0, 1, 2], protocol, state=stored)
        for one, two in zip(whole, resumed, strict=True):
            assert_same(one, two)
            assert one.snapshots.keys() == two.snapshots.keys()
            assert one.status == two.status


def test_an_exploding_network_is_reported_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = make_cell("V-RNN")
    protocol, initialise = SHORT, cell.initialise

    def explosive(n_inputs: int, n_units: int, n_actions: int, rng: np.random.Generator) -> dict:
        weights = dict(initialise(n_inputs, n_units, n_actions, rng))
        explosive.calls += 1
        if explosive.calls == 2:
            weights["recurrent"] = weights["recurrent"] * np.float32(1e6)
        return weights

    explosive.calls = 0
    monkeypatch.setattr(cell, "initialise", explosive)
    fine, exploded = train_group(cell, TASK, [0, 1], n_units=16, protocol=protocol)
    assert exploded.status.code == "diverged"
    assert "training.activity_penalty" in exploded.status.message
    assert not exploded.reached
    [alone] = train("V-RNN", [0], SHORT)
    assert_same(alone, fine)


def test_a_network_that_explodes_on_held_out_trials_has_a_status_and_no_point_in_its_curve() -> None:
    class Fragile(type(make_cell("V-RNN"))):
        def forward(self, tape: Tape, recurrent: torch.Tensor) -> None:
            super().forward(tape, recurrent)
            if tape.n_trials != SHORT.batch_size:
                tape.activity[:, 1:] = torch.inf

    [network] = train_group(Fragile(), TASK, [0], n_units=16, protocol=SHORT)
    assert network.status.code == "diverged"
    assert network.updates == SHORT.evaluate_every
    assert network.curve == ()


def test_a_dead_network_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = make_cell("V-RNN")
    initialise = cell.initialise

    def dead(*args: object) -> dict:
        weights = dict(initialise(*args))
        weights["bias"] = weights["bias"] - np.float32(100)
        return weights

    monkeypatch.setattr(cell, "initialise", dead)
    [network] = train_group(cell, TASK, [0], n_units=16, protocol=SHORT)
    assert network.status.code == "dead"
    assert network.updates == SHORT.evaluate_every


def test_not_reached_says_what_was_asked() -> None:
    [network] = train("LSTM", [0], SHORT)
    assert network.status.code == "not_reached"
    assert "after 12 updates" in network.status.message
    assert [point.updates for point in network.curve] == [4, 8, 12]
    assert all(np.isfinite(list(vars(point).values())).all() for point in network.curve)


def test_snapshots_are_the_weights_along_the_way() -> None:
    protocol = replace(SHORT, snapshots=(4, 8))
    [network] = train("V-RNN", [0], protocol)
    assert sorted(network.snapshots) == [4, 8]
    [shorter] = train("V-RNN", [0], replace(SHORT, max_updates=8))
    assert np.array_equal(network.snapshots[8]["recurrent"], shorter.final["recurrent"])


def test_global_random_state_is_neither_read_nor_moved() -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    [one] = train("V-RNN", [0], SHORT)
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(2)
    assert_same(one, train("V-RNN", [0], SHORT)[0])


@pytest.mark.parametrize("seeds", [[], [1, 1]])
def test_seeds_must_differ(seeds: list[int]) -> None:
    with pytest.raises(InputError, match="different numbers"):
        train("V-RNN", seeds, SHORT)
