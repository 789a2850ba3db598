"""A network that did not learn is told the limit: the task's inputs, its noise, or too little training."""

from __future__ import annotations

import numpy as np
import pytest

from dynashape.networks import make_cell
from dynashape.tasks import NeurogymTask, Timing, make_task
from dynashape.tasks.pooled import PooledTask
from dynashape.training import LearningProtocol, train_group
from dynashape.training.advice import advise, at_chance

TIMING = Timing(fixation_ms=80, stimulus_ms=80, delay_ms=80, decision_ms=80)
CATEGORY = {"fixation": "fixation", "sample": "stimulus", "first_delay": "delay", "test": "decision"}
PLAIN = {phase: phase for phase in ("fixation", "stimulus", "delay", "decision")}


def category(**parameters) -> NeurogymTask:
    return make_task("DelayMatchCategory-v0", TIMING, period_to_phase=CATEGORY, **parameters)


def advice(task, accuracy):
    return advise(task, task.sample(500, np.random.default_rng(0)), accuracy)


def test_at_chance_the_inputs_are_asked():
    assert "this is chance, and the inputs do not hold the answer" in advice(category(), 0.5)
    pooled = PooledTask(category(), 64, 8, np.random.default_rng(0))
    assert "the inputs do not hold the answer" in advice(pooled, 0.5)
    assert advice(category(dim_ring=8), 0.5).startswith("this is chance, though the inputs hold the answer; raise")
    assert "ask whether the inputs hold the answer" in advice(make_task("PR"), 0.5)


def test_above_chance_noise_may_be_the_limit_where_no_ideal_observer_is_known():
    task = make_task("PerceptualDecisionMakingDelayResponse-v0", TIMING, period_to_phase=PLAIN)
    assert advice(task, 0.8).startswith("noise may be the limit: state what can be reached as the task's `ceiling`")
    task.stated_ceiling = 0.9
    assert advice(task, 0.8) == advice(make_task("CDM"), 0.8) == "raise training.max_updates or the number of units"


def test_chance_is_the_most_frequent_answer():
    trials = make_task("GNG").sample(400, np.random.default_rng(0))
    share = max(np.mean(trials.conditions["choice"]), 1 - np.mean(trials.conditions["choice"]))
    assert at_chance(share, trials)
    assert at_chance(share + 0.05, trials)  # within three standard errors, .075
    assert not at_chance(share + 0.1, trials)


@pytest.mark.parametrize(
    ("task", "ceiling", "said"),
    [
        (make_task("CDM", TIMING), None, "(the ideal observer)"),
        (category(), None, "asked 0.95 x 1.000 (no ideal observer is known)"),
        (category(), 0.7, "asked 0.95 x 0.700 (no ideal observer is known)"),
    ],
)
def test_an_ideal_observer_is_named_only_where_one_is_known(task, ceiling, said):
    if ceiling is not None:
        task.stated_ceiling = ceiling
    short = LearningProtocol(max_updates=2, evaluate_every=2, n_evaluation_trials=16, n_test_trials=200)
    [network] = train_group(make_cell("V-RNN"), task, [0], n_units=8, protocol=short)
    assert said in network.status.message
    assert ("the ideal observer" in network.status.message) == (task.name == "CDM")
