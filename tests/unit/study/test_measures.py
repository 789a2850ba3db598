"""What a system is reduced to, and that each dissimilarity is blind to what it should be blind to."""

from __future__ import annotations

import numpy as np
import pytest
from dynashape.study.measures import DISSIMILARITIES, GEOMETRIC, measure_pairs, reduce_to_averages, reduce_to_operator

PAIR = np.array([[0, 1]])


def rotation(n, rng):
    return np.linalg.qr(rng.normal(size=(n, n)))[0]


def compared(kind, activity, choices):
    if kind in GEOMETRIC:
        return reduce_to_averages(activity, choices, "system").compared
    return reduce_to_operator(activity, {"n_delays": 2, "rank": 3}, "system").compared


@pytest.mark.parametrize("kind", DISSIMILARITIES)
def test_a_rotation_of_units_is_no_distance_and_another_system_is(kind):
    rng = np.random.default_rng(0)
    activity = rng.normal(size=(12, 10, 5)).cumsum(axis=1)
    choices = np.repeat([1, 2], 6)
    turned = compared(kind, activity @ rotation(5, rng), choices)
    other = compared(kind, rng.normal(size=(12, 10, 5)), choices)
    own = compared(kind, activity, choices)
    # Rounding: eigenvalues and angles near zero keep about half of the digits.
    assert measure_pairs(kind, [own, turned], PAIR)[0][0] < 1e-6
    assert measure_pairs(kind, [own, other], PAIR)[0][0] > 0.1


def test_averages_are_of_each_choice_in_order():
    activity = np.arange(24.0).reshape(4, 3, 2)
    found = reduce_to_averages(activity, np.array([2, 1, 2, 1]), "system").compared
    assert np.array_equal(found, [activity[[1, 3]].mean(axis=0), activity[[0, 2]].mean(axis=0)])


def test_systems_with_other_numbers_of_choices_are_compared_over_all():
    rng = np.random.default_rng(1)
    two, one = rng.normal(size=(2, 6, 4)), rng.normal(size=(1, 6, 4))
    expected = measure_pairs("cka", [two.mean(axis=0, keepdims=True), one], PAIR)[0]
    assert np.array_equal(measure_pairs("cka", [two, one], PAIR)[0], expected)


def test_an_average_that_never_varies_is_a_status():
    found = reduce_to_averages(np.full((4, 6, 3), 0.1, dtype=np.float32), np.array([0, 0, 1, 1]), "GRU/delay")
    assert found.compared is None
    assert found.status.code == "unvarying"
    assert "GRU/delay" in found.status.message


def test_an_operator_without_rank_is_not_compared():
    found = reduce_to_operator(np.zeros((4, 6, 3)), {"n_delays": 1, "rank": 2}, "GRU/delay")
    assert found.compared is None
    assert found.status.code == "silent"
