"""Choices and activity are those of the scores, trial by trial."""

from __future__ import annotations

import numpy as np
import pytest

from dynashape.networks import make_cell
from dynashape.tasks import Timing, make_task
from dynashape.training import LearningProtocol, record_activity, respond, train_group

TASK = make_task("GNG", Timing(fixation_ms=80, stimulus_ms=80, delay_ms=80, decision_ms=80))


def test_choices_and_activity_are_those_of_the_whole_batch():
    cell = make_cell("GRU")
    weights = [cell.initialise(3, 8, 2, np.random.default_rng(seed)) for seed in range(2)]
    inputs = TASK.sample(300, np.random.default_rng(0)).inputs  # more than one part
    chosen, size = respond(cell, weights, inputs, TASK.response_window)
    activity, _ = record_activity(cell, weights, np.stack([inputs, inputs]))
    window = slice(*TASK.response_window)
    logits = activity[:, :, window].mean(axis=2) @ np.stack([one["readout"] for one in weights])
    logits += np.stack([one["readout_bias"] for one in weights])[:, None]
    assert np.array_equal(chosen, logits.argmax(axis=-1))
    # float32 activity against sums in float64
    assert size == pytest.approx(np.sqrt((activity.astype(np.float64) ** 2).mean(axis=(1, 2, 3))), rel=1e-6)


def test_accuracy_is_that_of_the_training_test():
    protocol = LearningProtocol(max_updates=40, evaluate_every=20, n_evaluation_trials=64, n_test_trials=256)
    [network] = train_group(make_cell("V-RNN"), TASK, [0], n_units=16, protocol=protocol)
    from dynashape.seeds import stream

    trials = TASK.sample(256, stream("test", "GNG"))
    chosen, _ = respond(make_cell("V-RNN"), [network.final], trials.inputs, TASK.response_window)
    assert np.mean(chosen[0] == trials.conditions["choice"]) == network.accuracy
