from __future__ import annotations

import numpy as np
from scipy.spatial.distance import cdist

from drawn_study import carry
from dynashape.distances import Distances
from dynashape.inference import Comparison, Components, compare, resample_accuracies, resample_shares
from dynashape.inference.comparison.permanova import TERMS
from dynashape.inference.planning.components import draw_contrasts, draw_points
from dynashape.inference.study.resampling import resample_seeds


def test_resampled_shares_spread_around_the_shares():
    rng = np.random.default_rng(6)
    comparisons = [carry(draw_contrasts(Components(1.0, 1.0, 0.1, 0.5, 0.5), 8, rng), 8) for _ in range(4)]
    features = np.array([[one.shares.omega_squared[term] for term in TERMS] for one in comparisons])
    replicates = resample_shares(comparisons, 200, rng)
    assert replicates.shape == (200, 4, 3)
    assert np.isfinite(replicates).all()
    spread = replicates.std(axis=0)
    assert (spread > 0).all()
    assert (np.abs(replicates.mean(axis=0) - features) < 2 * spread).all()


def _compared(components: Components, rng: np.random.Generator, n_seeds: int = 5) -> Comparison:
    points, tasks = draw_points(components, n_seeds, rng)
    labels = {
        "task": np.where(np.tile(tasks, 2), "B", "A"),
        "condition": np.repeat(["one", "two"], 2 * n_seeds),
        "seed": np.tile(np.arange(n_seeds), 4),
    }
    return compare(Distances(cdist(points, points), labels), dimensions=())


def test_resampled_accuracies_follow_the_effects_and_count_seeds_as_drawn():
    rng = np.random.default_rng(0)
    comparisons = [
        _compared(Components(6.0, 0.0, 0.0, 0.5, 0.5), rng),
        _compared(Components(0.0, 6.0, 0.0, 0.5, 0.5), rng),
    ]
    found = resample_accuracies(comparisons, 40, np.random.default_rng(1))
    assert (found[:, 0, 0] == 1.0).all()
    assert (found[:, 1, 1] == 1.0).all()
    # Five seeds are drawn, four systems each: accuracies are multiples of 1/20.
    assert np.allclose(found * 20, np.round(found * 20), atol=1e-9)
    assert found[:, 0, 1].std() > 0


def test_resampled_seeds_keep_the_networks_of_a_seed_together():
    seeds = np.array([3, 1, 2, 3, 1, 2])
    weights = resample_seeds(seeds, 50, np.random.default_rng(0))
    np.testing.assert_array_equal(weights[:, :3], weights[:, 3:])
    assert (weights.sum(axis=1) == 6).all()
