"""Each vectorised sampler against its NeuroGym environment: trial by trial without noise, in distribution with it."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from dynashape.tasks import TASKS, Timing, make_task
from dynashape.tasks.neurogym_environments import build_environment, draw_trial

N_TRIALS = 3000
TIMINGS = [Timing(), Timing(dt_ms=10, fixation_ms=130, stimulus_ms=400, delay_ms=90, decision_ms=260)]


def forced_trials(name):
    """Pairs of the sampler's conditions and the arguments that force the same trial in the environment."""
    if name == "CDM":
        for choice, other, context, coh_1, coh_2 in product((1, 2), (1, 2), (0, 1), (5, 15, 50), (5, 15, 50)):
            shared = {"context": context, "coh_1": coh_1, "coh_2": coh_2, "other_choice": other}
            yield {"choice": choice, **shared}, {"ground_truth": choice, **shared}
    elif name == "GNG":
        for choice in (0, 1):
            yield {"choice": choice}, {"ground_truth": choice}
    elif name == "DC":
        for choice, pair in product((1, 2), make_task("DC").pairs):
            v1, v2 = pair if choice == 1 else pair[::-1]
            yield {"choice": choice, "v1": v1, "v2": v2}, {"ground_truth": choice, "vpair": pair}
    else:
        rng = np.random.default_rng(0)
        for _ in range(300):
            places, shapes = rng.permutation(4), rng.integers(0, 10, 4)
            conditions = {f"place{k}": places[k] for k in range(4)} | {f"shape{k}": shapes[k] for k in range(4)}
            yield conditions, {"locs": places, "shapes": shapes}


@pytest.mark.parametrize("timing", TIMINGS, ids=["default", "uneven"])
@pytest.mark.parametrize("name", TASKS)
def test_inputs_and_targets_are_equal_step_by_step(name, timing):
    silent = {"sigma": 0.0} if name in ("CDM", "DC") else {}
    task = make_task(name, timing, input_noise=0.0, **silent)
    env = task.as_neurogym().fresh_environment(np.random.default_rng(0))
    for conditions, forced in forced_trials(name):
        core = draw_trial(env, **forced)
        if name == "PR":  # its label is drawn inside the environment; index 1 of its two choices is action 2
            conditions["choice"] = core.trial["ground_truth"] + 1
        batch = {key: np.array([value]) for key, value in conditions.items()}
        trials = task.trials_of(batch, np.random.default_rng(0))
        # Bit for bit: both compute in double precision and round once to single.
        assert np.array_equal(trials.inputs[0], core.ob)
        assert np.array_equal(trials.targets[0], core.gt)
        if name == "PR":
            assert trials.conditions["evidence"][0] == pytest.approx(core.trial["log_odd"], abs=1e-12)


@pytest.mark.parametrize("name", TASKS)
def test_sizes_names_and_windows_are_equal(name):
    task = make_task(name)
    twin = task.as_neurogym()
    assert (twin.n_inputs, twin.n_actions) == (task.n_inputs, task.n_actions)
    assert twin.phases == task.phases
    assert twin.response_window == task.response_window
    assert twin.input_noise == task.input_noise


def test_the_corrections_of_cdm_change_the_cue_and_nothing_else():
    ours = build_environment("dynashape.tasks.neurogym_environments:ContextDecisionMakingWithGoCue", 20)
    stock = build_environment("ContextDecisionMaking-v0", 20, {"use_expl_context": True})
    trial = {"ground_truth": 2, "other_choice": 1, "context": 1, "coh_1": 15, "coh_2": 5}
    for env in (ours, stock):
        env.timing.update(fixation=200, stimulus=400, delay=200, decision=200)
        env.seed(0)
        draw_trial(env, **trial)
    difference = ours.ob - stock.ob
    assert (difference[10:40, 0] == 1).all()
    difference[10:40, 0] = 0
    assert not difference.any()
    assert np.array_equal(ours.gt, stock.gt)


@cache
def batches(name):
    """The same number of trials from the sampler and from NeuroGym, both with all noise."""
    task = make_task(name)
    return task.sample(N_TRIALS, np.random.default_rng(10)), task.as_neurogym().sample(
        N_TRIALS, np.random.default_rng(11)
    )


def z_of_means(a, b):
    """Difference of two sample means in standard errors, for each column."""
    error = np.sqrt(a.var(axis=0) / len(a) + b.var(axis=0) / len(b))
    return (a.mean(axis=0) - b.mean(axis=0)) / error


@pytest.mark.parametrize("name", TASKS)
def test_means_and_variances_of_every_channel_and_step_are_equal(name):
    ours, theirs = (trials.inputs.astype(np.float64) for trials in batches(name))
    # Up to 3,936 means of 3,000 trials: the largest |z| of that many normal numbers exceeds 5 once in 400 runs.
    assert np.abs(z_of_means(ours, theirs)).max() < 5
    mean = (ours.mean(axis=0) + theirs.mean(axis=0)) / 2
    assert np.abs(z_of_means((ours - mean) ** 2, (theirs - mean) ** 2)).max() < 5


