"""Whatever the timing, a vectorised sampler shows what its NeuroGym environment shows, step by step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynashape.tasks import TASKS, Timing, make_task
from dynashape.tasks.neurogym_environments import draw_trial


@st.composite
def timings(draw):
    dt_ms = draw(st.integers(1, 60))
    fixation, stimulus, delay, decision = (draw(st.integers(1, 12)) for _ in range(4))
    return Timing(dt_ms, fixation * dt_ms, 4 * stimulus * dt_ms, delay * dt_ms, 2 * decision * dt_ms)


def forced(name, conditions):
    """The arguments of `new_trial` for the conditions of one trial."""
    one = {key: values[0] for key, values in conditions.items()}
    if name == "CDM":
        return {"ground_truth": one.pop("choice"), **one}
    if name == "GNG":
        return {"ground_truth": one["choice"]}
    if name == "DC":
        return {"ground_truth": one["choice"], "vpair": sorted((one["v1"], one["v2"]), reverse=True)}
    return {"locs": [one[f"place{k}"] for k in range(4)], "shapes": [one[f"shape{k}"] for k in range(4)]}


@pytest.mark.parametrize("name", TASKS)
@given(timing=timings(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_inputs_and_targets_equal_the_environments(name, timing, seed):
    silent = {"sigma": 0.0} if name in ("CDM", "DC") else {}
    task = make_task(name, timing, input_noise=0.0, **silent)
    rng = np.random.default_rng(seed)
    conditions = task.draw_conditions(1, rng)
    core = draw_trial(task.as_neurogym().fresh_environment(rng), **forced(name, conditions))
    if name == "PR":  # drawn inside the environment
        conditions["choice"] = np.array([core.trial["ground_truth"] + 1])
    trials = task.trials_of(conditions, rng)
    assert np.array_equal(trials.inputs[0], core.ob)
    assert np.array_equal(trials.targets[0], core.gt)
