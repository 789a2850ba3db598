"""What a batch of each task must look like by itself; the comparison with NeuroGym is in test_neurogym_equality.py."""

from __future__ import annotations

import numpy as np
import pytest

from dynashape.errors import InputError, SpecError
from dynashape.tasks import CDM, DC, GNG, PR, TASKS, Timing, make_task


@pytest.mark.parametrize("name", TASKS)
def test_shapes_types_and_conditions(name):
    task = make_task(name)
    trials = task.sample(7, np.random.default_rng(0))
    assert trials.inputs.shape == (7, task.timing.n_steps, task.n_inputs)
    assert trials.inputs.dtype == np.float32
    assert trials.targets.dtype == np.int64
    assert len(task.input_names) == len(set(task.input_names)) == task.n_inputs
    assert len(task.action_names) == len(set(task.action_names)) == task.n_actions
    assert task.label
    assert task.description.endswith(".")
    assert {"choice", "evidence"} <= set(trials.conditions)
    assert all(values.shape == (7,) for values in trials.conditions.values())


@pytest.mark.parametrize("name", TASKS)
def test_targets_are_the_choice_in_the_response_window_and_fixation_elsewhere(name):
    task = make_task(name)
    trials = task.sample(50, np.random.default_rng(0))
    start, stop = task.response_window
    assert (trials.targets[:, start:stop] == trials.conditions["choice"][:, None]).all()
    assert not trials.targets[:, :start].any()
    assert not trials.targets[:, stop:].any()
    assert len(np.unique(trials.conditions["choice"])) == 2


