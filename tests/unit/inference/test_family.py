from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import false_discovery_control

from dynashape.errors import InputError
from dynashape.inference import Comparison, Components, Design, benjamini_hochberg, compare, correct_family, draw_points
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
