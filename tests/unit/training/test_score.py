"""Scores of responses that are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dynashape.networks import make_cell
from dynashape.tasks import make_task
from dynashape.training import record_activity
from dynashape.training.activity_status import activity_status, size_status
from dynashape.training.score import ceiling, score


@pytest.mark.parametrize("name", ["CDM", "GNG", "DC", "PR"])
def test_the_target_itself_scores_one_and_a_network_that_only_fixates_scores_low(name: str) -> None:
    task = make_task(name)
    trials = task.sample(400, np.random.default_rng(0))
    right = torch.nn.functional.one_hot(torch.tensor(trials.targets), task.n_actions).float()
    only_fixates = torch.zeros_like(right)
    only_fixates[..., 0] = 1.0
    accuracy, fixation = score(torch.stack([right, only_fixates]), trials, task.response_window)
    assert accuracy[0] == 1.0
    assert fixation.tolist() == [1.0, 1.0]
    # Fixating is right in half of the trials of GNG (no-go) and in none of the others; 4 sd of 400 coin flips.
    assert accuracy[1] == pytest.approx(0.5 if name == "GNG" else 0.0, abs=0.1)


def test_logits_that_are_not_finite_count_as_wrong() -> None:
    task = make_task("GNG")
    trials = task.sample(20, np.random.default_rng(0))
    logits = torch.nn.functional.one_hot(torch.tensor(trials.targets), task.n_actions).float()[None]
    logits[0, :5] = float("nan")
    accuracy, fixation = score(logits, trials, task.response_window)
    assert accuracy[0] == pytest.approx(0.75)
    assert fixation[0] == pytest.approx(0.75)


def test_ceiling_is_the_ideal_observers_accuracy_on_these_trials() -> None:
    task = make_task("PR")
    trials = task.sample(500, np.random.default_rng(0))
    assert ceiling(task, trials) == np.mean(task.ideal_choices(trials) == trials.conditions["choice"])


def test_recorded_activity_is_float32_and_deterministic() -> None:
    cell = make_cell("LSTM")
    weights = [cell.initialise(3, 6, 2, np.random.default_rng(seed)) for seed in range(2)]
    inputs = np.random.default_rng(0).standard_normal((2, 70, 5, 3)).astype(np.float32)
    activity, statuses = record_activity(cell, weights, inputs)
    assert activity.shape == (2, 70, 5, 6)
    assert activity.dtype == np.float32
    assert all(status.ok for status in statuses)
    assert np.array_equal(activity, record_activity(cell, weights, inputs)[0])


def test_diverged_and_silent_activity_is_a_status_of_its_network_alone() -> None:
    cell = make_cell("V-RNN")
    weights = [dict(cell.initialise(3, 6, 2, np.random.default_rng(seed))) for seed in range(3)]
    weights[0]["recurrent"] = weights[0]["recurrent"] * np.float32(1e9)
    weights[2]["bias"] = weights[2]["bias"] - np.float32(1e3)
    inputs = np.random.default_rng(0).standard_normal((3, 4, 9, 3)).astype(np.float32)
    activity, statuses = record_activity(cell, weights, inputs)
    assert [status.code for status in statuses] == ["diverged", "ok", "silent"]
    assert np.isfinite(activity[1]).all()
    assert activity_status(np.full((2, 3, 4), 1e5)).code == "diverged"
    assert [size_status(size).code for size in (1.0, 1e3, np.nan, np.inf)] == ["ok", *["diverged"] * 3]
    assert size_status(1e3, largest=np.inf).ok
