"""The ideal observers against theory: closed forms of their accuracy, at several noise levels and timings."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import norm

from dynashape.records import Trials
from dynashape.tasks import CDM, DC, GNG, PR, TASKS, Timing, ideal_accuracy, make_task

N_TRIALS = 20_000
SHORT = Timing(dt_ms=40, fixation_ms=80, stimulus_ms=160, delay_ms=80, decision_ms=160)


def assert_accuracy(measured, expected, n_trials=N_TRIALS):
    # Four binomial standard errors: a right observer fails once in 16,000 runs, and the seeds are fixed.
    assert abs(measured - expected) < 4 * np.sqrt(max(expected * (1 - expected), 1 / n_trials) / n_trials)


@pytest.mark.parametrize(("timing", "sigma", "input_noise"), [(Timing(), 1.0, 0.05), (SHORT, 0.4, 0.2)])
def test_cdm_at_each_coherence(timing, sigma, input_noise):
    """The difference of two sums over n steps: d' = (coherence/100) sqrt(n) / (sqrt(2) sd), Gaussian."""
    task = CDM(timing, input_noise, sigma=sigma)
    trials = task.sample(N_TRIALS, np.random.default_rng(0))
    right = task.ideal_choices(trials) == trials.conditions["choice"]
    sd = np.hypot(sigma / np.sqrt(timing.dt_ms), input_noise)
    n = timing.steps_in("stimulus")
    theory = {c: norm.cdf(c / 100 * np.sqrt(n) / (np.sqrt(2) * sd)) for c in task.coherences}
    for coherence, expected in theory.items():
        here = right[np.abs(trials.conditions["evidence"]) == coherence]
        assert_accuracy(here.mean(), expected, len(here))
    assert_accuracy(right.mean(), np.mean(list(theory.values())))


def test_cdm_by_default_reaches_its_documented_ceiling():
    assert ideal_accuracy(CDM(), N_TRIALS, np.random.default_rng(1)) == pytest.approx(0.92, abs=0.01)


def test_cdm_without_coherence_is_a_coin_flip():
    assert_accuracy(ideal_accuracy(CDM(coherences=(0.0,)), N_TRIALS, np.random.default_rng(0)), 0.5)


@pytest.mark.parametrize(("timing", "sigma", "input_noise"), [(Timing(), 1.0, 0.05), (SHORT, 0.4, 0.2)])
def test_dc_compares_two_noisy_means(timing, sigma, input_noise):
    """Pairs are 8 of 24 units apart, shown over half the unit range; the means' variances are sd^2/n1 and sd^2/n2."""
    difference = 8 / 24 / 2
    sd = np.hypot(sigma / np.sqrt(timing.dt_ms), input_noise)
    n1, n2 = timing.steps_in("stimulus"), timing.steps_in("decision") // 2
    expected = norm.cdf(difference / (sd * np.sqrt(1 / n1 + 1 / n2)))
    assert_accuracy(ideal_accuracy(DC(timing, input_noise, sigma=sigma), N_TRIALS, np.random.default_rng(0)), expected)


def test_dc_loses_almost_nothing_by_not_knowing_the_pairs():
    """The posterior over the ten ordered pairs is the optimum; the plain comparison is within half a percent of it."""
    task = DC()
    trials = task.sample(N_TRIALS, np.random.default_rng(0))
    sd = np.hypot(1 / np.sqrt(20), 0.05)
    means = [trials.inputs[:, 24:48, 1].mean(axis=1), trials.inputs[:, 72:84, 1].mean(axis=1)]

    def log_likelihood(pairs):
        shown = (1 + (np.array(pairs) - 10) / 24) / 2
        terms = [-n * (means[k][:, None] - shown[:, k]) ** 2 / (2 * sd**2) for k, n in enumerate((24, 12))]
        return np.logaddexp.reduce(sum(terms), axis=1)

    first = log_likelihood(task.pairs)
    second = log_likelihood([pair[::-1] for pair in task.pairs])
    posterior = np.mean(np.where(second > first, 2, 1) == trials.conditions["choice"])
    compared = np.mean(task.ideal_choices(trials) == trials.conditions["choice"])
    assert 0 <= posterior - compared < 0.005


def test_pr_reaches_the_expectation_of_the_likelier_side():
    """E[max(p, 1 - p)] over all 10^4 sequences of shapes: nothing reads a label better than its probability."""
    task = PR(Timing(fixation_ms=20, stimulus_ms=80, delay_ms=20, decision_ms=20))
    evidence = np.array([sum(weights) for weights in product(task.shape_weights, repeat=4)])
    p = 1 / (1 + 10**-evidence)
    expected = np.mean(np.maximum(p, 1 - p))
    assert expected == pytest.approx(0.915, abs=0.002)
    assert_accuracy(ideal_accuracy(task, N_TRIALS, np.random.default_rng(0)), expected)


def test_pr_reads_every_shape_through_the_common_noise():
    task = PR(input_noise=0.3)
    trials = task.sample(1000, np.random.default_rng(0))
    best = np.where(trials.conditions["evidence"] > 0, 2, 1)
    # Sums of weights that are zero but for rounding may fall to either side; both sides are equally right there.
    clear = np.abs(trials.conditions["evidence"]) > 1e-9
    assert (task.ideal_choices(trials) == best)[clear].all()


@pytest.mark.parametrize("input_noise", [1.0, 3.0])
def test_gng_reads_the_cue_through_any_noise(input_noise):
    """The cue's and the other channel differ by 1 in the mean over n steps, with variance 2 sd^2 / n."""
    expected = norm.cdf(np.sqrt(24 / 2) / input_noise)
    assert_accuracy(ideal_accuracy(GNG(input_noise=input_noise), N_TRIALS, np.random.default_rng(0)), expected)


def test_gng_by_default_is_never_wrong():
    assert ideal_accuracy(GNG(), N_TRIALS, np.random.default_rng(0)) == 1.0


@pytest.mark.parametrize("name", TASKS)
def test_observers_see_the_inputs_alone(name):
    task = make_task(name)
    trials = task.sample(200, np.random.default_rng(0))
    blind = Trials(trials.inputs, np.zeros_like(trials.targets), {})
    assert np.array_equal(task.ideal_choices(blind), task.ideal_choices(trials))