@pytest.mark.parametrize("name", TASKS)
def test_channels_covary_alike_within_and_between_phases(name):
    task = make_task(name)
    bounds = [*task.phases.values(), task.response_window]
    features = []
    for trials in batches(name):
        means = [trials.inputs[:, start:stop].mean(axis=1, dtype=np.float64) for start, stop in bounds]
        features.append(np.concatenate(means, axis=1))
    centre = np.mean([part.mean(axis=0) for part in features], axis=0)
    moments = []
    for part in features:
        product_mean = (part - centre).T @ (part - centre) / N_TRIALS
        product_variance = ((part - centre) ** 2).T @ (part - centre) ** 2 / N_TRIALS - product_mean**2
        moments.append((product_mean, product_variance / N_TRIALS))
    (ours, our_error), (theirs, their_error) = moments
    # Up to 21,000 covariances, products of rare shapes among them, whose tails are heavier than a normal's: 6.
    assert np.abs((ours - theirs) / np.sqrt(our_error + their_error)).max() < 6


@pytest.mark.parametrize("name", TASKS)
def test_noise_within_every_period_is_the_stated_one_in_both(name):
    """Within a period the signal is constant: what varies from step to step is noise, pooled over steps and trials."""
    task = make_task(name)
    for period, (start, stop) in task.as_neurogym().periods.items():
        expected = task.environment_noise_sd()[start] ** 2 + task.input_noise**2
        n = N_TRIALS * (stop - start - 1)
        for trials in batches(name):
            steps = trials.inputs[:, start:stop].astype(np.float64)
            variance = steps.var(axis=1, ddof=1).mean(axis=0)
            # Relative standard errors sqrt(2/n) and 1/sqrt(n) under independent noise; the largest of up to 287 stays
            # within 4.5 of them. 1.1 % of the variance for 24 steps.
            assert np.abs(variance / expected - 1).max() < 4.5 * np.sqrt(2 / n), period
            residual = steps - steps.mean(axis=1, keepdims=True)
            lag_one = (residual[:, 1:] * residual[:, :-1]).mean(axis=(0, 1)) / expected
            # Removing the mean of m steps leaves a correlation of about -1/m between neighbours.
            m = stop - start
            assert np.abs(lag_one + 1 / m).max() < 4.5 / np.sqrt(n) + 1 / m**2, period


@pytest.mark.parametrize("name", TASKS)
def test_labels_and_conditions_are_equally_frequent(name):
    ours, theirs = (dict(trials.conditions) for trials in batches(name))
    named = {key: key for key in ("choice", "other_choice", "context", "coh_1", "coh_2", "v1", "v2")}
    named |= {f"place{k}": f"locs_{k}" for k in range(4)} | {f"shape{k}": f"shapes_{k}" for k in range(4)}
    compared = 0
    for key, theirs_key in named.items():
        if key in ours:
            assert_equally_frequent(ours[key], theirs[theirs_key])
            # With the label, too: how often each value goes with each choice.
            assert_equally_frequent(ours[key] * 3 + ours["choice"], theirs[theirs_key] * 3 + theirs["choice"])
            compared += 1
    assert compared == {"CDM": 5, "GNG": 1, "DC": 3, "PR": 9}[name]


def assert_equally_frequent(ours, theirs):
    values = np.unique(np.concatenate([ours, theirs]))
    counts = [[np.sum(sample == value) for value in values] for sample in (ours, theirs)]
    # Some forty tests over all tasks: one falls below 1e-4 once in 250 runs.
    assert chi2_contingency(counts).pvalue > 1e-4


def test_pr_labels_follow_the_evidence_in_both():
    ours, theirs = (dict(trials.conditions) for trials in batches("PR"))
    for conditions, evidence in ((ours, ours["evidence"]), (theirs, theirs["log_odd"])):
        p = 1 / (1 + 10**-evidence)
        surprise = (conditions["choice"] == 2) - p
        # The labels' deviations from their probabilities average zero, alone and weighted with the evidence's sign.
        for weight in (np.ones_like(p), np.sign(evidence)):
            error = np.sqrt(np.sum(weight**2 * p * (1 - p)))
            assert abs(np.sum(weight * surprise)) < 4 * error


@pytest.mark.parametrize("name", TASKS)
def test_ideal_observers_do_equally_well_on_both(name):
    task = make_task(name)
    right = [np.mean(task.ideal_choices(trials) == trials.conditions["choice"]) for trials in batches(name)]
    # Binomial standard error of the difference at p = 0.92 is 0.007; four of them.
    assert abs(right[0] - right[1]) < 0.028
