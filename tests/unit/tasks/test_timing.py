from __future__ import annotations

import subprocess
import sys

import pytest

from dynashape.errors import InputError, SpecError
from dynashape.tasks import DC, PR, TASKS, Timing, make_task


def test_phases_follow_each_other_and_fill_the_trial():
    timing = Timing(dt_ms=10, fixation_ms=100, stimulus_ms=200, delay_ms=50, decision_ms=300)
    assert timing.phases == {"fixation": (0, 10), "stimulus": (10, 30), "delay": (30, 35), "decision": (35, 65)}
    assert timing.n_steps == 65
    assert [timing.steps_in(phase) for phase in timing.phases] == [10, 20, 5, 30]


def test_default_phases_have_24_steps_each():
    assert {stop - start for start, stop in Timing().phases.values()} == {24}


@pytest.mark.parametrize("name", TASKS)
def test_every_task_has_the_same_phases(name):
    timing = Timing(dt_ms=25, fixation_ms=250, stimulus_ms=400, delay_ms=75, decision_ms=150)
    task = make_task(name, timing)
    assert task.phases == timing.phases
    start, stop = task.response_window
    assert timing.phases["decision"][0] <= start < stop == timing.n_steps


def test_every_impossible_duration_is_named():
    with pytest.raises(SpecError, match=r"dt_ms = 20; got stimulus_ms = 30, delay_ms = 0\."):
        Timing(stimulus_ms=30, delay_ms=0)


def test_time_step_must_be_positive():
    with pytest.raises(SpecError, match="dt_ms must be at least 1 ms; got 0"):
        Timing(dt_ms=0)


def test_unknown_phase_names_the_nearest():
    with pytest.raises(InputError, match="did you mean 'stimulus'"):
        Timing().steps_in("stimulsu")


def test_pr_needs_four_equal_parts_of_the_stimulus():
    with pytest.raises(SpecError, match=r"'PR' .* 'stimulus' to be a multiple of 4; got 25 steps .*multiple of 80"):
        PR(Timing(stimulus_ms=500))


def test_dc_needs_an_even_decision():
    with pytest.raises(SpecError, match=r"'DC' .* 'decision' to be a multiple of 2; got 25 steps .*multiple of 40"):
        DC(Timing(decision_ms=500))


def test_fractions_of_a_millisecond_are_refused():
    code = "from dynashape.tasks import Timing; Timing(delay_ms=480.0)"  # apart from the run-time checks of the tests
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "SpecError: delay_ms must be a whole number of milliseconds; got 480.0." in result.stderr
