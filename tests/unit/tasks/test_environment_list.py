from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from dynashape.errors import SpecError
from dynashape.records import PHASES
from dynashape.tasks import Timing, describe_environment, list_environments, make_task
from dynashape.tasks.environment_list import suggest_period_to_phase
from dynashape.tasks.neurogym_environments import registered_environments


@cache
def rows():
    return {row.id: row for row in list_environments()}


def test_every_registered_environment_has_a_row():
    assert tuple(rows()) == registered_environments()
    assert len(rows()) > 40


def test_rows_say_whether_and_how_or_why_not():
    for row in rows().values():
        assert row.alignable == (row.reason == "") == (row.period_to_phase is not None)
        if row.alignable:
            assert tuple(row.period_to_phase) == row.periods
            assert set(row.period_to_phase.values()) == set(PHASES)


def test_the_environments_behind_the_four_tasks_can_be_aligned():
    for name in ("ContextDecisionMaking-v0", "GoNogo-v0", "DelayComparison-v0", "ProbabilisticReasoning-v0"):
        assert rows()[name].alignable


def test_rows_point_to_the_task_that_is_made_of_the_environment():
    own = {row.id: row.own_task for row in rows().values() if row.own_task}
    assert own == {
        "ContextDecisionMaking-v0": "CDM",
        "GoNogo-v0": "GNG",
        "DelayComparison-v0": "DC",
        "ProbabilisticReasoning-v0": "PR",
    }


def test_what_rows_remark_is_found_in_trials():
    alignable = [row for row in rows().values() if row.alignable]
    without_cue = {row.id for row in alignable if not row.survey.response_inputs}
    assert without_cue == {
        "ContextDecisionMaking-v0",
        "PerceptualDecisionMaking-v0",
        "perceptualdecisionmaking.ibl20-v0",
    }
    assert [row.id for row in alignable if row.survey.answers.held is False] == ["DelayMatchCategory-v0"]
    assert all(row.survey is None and not row.remarks for row in rows().values() if not row.alignable)


@pytest.mark.parametrize(
    "name", ["PerceptualDecisionMakingDelayResponse-v0", "DelayMatchSample-v0", "DelayPairedAssociation-v0"]
)
def test_suggested_maps_make_tasks(name):
    row = rows()[name]
    task = make_task(name, Timing(), period_to_phase=row.period_to_phase)
    assert (task.n_inputs, task.n_actions) == (row.n_inputs, row.n_actions)
    assert task.sample(2, np.random.default_rng(0)).n_steps == 96


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("AnnubesEnv-v0", "cannot be built with dt=20"),
        ("Null-v0", "must have at least two actions"),
        ("ReachingDelayResponse-v0", "must have discrete actions"),
        ("MultiSensoryIntegration-v0", "must have at least three periods before its first response"),
        ("ReadySetGo-v0", "must keep period 'measure'"),
        ("IntervalDiscrimination-v0", "must have more than one right action"),
        ("DualDelayMatchSample-v0", "must keep one right action through its response"),
    ],
)
def test_the_others_have_their_reason(name, reason):
    assert rows()[name].reason.startswith(reason)
    assert not rows()[name].alignable


def test_an_environment_that_breaks_in_a_trial_is_a_row_too():
    from neurogym.envs.native.gonogo import GoNogo

    class Broken(GoNogo):
        def _new_trial(self, **kwargs):
            raise ZeroDivisionError("its own mistake")

    assert describe_environment(Broken).reason == "ZeroDivisionError: its own mistake"


def test_the_suggestion_puts_the_first_delay_into_the_delay():
    assert suggest_period_to_phase("DelayComparison-v0") == {
        "fixation": "fixation",
        "stimulus1": "stimulus",
        "delay": "delay",
        "stimulus2": "decision",
        "decision": "decision",
    }


def test_nothing_to_suggest():
    with pytest.raises(SpecError, match="at least three periods before its first response"):
        suggest_period_to_phase("HierarchicalReasoning-v0")
