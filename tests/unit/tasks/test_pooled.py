"""A pool is quick to draw from, follows from the generator alone, and never serves what accuracy is measured on."""

from __future__ import annotations

import numpy as np
import pytest

from dynashape.errors import InputError
from dynashape.tasks import NeurogymTask, Timing
from dynashape.tasks.pooled import PooledTask

TIMING = Timing(fixation_ms=80, stimulus_ms=80, delay_ms=80, decision_ms=160)
MATCH = {"fixation": "fixation", "sample": "stimulus", "delay": "delay", "test": "decision", "decision": "decision"}


@pytest.fixture(scope="module")
def task():
    return NeurogymTask("DelayMatchSample-v0", TIMING, period_to_phase=MATCH)


@pytest.fixture(scope="module")
def pooled(task):
    return PooledTask(task, 40, 16, np.random.default_rng(0))


def test_a_batch_follows_from_the_generator(pooled):
    one, same = (pooled.sample(16, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.inputs, same.inputs)
    assert not np.array_equal(one.inputs, pooled.sample(16, np.random.default_rng(6)).inputs)


def test_trials_stay_whole_and_their_noise_is_new(task, pooled):
    trials = pooled.sample(16, np.random.default_rng(1))
    start = task.response_window[0]
    assert np.array_equal(trials.targets[:, start], trials.conditions["choice"])
    again = pooled.sample(16, np.random.default_rng(2))
    # Of 40 trials, 32 draws meet the same one more than once; only the common noise of s.d. 0.05 then differs.
    gaps = np.abs(trials.inputs[:, None] - again.inputs[None]).max(axis=(2, 3))
    assert (gaps > 0).all()
    assert gaps.min() < 0.5


def test_more_than_a_batch_is_fresh(task, pooled):
    fresh = task.sample(17, np.random.default_rng(3))
    assert np.array_equal(pooled.sample(17, np.random.default_rng(3)).inputs, fresh.inputs)


def test_it_stands_for_its_task(task, pooled):
    for name in ("name", "n_inputs", "n_actions", "response_window", "phases", "stated_ceiling", "input_noise"):
        assert getattr(pooled, name) == getattr(task, name)
    assert pooled.ideal_choices(pooled.sample(4, np.random.default_rng(0))) is None


def test_a_pool_smaller_than_a_batch_is_refused(task):
    with pytest.raises(InputError, match="n_pool"):
        PooledTask(task, 8, 16, np.random.default_rng(0))
