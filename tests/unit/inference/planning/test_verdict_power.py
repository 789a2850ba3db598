"""The chance of each pooled verdict: known answers, and agreement with whole studies simulated point by point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from drawn_study import StudyVariances, draw_study
from dynashape.errors import InputError
from dynashape.inference import VerdictPilot, compute_headline, compute_verdict_power, measure_verdict_pilot
from dynashape.records import HEADLINE, Contrast, Verdict

N_STUDIES = 600
# Two standard errors of a simulated chance, at its widest.
WITHIN = 2 * 0.5 / np.sqrt(N_STUDIES)


def pilot(cell_spread: float = 0.0, pair_spread: float = 0.0, size: float = 0.2) -> VerdictPilot:
    """Three architectures of five seeds, each in two phases with three task pairs."""
    rng = np.random.default_rng(0)
    drawn = [rng.normal(size=(6, 5)) for _ in range(3)]
    influences = tuple(size * (one - one.mean(axis=1, keepdims=True)) for one in drawn)
    cells, blocks = np.repeat(np.arange(6), 3), np.repeat(np.arange(3), 6)
    return VerdictPilot(HEADLINE, 0.1, influences, cells, blocks, cell_spread, pair_spread)


@pytest.mark.parametrize(("cell_spread", "pair_spread"), [(0.0, 0.0), (0.1, 0.05)])
def test_without_a_difference_verdicts_are_rare(cell_spread: float, pair_spread: float):
    (found,) = compute_verdict_power(pilot(cell_spread, pair_spread), (0.0,), (3, 5, 10), n_studies=N_STUDIES)
    # The interval's level, 95 %, and two standard errors of a rate of 5 % in as many studies.
    allowed = 0.05 + 2 * np.sqrt(0.05 * 0.95 / N_STUDIES)
    for first, second in zip(found.first, found.second, strict=True):
        assert first + second <= allowed
    assert found.right == found.neither
    assert found.needed is None


def test_a_huge_difference_is_always_found():
    positive, negative = compute_verdict_power(pilot(0.1, 0.05), (50.0, -50.0), (3, 5), n_studies=50)
    assert positive.first == negative.second == (1.0, 1.0)
    assert positive.right == negative.right == (1.0, 1.0)
    assert positive.second == negative.first == positive.neither == (0.0, 0.0)
    assert positive.needed == 3
    assert positive.limit == 1.0


def test_power_grows_with_seeds_and_with_the_difference():
    small, large = compute_verdict_power(pilot(), (0.04, 0.08), (3, 5, 10, 20), n_studies=N_STUDIES)
    for found in (small, large):
        assert all(after >= before - WITHIN for before, after in zip(found.right, found.right[1:], strict=False))
    assert small.right[-1] > small.right[0] + 0.2
    assert all(more >= less for less, more in zip(small.right, large.right, strict=True))
    assert (small.needed or 99) > (large.needed or 0) > 0


def test_seeds_cannot_make_up_for_cells_that_differ():
    (alike,) = compute_verdict_power(pilot(), (0.1,), (200,), n_studies=100)
    (apart,) = compute_verdict_power(pilot(cell_spread=0.15), (0.1,), (200,), n_studies=300)
    assert alike.right[0] == alike.limit == 1.0
    assert apart.limit < 0.5
    assert apart.right[0] == pytest.approx(apart.limit, abs=0.05)


def test_the_same_seed_gives_the_same_chances_and_another_others():
    one, again, other = (
        compute_verdict_power(pilot(0.05), (0.05,), (4, 7), n_studies=100, seed=seed) for seed in (3, 3, 4)
    )
    assert one == again
    assert one != other


def test_errors_grow_with_the_noise_of_the_study():
    (calm,) = compute_verdict_power(pilot(size=0.1), (0.05,), (5,), n_studies=200)
    (noisy,) = compute_verdict_power(pilot(size=0.6), (0.05,), (5,), n_studies=200)
    assert calm.right[0] > noisy.right[0] + 0.3


def test_agrees_with_whole_studies_drawn_point_by_point():
    """A pilot of many seeds foretells how often the headline of studies with four seeds says "input dominates"."""
    variances = StudyVariances(0.5, 0.25, 0.42, network=0.6, residual=0.6)
    cells = [("GRU", "delay"), ("LSTM", "delay"), ("V-RNN", "delay")]
    large = measure_verdict_pilot(draw_study(variances, 60, np.random.default_rng(0), cells, n_tasks=3))
    true = variances.input_share - variances.training_share
    assert large.difference == pytest.approx(true, abs=0.03)
    (foretold,) = compute_verdict_power(replace(large, cell_spread=0.0, pair_spread=0.0), (true,), (4,), n_studies=400)
    rng, said = np.random.default_rng(1), []
    for _ in range(80):
        headline = compute_headline(draw_study(variances, 4, rng, cells, n_tasks=3))
        said.append(headline.of(HEADLINE).verdict is Verdict.INPUT)
    assert 0.15 < np.mean(said) < 0.9  # else there would be nothing to foretell
    # Two standard errors of 80 studies are 0.11; the normal model of shares gets the rest.
    assert foretold.right[0] == pytest.approx(float(np.mean(said)), abs=0.16)


def test_what_a_pilot_holds_is_the_error_of_the_study():
    rng = np.random.default_rng(2)
    comparisons = draw_study(StudyVariances(0.5, 0.2, 0.4), 6, rng, [("GRU", "delay"), ("LSTM", "delay")])
    found = measure_verdict_pilot(comparisons)
    pooled = compute_headline(comparisons).of(HEADLINE).difference
    assert found.difference == pytest.approx(pooled.estimate)
    # The jackknife variance of the mean over all comparisons, from the influences: sum of squares / (n (n - 1)).
    sums = [one.sum(axis=0) / len(found.cells) for one in found.influences]
    variance = sum(float(np.square(one).sum()) / (6 * 5) for one in sums)
    spread = found.cell_spread**2 / 2 + found.pair_spread**2 / len(found.cells)
    assert np.sqrt(variance + spread) == pytest.approx(pooled.standard_error)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(InputError, match="at least 3"):
        compute_verdict_power(pilot(), (0.1,), (2, 5))
    with pytest.raises(InputError, match="at least 1"):
        compute_verdict_power(pilot(), (0.1,), (5,), n_studies=0)
    with pytest.raises(InputError, match="task - training"):
        measure_verdict_pilot({}, Contrast.TASK_TRAINING)
    two_seeds = draw_study(StudyVariances(0.5, 0.2, 0.4), 2, np.random.default_rng(0))
    with pytest.raises(InputError, match="three usable seeds"):
        measure_verdict_pilot(two_seeds)
