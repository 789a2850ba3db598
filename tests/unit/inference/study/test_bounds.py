from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from dynashape.distances import Distances
from dynashape.errors import InputError
from dynashape.inference import compute_ceiling, compute_floor


def test_floor_lies_below_the_ceiling_and_both_hold_their_intervals():
    rng = np.random.default_rng(0)
    networks = rng.normal(size=(5, 20))
    halves = networks[None] + 0.1 * rng.normal(size=(2, 5, 20))
    floor = compute_floor(np.linalg.norm(halves[0] - halves[1], axis=-1), np.arange(5))
    ceiling = compute_ceiling(Distances(cdist(networks, networks), {"seed": np.arange(5)}))
    for bound in (floor, ceiling):
        assert bound.low is not None
        assert bound.high is not None
        assert bound.low < bound.mean < bound.high
        assert bound.n_seeds == 5
    assert floor.high < ceiling.low


def test_networks_of_one_seed_count_once():
    floor = compute_floor(np.array([0.0, 0.0, 0.0, 1.0]), np.array([0, 0, 0, 1]))
    assert floor.mean == 0.5
    assert floor.low is None


def test_ceiling_ignores_pairs_of_one_seed():
    distances = np.array([[0.0, 9.0, 1.0], [9.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    assert compute_ceiling(Distances(distances, {"seed": np.array([0, 0, 1])})).mean == 1.0


def test_ceiling_interval_covers_the_truth():
    rng = np.random.default_rng(1)
    truth = float(np.mean([np.linalg.norm(a - b) for a, b in rng.normal(size=(20_000, 2, 4))]))
    hits = []
    for _ in range(300):
        points = rng.normal(size=(5, 4))
        found = compute_ceiling(Distances(cdist(points, points), {"seed": np.arange(5)}))
        hits.append(found.low <= truth <= found.high)
    # Nominal 95 %; five seeds and a skewed statistic: a standard error of 1.5 %.
    assert 0.88 <= np.mean(hits) <= 1.0


def test_nothing_to_measure_is_refused():
    with pytest.raises(InputError, match="split_half"):
        compute_floor(np.zeros(0), np.zeros(0, dtype=int))
    with pytest.raises(InputError, match="label 'seed'"):
        compute_ceiling(Distances(np.zeros((2, 2)), {"sed": np.array([0, 1])}))
    with pytest.raises(InputError, match="finite"):
        compute_ceiling(Distances(np.array([[0.0, np.nan], [np.nan, 0.0]]), {"seed": np.array([0, 1])}))


def test_a_ceiling_needs_two_seeds_that_can_be_compared():
    distances = 1.0 - np.eye(3)
    assert compute_ceiling(Distances(distances, {"seed": np.array([0, 0, 0])})) is None
    distances[2] = distances[:, 2] = np.nan
    assert compute_ceiling(Distances(distances, {"seed": np.array([0, 0, 1])})) is None
    assert compute_ceiling(Distances(distances, {"seed": np.array([0, 1, 2])})).n_seeds == 2
