"""What inference finds comes back from a store as it was: every field of every record, with its type."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from dynashape.distances import Distances
from dynashape.inference import (
    Bound,
    Claim,
    Compared,
    Comparison,
    ComparisonKey,
    Family,
    Headline,
    LeftOut,
    MetaClustering,
    check_claims,
    compare,
    compute_ceiling,
    compute_floor,
    compute_headline,
    correct_family,
    meta_cluster,
)
from dynashape.records import ANALYSES, Term, Verdict
from dynashape.store.codec import pack, unpack


def through_a_file(kind: Any, value: Any) -> Any:
    arrays: dict[str, np.ndarray] = {}
    return unpack(kind, json.loads(json.dumps(pack(value, arrays))), arrays)


def check_equal(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    elif is_dataclass(one):
        for field in fields(one):
            check_equal(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, dict):
        check_equal(list(one), list(other))
        check_equal(list(one.values()), list(other.values()))
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for item, again in zip(one, other, strict=True):
            check_equal(item, again)
    elif isinstance(one, Enum):
        assert one is other
    else:
        assert one == other


@pytest.fixture(scope="module")
def comparisons() -> dict[ComparisonKey, Compared]:
    """Two phases of one architecture; in the second, one task has no network that can be compared."""
    rng = np.random.default_rng(0)
    found: dict[ComparisonKey, Compared] = {}
    for phase in ("stimulus", "delay"):
        for analysis in ANALYSES:
            points = rng.normal(size=(20, 4)) + np.tile([0.0, 2.0], 10)[:, None]
            values = cdist(points, points)
            if phase == "delay" and analysis.number == 2:
                values[:9] = values[:, :9] = np.nan
            labels = {
                "task": np.repeat(["CDM", "PR"], 10),
                "condition": np.tile([str(condition) for condition in analysis.conditions], 10),
                "seed": np.arange(20) // 2 % 5,
            }
            key = ComparisonKey(analysis.number, "GRU", phase, "CDM", "PR")
            found[key] = compare(Distances(values, labels, facts={"architecture": "GRU"}), dimensions=(1, 2))
    return found


def test_comparisons_and_their_reasons_for_being_left_out(comparisons: dict[ComparisonKey, Compared]):
    again = through_a_file(dict[ComparisonKey, Compared], comparisons)
    check_equal(comparisons, again)
    assert [type(one) for one in again.values()] == [Comparison, Comparison, Comparison, LeftOut]
    assert list(next(iter(again.values())).separations) == [Term.TASK, Term.CONDITION]


def test_conclusions_of_a_study(comparisons: dict[ComparisonKey, Compared]):
    headline, family = compute_headline(comparisons), correct_family(comparisons, n_draws=20)
    assert headline.cells
    assert headline.left_out
    assert isinstance(through_a_file(Headline, headline).pooled[0].verdict, Verdict)
    for kind, value in ((Headline, headline), (Family, family), (tuple[Claim, ...], check_claims(headline))):
        check_equal(value, through_a_file(kind, value))


@pytest.mark.parametrize("with_replicates", [True, False])
def test_maps_of_comparisons(with_replicates: bool):
    features = np.random.default_rng(0).normal(size=(12, 2)) + np.repeat([0.0, 9.0], 6)[:, None]
    replicates = features[None] if with_replicates else None
    found = meta_cluster(features, {"x": np.arange(12) % 2}, replicates=replicates, n_permutations=9)
    check_equal(found, through_a_file(MetaClustering, found))


def test_bounds_with_and_without_an_interval():
    floor = compute_floor(np.array([0.1, 0.2]), np.array([0, 1]))
    for bound in (floor, compute_ceiling(Distances(1.0 - np.eye(4), {"seed": np.arange(4)})), None):
        check_equal(bound, through_a_file(Bound | None, bound))
