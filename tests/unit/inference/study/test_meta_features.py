"""What the points and features of the meta-clustering are."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from dynashape.distances import Distances
from dynashape.inference import Comparison, ComparisonKey, LeftOut, compare
from dynashape.inference.study.meta_features import FACTORS, N_REPLICATES, tabulate_features
from dynashape.records import Code, Status, Term


def draw_comparison(seed: int, apart: float = 1.0) -> Comparison:
    """Ten networks of five seeds and two tasks, in two conditions; the tasks lie `apart` along every axis."""
    points = np.random.default_rng(seed).normal(size=(20, 4)) + np.repeat([0.0, apart], 10)[:, None]
    labels = {
        "task": np.repeat(["CDM", "PR"], 10),
        "condition": np.tile(["trained", "noise"], 10),
        "seed": np.arange(20) // 2 % 5,
    }
    return compare(Distances(cdist(points, points), labels))


@pytest.fixture(scope="module")
def comparisons() -> dict[ComparisonKey, Comparison]:
    """Comparisons in every place, whose accuracy says where each belongs."""
    drawn, found = draw_comparison(0), {}
    for place in product((1, 2), ("GRU", "LSTM"), ("stimulus", "delay"), (("CDM", "PR"), ("DC", "PR"))):
        analysis, architecture, phase, tasks = place
        value = analysis + (phase == "delay") / 2
        separations = {
            term: replace(own, accuracy=value + (term is Term.TASK) / 4) for term, own in drawn.separations.items()
        }
        found[ComparisonKey(analysis, architecture, phase, *tasks)] = replace(drawn, separations=separations)
    return found


def test_whatever_is_no_point_becomes_a_feature(comparisons):
    table = tabulate_features(comparisons, ["analysis", "architecture", "task_pair"], ["accuracy"])
    assert table.values.shape == (2 * 2 * 2, 2 * 2)  # two labellings in each of two phases
    place = {"analysis": 1, "architecture": "GRU", "task_pair": "CDM-PR"}
    assert sorted(table.values[table.levels.index(place)]) == [1.0, 1.25, 1.5, 1.75]
    assert table.names == (
        "accuracy/condition/delay",
        "accuracy/condition/stimulus",
        "accuracy/task/delay",
        "accuracy/task/stimulus",
    )


def test_with_every_factor_as_a_point_two_separations_are_left(comparisons):
    assert tabulate_features(comparisons, FACTORS, ["accuracy"]).values.shape == (16, 2)


def test_points_and_features_are_in_the_order_of_their_names(comparisons):
    turned = dict(reversed(comparisons.items()))
    one, other = (tabulate_features(own, FACTORS, ["accuracy"]) for own in (comparisons, turned))
    assert one.levels == other.levels and one.names == other.names
    assert np.array_equal(one.values, other.values)


def test_a_point_without_all_its_features_is_left_out(comparisons):
    lost = LeftOut(Status(Code.TOO_FEW_NETWORKS), 2, 18)
    missing = comparisons | {next(iter(comparisons)): lost}
    table = tabulate_features(missing, ["analysis", "architecture", "task_pair"], ["accuracy"])
    assert len(table.levels) == 7
    assert table.n_left_out == 1
    assert np.isfinite(table.values).all()


@pytest.mark.parametrize("points", [FACTORS, ("analysis", "task_pair")])
@pytest.mark.parametrize("features", [["accuracy"], ["omega_squared"], ["omega_squared", "accuracy"]])
def test_resampled_features_stand_where_their_own_stand(points, features):
    places = [ComparisonKey(a, "GRU", phase, "CDM", "PR") for a in (2, 1) for phase in ("stimulus", "delay")]
    drawn = {place: draw_comparison(number, apart=1.5) for number, place in enumerate(places)}
    # One that is left out has no replicates, and those of the others keep their places.
    lost = ComparisonKey(1, "GRU", "delay", "CDM", "DC")
    table = tabulate_features({lost: LeftOut(Status(Code.TOO_FEW_NETWORKS), 2, 18)} | drawn, points, features)
    assert table.replicates is not None
    assert table.replicates.shape == (N_REPLICATES, *table.values.shape)
    # Resampling moves a feature about its own value: over all places the averages must follow the values.
    assert np.corrcoef(table.replicates.mean(axis=0).ravel(), table.values.ravel())[0, 1] > 0.97
    assert (table.replicates.std(axis=0) > 0).mean() > 0.7


def test_features_that_cannot_be_resampled_have_no_replicates(comparisons):
    assert tabulate_features(comparisons, ["analysis"], ["silhouette"]).replicates is None
