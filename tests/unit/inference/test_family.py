from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import false_discovery_control

from dynashape.errors import InputError
from dynashape.inference import Comparison, Components, Design, benjamini_hochberg, compare, correct_family, draw_points
from dynashape.inference.family import tame
from dynashape.inference.permutation import condition_swaps
from dynashape.inference.variance import condition_null
from dynashape.records import Status


def _comparison(components: Components, rng: np.random.Generator, name: str = "", n_seeds: int = 5) -> Comparison:
    points, tasks = draw_points(components, n_seeds, rng)
    design = Design(
        networks=np.tile([f"{name}{index}" for index in range(2 * n_seeds)], 2),
        tasks=np.where(np.tile(tasks, 2), "B", "A"),
        conditions=np.repeat(["one", "two"], 2 * n_seeds),
        seeds=np.tile(np.arange(n_seeds), 4),
    )
    return compare(cdist(points, points), design, dimensions=())


def test_benjamini_hochberg_equals_scipy_s():
    p_values = np.random.default_rng(0).random(50) ** 3
    np.testing.assert_allclose(benjamini_hochberg(p_values), false_discovery_control(p_values), rtol=1e-12)


def test_values_that_are_no_p_values_are_refused():
    with pytest.raises(InputError, match="p_values"):
        benjamini_hochberg(np.array([0.5, np.nan]))


def test_strong_effects_survive_and_missing_comparisons_stay_empty():
    rng = np.random.default_rng(1)
    null, strong = Components(0.0, 0.0, 0.0, 1.0, 1.0), Components(0.0, 4.0, 0.0, 1.0, 1.0)
    comparisons = [_comparison(null, rng, f"n{index}/") for index in range(6)]
    comparisons += [_comparison(strong, rng, "s/"), Comparison(Status("too_few_networks"), 0, 4)]
    found = correct_family(comparisons)
    assert found.n_tests == 14
    assert found.max_p[-1] == {"task": None, "condition": None}
    strongest = found.max_p[6]["condition"]
    assert strongest is not None
    assert strongest < 0.1
    assert found.q_permanova[6]["condition"] == pytest.approx(14 / 512)
    for index, comparison in enumerate(comparisons[:-1]):
        for labelling, record in comparison.separations.items():
            corrected = found.max_p[index][labelling]
            assert corrected is not None
            assert corrected >= record.permanova_p


def test_copies_of_one_comparison_cost_nothing_in_the_maximum():
    rng = np.random.default_rng(2)
    one = _comparison(Components(0.3, 0.3, 0.0, 1.0, 1.0), rng)
    alone, copies = correct_family([one]), correct_family([one] * 10)
    # Joint relabellings make the copies one test; independent ones would multiply the p-value nearly tenfold.
    for labelling in ("task", "condition"):
        single, many = alone.max_p[0][labelling], copies.max_p[0][labelling]
        assert single is not None
        assert many is not None
        assert many == pytest.approx(single, abs=0.03)


def test_the_smallest_possible_maximum_p_is_stated():
    rng = np.random.default_rng(3)
    comparisons = [_comparison(Components(0.0, 0.0, 0.0, 1.0, 1.0), rng, f"{index}/") for index in range(5)]
    found = correct_family(comparisons)
    expected = 1 - ((1 - 1 / 126) * (1 - 1 / 512)) ** 5
    # 2,000 draws: a standard error of 0.5 %.
    assert found.smallest_max_p == pytest.approx(expected, abs=0.015)


def _indefinite(rng: np.random.Generator, name: str) -> Comparison:
    """A comparison by distances of no Euclidean space, where squared distances between means may be negative."""
    n_seeds = 5
    square = np.abs(rng.normal(1.0, 0.5, (4 * n_seeds, 4 * n_seeds)))
    square = np.triu(square, 1) + np.triu(square, 1).T
    design = Design(
        networks=np.tile([f"{name}{index}" for index in range(2 * n_seeds)], 2),
        tasks=np.tile(np.repeat(["A", "B"], n_seeds), 2),
        conditions=np.repeat(["one", "two"], 2 * n_seeds),
        seeds=np.tile(np.arange(n_seeds), 4),
    )
    return compare(square, design, dimensions=())


def test_the_scale_of_the_maximum_keeps_every_order_of_f():
    pseudo_f = np.array([-1e9, -40.0, -1.0, -0.999, -1e-9, 0.0, 1e-9, 0.5, 40.0, 1e9])
    tamed = tame(pseudo_f)
    assert (np.diff(tamed) > 0).all()
    assert np.array_equal(tamed[5:], np.log1p(pseudo_f[5:]))
    assert np.isfinite(tame(np.array([-np.finfo(float).max, np.finfo(float).max]))).all()


def test_negative_pseudo_f_neither_warns_nor_silences_its_test():
    rng = np.random.default_rng(4)
    comparisons = [_indefinite(rng, f"{index}/") for index in range(8)]
    lowest = min(condition_null(one.contrasts, condition_swaps(10).table).min() for one in comparisons)
    assert lowest < -1.0  # where log(1 + F) is not defined
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = correct_family(comparisons, n_draws=500)
        alone = [correct_family([one], n_draws=500) for one in comparisons]
    for number, one in enumerate(comparisons):
        for labelling, record in one.separations.items():
            # A test that was silenced would have a corrected p-value of one whatever it had found.
            assert alone[number].max_p[0][labelling] >= record.permanova_p
            assert found.max_p[number][labelling] >= record.permanova_p
    corrected = np.array([[family.max_p[0][name] for name in ("task", "condition")] for family in alone])
    assert corrected.min() < 0.5
