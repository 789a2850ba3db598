from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from dynashape.errors import InputError
from dynashape.inference import (
    Comparison,
    Components,
    Design,
    compare,
    compute_shares,
    draw_contrasts,
    draw_points,
    resample_accuracies,
    resample_shares,
    share_features,
)
from dynashape.records import OK, Status


def test_resampled_shares_spread_around_the_shares():
    rng = np.random.default_rng(6)
    contrasts = [draw_contrasts(Components(1.0, 1.0, 0.1, 0.5, 0.5), 8, rng) for _ in range(4)]
    comparisons = [
        Comparison(OK, 32, 0, contrasts=one, shares=compute_shares(one), seeds=np.tile(np.arange(8), 2))
        for one in contrasts
    ]
    features, replicates = share_features(comparisons), resample_shares(comparisons, 200, rng)
    assert replicates.shape == (200, 4, 3)
    assert np.isfinite(replicates).all()
    spread = replicates.std(axis=0)
    assert (spread > 0).all()
    assert (np.abs(replicates.mean(axis=0) - features) < 2 * spread).all()


def _compared(components: Components, rng: np.random.Generator, n_seeds: int = 5) -> Comparison:
    points, tasks = draw_points(components, n_seeds, rng)
    design = Design(
        networks=np.tile(np.arange(2 * n_seeds), 2),
        tasks=np.where(np.tile(tasks, 2), "B", "A"),
        conditions=np.repeat(["one", "two"], 2 * n_seeds),
        seeds=np.tile(np.arange(n_seeds), 4),
    )
    return compare(cdist(points, points), design, dimensions=())


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


def test_comparisons_without_numbers_are_refused():
    bad = [Comparison(Status("too_few_networks"), 0, 4)]
    with pytest.raises(InputError, match="no variance shares"):
        share_features(bad)
    with pytest.raises(InputError, match="no contrasts"):
        resample_shares(bad, 2, np.random.default_rng(0))
    with pytest.raises(InputError, match="no plane"):
        resample_accuracies(bad, 2, np.random.default_rng(0))
