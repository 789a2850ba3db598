from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import false_discovery_control

from dynashape.distances import Distances
from dynashape.inference import Comparison, ComparisonKey, Components, Corrected, LeftOut, compare, correct_family
from dynashape.inference.comparison.permanova import condition_null
from dynashape.inference.comparison.permutation import condition_swaps
from dynashape.inference.planning.components import draw_points
from dynashape.inference.study.multiple_tests import tame
from dynashape.records import Code, Status, Term


def _labelled(distances: np.ndarray, name: str, n_seeds: int = 5) -> Distances:
    labels = {
        "network": np.tile([f"{name}{index}" for index in range(2 * n_seeds)], 2),
        "task": np.tile(np.repeat(["A", "B"], n_seeds), 2),
        "condition": np.repeat(["one", "two"], 2 * n_seeds),
        "seed": np.tile(np.arange(n_seeds), 4),
    }
    return Distances(distances, labels)


def _comparison(components: Components, rng: np.random.Generator, name: str = "") -> Comparison:
    points, _ = draw_points(components, 5, rng)
    return compare(_labelled(cdist(points, points), name), dimensions=())


def _keyed(comparisons: list[Comparison | LeftOut]) -> dict[ComparisonKey, Comparison | LeftOut]:
    return {ComparisonKey(1, "GRU", f"phase {n}", "A", "B"): one for n, one in enumerate(comparisons)}


def test_strong_effects_survive_and_missing_comparisons_stay_empty():
    rng = np.random.default_rng(1)
    null, strong = Components(0.0, 0.0, 0.0, 1.0, 1.0), Components(0.0, 4.0, 0.0, 1.0, 1.0)
    comparisons = _keyed(
        [
            *(_comparison(null, rng, f"n{index}/") for index in range(6)),
            _comparison(strong, rng, "s/"),
            LeftOut(Status(Code.TOO_FEW_NETWORKS), 0, 4),
        ]
    )
    found = correct_family(comparisons)
    assert found.n_tests == 14
    terms = (Term.TASK, Term.CONDITION)
    assert [(one.key, one.term) for one in found.corrected] == [(key, term) for key in comparisons for term in terms]
    lost = list(comparisons)[-1]
    assert found.corrected[-2:] == tuple(Corrected(lost, term, None, None, None) for term in terms)
    strongest = found.corrected[13]
    assert strongest.max_p < 0.1
    assert strongest.q_permanova == pytest.approx(14 / 512)
    tests = [comparisons[one.key].separations[one.term] for one in found.corrected[:14]]
    for one, test in zip(found.corrected, tests, strict=False):
        assert one.max_p >= test.permanova_p
    for name, p_values in (("q_accuracy", [t.p_value for t in tests]), ("q_permanova", [t.permanova_p for t in tests])):
        q_values = [getattr(one, name) for one in found.corrected[:14]]
        assert q_values == false_discovery_control(p_values).tolist()


def test_a_family_of_nothing_corrects_nothing():
    found = correct_family(_keyed([LeftOut(Status(Code.TOO_FEW_NETWORKS), 0, 4)]))
    assert [one.max_p for one in found.corrected] == [None, None]
    assert (found.smallest_max_p, found.n_tests, found.n_draws) == (1.0, 0, 0)


def test_copies_of_one_comparison_cost_nothing_in_the_maximum():
    rng = np.random.default_rng(2)
    one = _comparison(Components(0.3, 0.3, 0.0, 1.0, 1.0), rng)
    alone, copies = correct_family(_keyed([one])), correct_family(_keyed([one] * 10))
    # Joint relabellings make the copies one test; independent ones would multiply the p-value nearly tenfold.
    for single, many in zip(alone.corrected, copies.corrected, strict=False):
        assert many.max_p == pytest.approx(single.max_p, abs=0.03)


def test_the_smallest_possible_maximum_p_is_stated():
    rng = np.random.default_rng(3)
    comparisons = [_comparison(Components(0.0, 0.0, 0.0, 1.0, 1.0), rng, f"{index}/") for index in range(5)]
    found = correct_family(_keyed(comparisons))
    expected = 1 - ((1 - 1 / 126) * (1 - 1 / 512)) ** 5
    # 2,000 draws: a standard error of 0.5 %.
    assert found.smallest_max_p == pytest.approx(expected, abs=0.015)


def _indefinite(rng: np.random.Generator, name: str) -> Comparison:
    """A comparison by distances of no Euclidean space, where squared distances between means may be negative."""
    square = np.abs(rng.normal(1.0, 0.5, (20, 20)))
    square = np.triu(square, 1) + np.triu(square, 1).T
    return compare(_labelled(square, name), dimensions=())


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
        found = correct_family(_keyed(comparisons), n_draws=500)
        alone = [one for each in comparisons for one in correct_family(_keyed([each]), n_draws=500).corrected]
    tests = [separation for one in comparisons for separation in one.separations.values()]
    for test, one, by_itself in zip(tests, found.corrected, alone, strict=True):
        # A test that was silenced would have a corrected p-value of one whatever it had found.
        assert by_itself.max_p >= test.permanova_p
        assert one.max_p >= test.permanova_p
    assert min(one.max_p for one in alone) < 0.5
