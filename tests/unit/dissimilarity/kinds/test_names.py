"""Dissimilarities are found by name, and what is none is refused."""

from __future__ import annotations

import numpy as np
import pytest

from dynashape.dissimilarity import DsaDistance, SpectralDistance, find_dissimilarity
from dynashape.dissimilarity.kinds import names
from dynashape.errors import SpecError
from dynashape.store.codec import pack, unpack


def test_known_names_and_own_classes_are_found():
    assert find_dissimilarity("dsa") is DsaDistance
    assert find_dissimilarity("dynashape.dissimilarity:SpectralDistance") is SpectralDistance


def test_a_package_can_offer_one_by_name(monkeypatch):
    class Point:
        name, value = "theirs", "dynashape.dissimilarity:SpectralDistance"

    monkeypatch.setattr(names, "entry_points", lambda group: [Point] if group == names.ENTRY_POINTS else [])
    assert find_dissimilarity("theirs") is SpectralDistance
    with pytest.raises(SpecError, match="did you mean 'theirs'"):
        find_dissimilarity("their")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dsaa", "did you mean 'dsa'.*module:Class"),
        ("fractions:Fraction", "must name a subclass"),
        ("nowhere:Mine", "cannot load the dissimilarity 'nowhere:Mine'"),
    ],
)
def test_what_is_no_dissimilarity_is_refused(name, said):
    with pytest.raises(SpecError, match=said):
        find_dissimilarity(name)


@pytest.mark.parametrize(("name", "options"), [("dsa", (2, 1, 3)), ("procrustes", ())])
def test_what_is_kept_of_a_system_can_be_written_and_read(name, options):
    dissimilarity = find_dissimilarity(name)(*options)
    activity = np.random.default_rng(0).normal(size=(6, 10, 5))
    kept = dissimilarity.reduce(activity, np.repeat([0, 1], 3), "system")
    arrays: dict[str, np.ndarray] = {}
    read = unpack(dissimilarity.summary, pack(kept, arrays), arrays)
    assert type(read) is dissimilarity.summary
    assert dissimilarity.measure([kept, read], np.array([[0, 1]])).values[0] < 1e-12
