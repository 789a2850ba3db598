from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dynashape.errors import InputError
from dynashape.tasks import INPUT_CONDITION_DESCRIPTIONS, INPUT_CONDITIONS, TASKS, drive, make_task


def task_inputs(name="CDM", n_trials=200):
    return make_task(name).sample(n_trials, np.random.default_rng(0)).inputs


@pytest.mark.parametrize("kind", INPUT_CONDITIONS)
@pytest.mark.parametrize("name", TASKS)
def test_same_shape_in_float32_and_the_input_untouched(name, kind):
    inputs = task_inputs(name, 10)
    kept = inputs.copy()
    driven = drive(kind, inputs, np.random.default_rng(1))
    assert driven.shape == inputs.shape
    assert driven.dtype == np.float32
    assert not np.shares_memory(driven, inputs)
    assert np.array_equal(inputs, kept)
    assert np.isfinite(driven).all()


@pytest.mark.parametrize("kind", INPUT_CONDITIONS)
def test_the_drive_follows_from_the_generator(kind):
    inputs = task_inputs("DC", 10)
    a, b, c = (drive(kind, inputs, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(a, b)
    assert np.array_equal(a, c) == (kind in ("task", "zero"))


def test_every_condition_is_described():
    assert set(INPUT_CONDITION_DESCRIPTIONS) == set(INPUT_CONDITIONS)
    # Each is a part of a sentence of the report.
    assert all(text[0].islower() and text[-1].isalpha() for text in INPUT_CONDITION_DESCRIPTIONS.values())


def test_task_and_zero():
    inputs = task_inputs("PR", 5)
    assert np.array_equal(drive("task", inputs, np.random.default_rng(0)), inputs)
    assert not drive("zero", inputs, np.random.default_rng(0)).any()


@pytest.mark.parametrize("sd", [0.0, 0.1, 1.0])
def test_gaussian_has_the_given_deviation_and_no_structure(sd):
    noise = drive("gaussian", task_inputs(), np.random.default_rng(1), sd=sd).astype(np.float64)
    if sd == 0:
        assert not noise.any()
        return
    assert stats.kstest(noise.ravel() / sd, "norm").pvalue > 0.01
    across = np.corrcoef(noise.reshape(-1, noise.shape[2]), rowvar=False)[np.triu_indices(7, 1)]
    along = np.mean(noise[:, 1:] * noise[:, :-1]) / sd**2
    # Four standard errors of a correlation over trials and steps (19,200 of them).
    assert np.abs(across).max() < 4 / np.sqrt(19_200)
    assert abs(along) < 4 / np.sqrt(noise.size)


def test_variance_matched_has_each_channels_variance_about_zero():
    inputs = task_inputs("CDM", 500)
    noise = drive("variance_matched", inputs, np.random.default_rng(1)).astype(np.float64)
    n = noise.shape[0] * noise.shape[1]
    variance = inputs.var(axis=(0, 1), dtype=np.float64)
    assert np.ptp(variance) > 0.05  # the channels do differ, so one variance for all would be seen
    # Relative standard error of a Gaussian variance, sqrt(2/n); of a mean, sd/sqrt(n); four of each.
    assert np.abs(noise.var(axis=(0, 1)) / variance - 1).max() < 4 * np.sqrt(2 / n)
    assert np.abs(noise.mean(axis=(0, 1)) / np.sqrt(variance)).max() < 4 / np.sqrt(n)
    along = np.mean(noise[:, 1:] * noise[:, :-1], axis=(0, 1)) / variance
    assert np.abs(along).max() < 4 / np.sqrt(n)


def test_a_constant_channel_stays_silent_when_the_variance_is_matched():
    assert not drive("variance_matched", np.full((4, 6, 2), 3.0, dtype=np.float32), np.random.default_rng(0)).any()


@pytest.mark.parametrize("n_steps", [96, 95, 2, 1])
def test_phase_randomised_keeps_mean_and_power_spectrum_of_each_trial_and_channel(n_steps):
    inputs = task_inputs("CDM", 20)[:, 96 - n_steps :]
    surrogate = drive("phase_randomised", inputs, np.random.default_rng(1))
    power, surrogate_power = (np.abs(np.fft.rfft(x.astype(np.float64), axis=1)) for x in (inputs, surrogate))
    # Single precision of the surrogate, summed over at most 96 steps.
    assert np.allclose(surrogate_power, power, atol=1e-4)
    assert np.allclose(surrogate.mean(axis=1), inputs.mean(axis=1), atol=1e-5)
    if n_steps > 2:
        assert not np.allclose(surrogate, inputs, atol=0.1)


def test_phase_randomised_trials_and_channels_turn_by_themselves():
    """Copies of one time course come out unrelated: over 1,000 pairs their correlations average zero."""
    course = np.random.default_rng(0).standard_normal(96).astype(np.float32)
    surrogate = drive("phase_randomised", np.tile(course[:, None], (1000, 1, 2)), np.random.default_rng(1))
    standard = (surrogate - surrogate.mean(axis=1, keepdims=True)) / surrogate.std(axis=1, keepdims=True)
    between_channels = (standard[:, :, 0] * standard[:, :, 1]).mean(axis=1)
    between_trials = (standard[1:, :, 0] * standard[:-1, :, 0]).mean(axis=1)
    for correlations in (between_channels, between_trials):
        assert abs(correlations.mean()) < 4 * correlations.std() / np.sqrt(len(correlations))
        assert correlations.std() < 0.3


def test_trial_shuffled_permutes_whole_time_courses_within_each_channel():
    inputs = task_inputs("CDM", 100)
    shuffled = drive("trial_shuffled", inputs, np.random.default_rng(1))
    sources = []
    for channel in range(inputs.shape[2]):
        rows = {course.tobytes(): trial for trial, course in enumerate(np.ascontiguousarray(inputs[:, :, channel]))}
        sources.append([rows[course.tobytes()] for course in np.ascontiguousarray(shuffled[:, :, channel])])
    assert all(sorted(source) == list(range(100)) for source in sources)  # every trial once
    assert len({tuple(source) for source in sources}) == 7  # another order in each channel


def test_trial_shuffling_parts_the_context_from_its_evidence():
    task = make_task("CDM")
    trials = task.sample(4000, np.random.default_rng(0))
    shuffled = type(trials)(drive("trial_shuffled", trials.inputs, np.random.default_rng(1)), trials.targets, {})
    right = np.mean(task.ideal_choices(shuffled) == trials.conditions["choice"])
    assert abs(right - 0.5) < 4 * np.sqrt(0.25 / 4000)


@pytest.mark.parametrize(
    ("kind", "sd", "value", "message"),
    [
        ("gausian", 1.0, 0.0, "unknown input condition 'gausian'; did you mean 'gaussian'"),
        ("gaussian", -1.0, 0.0, "sd of input condition 'gaussian' must be .* at least 0; got -1"),
        ("gaussian", 1.0, np.nan, "must be finite; got NaN or infinity"),
    ],
)
def test_what_cannot_drive_a_network_is_said(kind, sd, value, message):
    with pytest.raises(InputError, match=message):
        drive(kind, np.full((2, 3, 1), value, dtype=np.float32), np.random.default_rng(0), sd=sd)
