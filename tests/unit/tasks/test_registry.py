from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from dynashape.errors import SpecError
from dynashape.tasks import TASKS, Task, Timing, make_task


class MyTask(Task):
    """One's own task, drawn without NeuroGym."""

    name = label = "mine"
    description = "Nothing happens."
    input_names = ("a",)
    action_names = ("fixation", "go")

    def __init__(self, timing, input_noise, *, level=1.0):
        super().__init__(timing, input_noise)
        self.level = level

    def sample(self, n_trials, rng):
        raise NotImplementedError


def test_four_tasks_by_name():
    assert TASKS == ("CDM", "GNG", "DC", "PR")
    assert [make_task(name).name for name in TASKS] == list(TASKS)


def test_timing_noise_and_parameters_reach_the_task():
    task = make_task("CDM", Timing(dt_ms=10), 0.3, coherences=[50], sigma=2)
    assert (task.timing.dt_ms, task.input_noise, task.coherences, task.sigma) == (10, 0.3, (50,), 2)


def test_ones_own_task_class():
    task = make_task(MyTask, Timing(dt_ms=40), 0.1, level=2.0)
    assert isinstance(task, MyTask)
    assert (task.level, task.timing.dt_ms, task.input_noise) == (2.0, 40, 0.1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "CDN"}, "unknown task 'CDN'; did you mean 'CDM'"),
        ({"name": "CDM", "coherence": [5]}, "unknown parameter of task 'CDM': 'coherence'; did you mean 'coherences'"),
        ({"name": "GNG", "sigma": 1.0}, "unknown parameter of task 'GNG': 'sigma'"),
        ({"name": "CDM", "period_to_phase": {"a": "delay"}}, "task 'CDM' has its phases already"),
        ({"name": "CDM", "coherences": [-1.0]}, "coherences of task 'CDM' must be"),
        ({"name": "PR", "timing": Timing(stimulus_ms=500)}, "to be a multiple of 4"),
    ],
)
def test_what_does_not_fit_is_one_clear_sentence(arguments, message):
    with pytest.raises(SpecError, match=message):
        make_task(**arguments)


def test_an_environment_without_a_map_is_told_one():
    with pytest.raises(SpecError, match=r"got no period_to_phase. One that fits: .*'sample': 'stimulus'") as caught:
        make_task("DelayMatchSample-v0")
    suggested = str(caught.value).split("One that fits: ")[1].rstrip(".")
    assert make_task("DelayMatchSample-v0", period_to_phase=eval(suggested)).n_inputs == 3


def test_the_four_tasks_need_no_neurogym():
    """Importing it takes seconds and loads torch; workers that train the four tasks must not pay for it."""
    code = (
        "import sys, numpy as np\n"
        "from dynashape.tasks import TASKS, make_task\n"
        "for name in TASKS: make_task(name).sample(2, np.random.default_rng(0))\n"
        "assert not {'neurogym', 'gymnasium', 'torch'} & set(sys.modules), 'imported'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", TASKS)
def test_float_parameters_of_the_samplers_are_reproducible_after_pickling(name):
    import pickle

    task = make_task(name)
    task.sample(1, np.random.default_rng(0))
    copy = pickle.loads(pickle.dumps(task))
    a, b = (each.sample(4, np.random.default_rng(0)).inputs for each in (task, copy))
    assert np.array_equal(a, b)