@pytest.mark.parametrize("name", TASKS)
def test_trials_follow_from_the_generator(name):
    task = make_task(name)
    a, b, c = (task.sample(5, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(a.inputs, b.inputs)
    assert np.array_equal(a.targets, b.targets)
    assert not np.array_equal(a.inputs, c.inputs)


@pytest.mark.parametrize("name", TASKS)
def test_batches_share_no_memory(name):
    task, rng = make_task(name), np.random.default_rng(0)
    first = task.sample(3, rng)
    kept = first.inputs.copy()
    task.sample(3, rng)
    assert np.array_equal(first.inputs, kept)


@pytest.mark.parametrize("name", TASKS)
def test_input_noise_reaches_every_channel_at_every_step(name):
    quiet, noisy = make_task(name, input_noise=0.0), make_task(name, input_noise=0.3)
    n_trials = 2000
    conditions = quiet.draw_conditions(n_trials, np.random.default_rng(0))
    noise = noisy.trials_of(conditions, np.random.default_rng(1)).inputs
    signal = np.zeros_like(noise)
    quiet.add_signal(signal, conditions)
    measured = (noise - signal).var(axis=0)
    expected = quiet.environment_noise_sd() ** 2 + 0.3**2
    # Relative standard error of a variance is sqrt(2/n) = 3 %; the largest of 4,000 stays within five of them.
    assert np.abs(measured / expected - 1).max() < 5 * np.sqrt(2 / n_trials)


@pytest.mark.parametrize("name", TASKS)
def test_no_noise_at_all_leaves_the_signal(name):
    parameters = {"sigma": 0.0} if name in ("CDM", "DC") else {}
    task = make_task(name, input_noise=0.0, **parameters)
    conditions = task.draw_conditions(20, np.random.default_rng(0))
    a, b = (task.trials_of(conditions, np.random.default_rng(seed)).inputs for seed in (1, 2))
    assert np.array_equal(a, b)


@pytest.mark.parametrize("name", TASKS)
def test_the_fixation_cue_is_on_until_the_response_window(name):
    parameters = {"sigma": 0.0} if name in ("CDM", "DC") else {}
    task = make_task(name, input_noise=0.0, **parameters)
    cue = task.sample(10, np.random.default_rng(0)).inputs[:, :, 0]
    start, _ = task.response_window
    assert (cue[:, :start] == 1).all()
    assert (cue[:, start:] == 0).all()


def test_dc_shows_the_second_stimulus_in_the_first_half_of_the_decision_phase():
    task = DC(input_noise=0.0, sigma=0.0)
    trials = task.sample(200, np.random.default_rng(0))
    shown = trials.inputs[:, :, 1]
    strength = {10: 0.5, 34: 1.0}
    for value, level in strength.items():
        assert np.allclose(shown[trials.conditions["v1"] == value, 24:48], level)
        assert np.allclose(shown[trials.conditions["v2"] == value, 72:84], level)
    assert not shown[:, :24].any()
    assert not shown[:, 48:72].any()
    assert not shown[:, 84:].any()
    assert (np.sign(trials.conditions["evidence"]) == 2 * trials.conditions["choice"] - 3).all()


def test_pr_shapes_accumulate_by_quarters_of_the_stimulus_phase():
    trials = PR(input_noise=0.0).sample(30, np.random.default_rng(0))
    shapes_on = trials.inputs[:, :, 1:].sum(axis=2)
    expected = np.zeros(96)
    for quarter in range(4):
        expected[24 + 6 * quarter : 30 + 6 * quarter] = quarter + 1
    assert (shapes_on == expected).all()
    per_place = trials.inputs[:, 42:48, 1:].reshape(30, 6, 4, 10).sum(axis=3)
    assert (per_place == 1).all()


def test_pr_labels_are_drawn_with_the_probability_of_their_evidence():
    task = PR()
    conditions = task.draw_conditions(40_000, np.random.default_rng(0))
    evidence, chose_2 = task.evidence(conditions).round(6), conditions["choice"] == 2
    levels, counts = np.unique(evidence, return_counts=True)
    common = levels[(counts > 200) & (np.abs(levels) < 2)]
    assert len(common) > 10
    for level in common:
        here = chose_2[evidence == level]
        p = 1 / (1 + 10**-level)
        # Binomial standard error; the largest of some thirty levels stays within four.
        assert abs(here.mean() - p) < 4 * np.sqrt(p * (1 - p) / len(here))


def test_gng_shows_nothing_after_the_stimulus():
    trials = GNG(input_noise=0.0).sample(20, np.random.default_rng(0))
    go = trials.conditions["choice"] == 1
    assert (trials.inputs[go, 24:48, 2] == 1).all()
    assert (trials.inputs[~go, 24:48, 1] == 1).all()
    assert trials.inputs[:, :, 1:].sum() == 20 * 24


def test_cdm_evidence_is_the_cued_coherence():
    conditions = CDM().sample(100, np.random.default_rng(0)).conditions
    cued = np.where(conditions["context"] == 0, conditions["coh_1"], conditions["coh_2"])
    assert (np.abs(conditions["evidence"]) == cued).all()
    assert ((conditions["evidence"] > 0) == (conditions["choice"] == 2)).all()


def test_parameters_reach_the_trials():
    assert set(CDM(coherences=(8, 64)).sample(50, np.random.default_rng(0)).conditions["coh_1"]) == {8, 64}
    assert set(DC(pairs=((3, 1),)).sample(50, np.random.default_rng(0)).conditions["v1"]) == {3, 1}
    two_places = PR(Timing(), n_places=2, shape_weights=(-1, 0.5, 1))
    assert two_places.n_inputs == 7
    assert set(np.abs(two_places.sample(200, np.random.default_rng(0)).conditions["evidence"])) <= {0, 0.5, 1, 1.5, 2}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CDM(coherences=()), "coherences of task 'CDM'"),
        (lambda: CDM(sigma=-1.0), "sigma of task 'CDM' must be at least 0; got -1"),
        (lambda: DC(sigma=-1.0), "sigma of task 'DC'"),
        (lambda: DC(pairs=((1, 2),)), "the greater first"),
        (lambda: PR(n_places=0), "n_places of task 'PR' must be at least 1; got 0"),
        (lambda: PR(shape_weights=(1.0,)), "at least two weights"),
        (lambda: GNG(input_noise=-0.1), "input_noise of a task must be a standard deviation of at least 0; got -0.1"),
        (lambda: GNG(input_noise=float("nan")), "input_noise"),
    ],
)
def test_impossible_parameters_are_one_clear_sentence(make, message):
    with pytest.raises(SpecError, match=message):
        make()


@pytest.mark.parametrize("name", TASKS)
def test_at_least_one_trial(name):
    with pytest.raises(InputError, match=f"n_trials of task '{name}' must be at least 1; got 0"):
        make_task(name).sample(0, np.random.default_rng(0))
