"""The protocol teaches: small networks reach the criterion, and stay sane when driven by noise."""

from __future__ import annotations

import numpy as np
import pytest

from dynashape.networks import ARCHITECTURES, make_cell
from dynashape.tasks import TASKS, Timing, make_task
from dynashape.training import LearningProtocol, record_activity, train_group

# Twelve steps a phase and 32 units: a fifth of the paper preset's price.
SMALL = Timing(dt_ms=40)


@pytest.mark.slow
@pytest.mark.parametrize("task_name", TASKS)
def test_a_small_v_rnn_learns_each_task(task_name: str) -> None:
    task = make_task(task_name, SMALL)
    [network] = train_group(make_cell("V-RNN"), task, [0], n_units=32, protocol=LearningProtocol(max_updates=1000))
    assert network.status.ok, network.status
    assert network.reached
    assert network.accuracy >= 0.95 * network.ceiling
    assert network.fixation >= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_trained_networks_neither_explode_nor_fall_silent_under_noise(architecture: str) -> None:
    task, cell = make_task("GNG", SMALL), make_cell(architecture)
    networks = train_group(cell, task, [0, 1], n_units=32, protocol=LearningProtocol(max_updates=1000))
    assert all(network.reached for network in networks)
    noise = np.random.default_rng(0).standard_normal((2, 50, task.timing.n_steps, task.n_inputs)).astype(np.float32)
    activity, statuses = record_activity(cell, [network.final for network in networks], noise)
    assert all(status.ok for status in statuses)
    root_mean_square = np.sqrt(np.square(activity).mean(axis=(1, 2, 3)))
    assert ((root_mean_square > 0.1) & (root_mean_square < 10)).all()
