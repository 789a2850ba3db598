"""A comparison comes back from the store as it went in."""

from __future__ import annotations

import numpy as np
import pytest
from dynashape.study.archive import pack, unpack

from dynashape.inference import ComparisonKey, compute_headline, correct_family


@pytest.fixture
def archived(draw_comparison):
    places = [ComparisonKey(analysis, "GRU", "delay", "CDM", "PR") for analysis in (1, 2)]
    return list(zip(places, [draw_comparison(0), draw_comparison(1)], strict=True))


def test_family_and_headline_are_the_same_after_the_archive(archived):
    again = unpack(*pack(archived))
    assert [place for place, _ in again] == [place for place, _ in archived]
    for results in (
        lambda found: correct_family([c for _, c in found]),
        lambda found: compute_headline(*map(list, zip(*found, strict=True))),
    ):
        assert repr(results(again)) == repr(results(archived))


def test_maps_and_separations_are_the_same_after_the_archive(archived):
    for (_, before), (_, after) in zip(archived, unpack(*pack(archived)), strict=True):
        assert before.separations == after.separations
        assert np.array_equal(before.embedding.points, after.embedding.points)
        assert before.embedding.stress == after.embedding.stress


def test_a_comparison_without_numbers_keeps_its_status(draw_comparison):
    place = ComparisonKey(1, "GRU", "delay", "CDM", "PR")
    before = draw_comparison(0, usable=np.arange(20) < 12)
    assert not before.status.ok
    ((_, after),) = unpack(*pack([(place, before)]))
    assert after.status == before.status
    assert after.n_left_out == before.n_left_out
    assert after.contrasts is None
