"""What a system is reduced to, and that each dissimilarity is blind to what it should be blind to."""

from __future__ import annotations

import numpy as np
import pytest

from dynashape.dissimilarity import (
    DISSIMILARITIES,
    CkaDistance,
    DsaDistance,
    ProcrustesDistance,
    SpectralDistance,
    align_all,
    cka_distance,
)
from dynashape.dissimilarity.kinds.reductions import Averages, ToAverages, ToOperator

PAIR = np.array([[0, 1]])
OPTIONS = {"n_delays": 2, "delay_interval": 1, "rank": 3}
EACH = [DsaDistance(**OPTIONS), SpectralDistance(**OPTIONS), ProcrustesDistance(), CkaDistance()]
over_all = pytest.mark.parametrize("dissimilarity", EACH, ids=lambda each: each.name)


def rotation(n, rng):
    return np.linalg.qr(rng.normal(size=(n, n)))[0]


def test_these_are_all_in_reading_order():
    assert [type(each) for each in EACH] == list(DISSIMILARITIES.values())
    assert list(DISSIMILARITIES) == ["dsa", "spectral", "procrustes", "cka"]


@over_all
def test_a_rotation_of_units_is_no_distance_and_another_system_is(dissimilarity):
    rng = np.random.default_rng(0)
    activity = rng.normal(size=(12, 10, 5)).cumsum(axis=1)
    choices = np.repeat([1, 2], 6)
    own, turned, other = (
        dissimilarity.reduce(each, choices, "system")
        for each in (activity, activity @ rotation(5, rng), rng.normal(size=(12, 10, 5)))
    )
    # Rounding: eigenvalues and angles near zero keep about half of the digits.
    assert dissimilarity.measure([own, turned], PAIR).values[0] < 1e-6
    assert dissimilarity.measure([own, other], PAIR).values[0] > 0.1


@over_all
def test_no_pairs_have_no_distances(dissimilarity):
    assert len(dissimilarity.measure([], np.zeros((0, 2), dtype=int)).values) == 0


def test_dissimilarities_share_what_reduces():
    assert EACH[0].reduction == EACH[1].reduction == ToOperator(2, 1, 3)
    assert EACH[2].reduction == EACH[3].reduction == ToAverages()
    assert all(each.reduction.summary is each.summary for each in EACH)


def test_labels_have_the_unit_of_angles():
    assert EACH[3].label == "CKA distance between average activities (rad)"
    assert EACH[1].label == "distance between the operators' eigenvalues"


def test_only_alignments_have_a_spread():
    rng = np.random.default_rng(2)
    summaries = [EACH[0].reduce(rng.normal(size=(12, 10, 5)), np.zeros(12, dtype=int), "x") for _ in range(3)]
    pairs = np.array([[2, 0], [0, 1]])
    found = EACH[0].measure(summaries, pairs)
    aligned = align_all(summaries, pairs)
    assert np.array_equal(found.values, aligned.values)
    assert np.array_equal(found.spread, aligned.spread)
    spectral = EACH[1].measure(summaries, pairs)
    assert not spectral.spread.any()
    assert spectral.converged.all()


def test_averages_are_of_each_choice_in_order():
    activity = np.arange(24.0).reshape(4, 3, 2)
    found = ToAverages().reduce(activity, np.array([2, 1, 2, 1]), "system").values
    assert np.array_equal(found, [activity[[1, 3]].mean(axis=0), activity[[0, 2]].mean(axis=0)])


def test_systems_with_other_numbers_of_choices_are_compared_over_all():
    rng = np.random.default_rng(1)
    two, one = Averages(rng.normal(size=(2, 6, 4))), Averages(rng.normal(size=(1, 6, 4)))
    expected = cka_distance(two.values.mean(axis=0), one.values[0])
    assert CkaDistance().measure([two, one], PAIR).values[0] == expected
    # All systems alike, also those of a pair that could be compared choice by choice: all distances mean the same.
    assert CkaDistance().measure([two, two, one], PAIR).values[0] < 1e-12


def test_an_average_that_never_varies_is_a_status():
    found = ToAverages().reduce(np.full((4, 6, 3), 0.1, dtype=np.float32), np.array([0, 0, 1, 1]), "GRU/delay")
    assert found.status.code == "unvarying"
    assert "GRU/delay" in found.status.message


def test_an_operator_without_rank_is_a_status_and_stands_in_no_ones_way():
    rng = np.random.default_rng(3)
    activities = [rng.normal(size=(12, 10, 5)), np.zeros((12, 10, 5)), rng.normal(size=(12, 10, 5))]
    summaries = [EACH[0].reduce(each, np.zeros(12, dtype=int), "GRU/delay") for each in activities]
    assert [str(summary.status.code) for summary in summaries] == ["ok", "silent", "ok"]
    assert EACH[0].measure(summaries, np.array([[0, 2]])).values[0] > 0.1
