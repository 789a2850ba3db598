"""What networks choose at each strength of evidence, beside the ideal observer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dynashape.records import Trials
from dynashape.tasks import TASKS, make_task
from dynashape.training.psychometric import psychometric


@pytest.mark.parametrize("name", TASKS)
def test_the_ideal_observer_as_a_network_lies_on_its_own_curve(name):
    task = make_task(name)
    trials = task.sample_graded(600, np.random.default_rng(0))
    rows = pd.DataFrame(psychometric(task, trials, task.ideal_choices(trials)))
    assert (rows["rate"] == rows["ideal"]).all()
    contexts = {1, 2} if name == "CDM" else {None}
    assert set(rows["context"].dropna()) == contexts - {None}
    for _, curve in rows.groupby("context", dropna=False):
        assert curve["evidence"].is_monotonic_increasing
        assert curve["rate"].iloc[0] < 0.1
        assert curve["rate"].iloc[-1] > 0.9


def test_every_trial_is_in_one_group_but_those_beyond_the_edges():
    for name in TASKS:
        task = make_task(name)
        trials = task.sample_graded(500, np.random.default_rng(1))
        evidence = trials.conditions["evidence"]
        within = np.abs(evidence) < (task.evidence_edges[-1] if task.evidence_edges else np.inf)
        rows = list(psychometric(task, trials, trials.conditions["choice"]))
        assert sum(row.n_trials for row in rows) == within.sum()


def test_a_network_that_never_answers_has_a_rate_of_zero():
    task = make_task("DC")
    trials = task.sample_graded(200, np.random.default_rng(2))
    rows = list(psychometric(task, trials, np.zeros(200, dtype=np.int64)))
    assert {row.rate for row in rows} == {0.0}
    assert len({abs(row.evidence) for row in rows}) == 4  # an eighth, a quarter, a half, all of the difference


def test_dc_is_harder_where_the_difference_is_smaller():
    task = make_task("DC")
    trials = task.sample_graded(4000, np.random.default_rng(3))
    rows = pd.DataFrame(psychometric(task, trials, task.ideal_choices(trials)))
    strength = rows.assign(strong=rows["evidence"].abs(), wrong=(rows["ideal"] - rows["right"]).abs())
    errors = strength.groupby("strong")["wrong"].mean()
    assert errors.is_monotonic_decreasing
    assert errors.iloc[0] > 0.3  # an eighth of 8, where noise decides


def test_trials_without_evidence_have_no_curve():
    task = make_task("GNG")
    trials = task.sample(20, np.random.default_rng(4))
    bare = Trials(trials.inputs, trials.targets, {"choice": trials.conditions["choice"]})
    assert list(psychometric(task, bare, trials.conditions["choice"])) == []
