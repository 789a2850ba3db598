"""Ostrow et al. 2023, figure 3: flows with equal condition averages. DSA separates them, geometry cannot."""

from __future__ import annotations

import numpy as np
import pytest
from known_systems import attractors
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score, silhouette_score

from dynashape.dissimilarity import DSA

CLASSES = np.repeat(["bistable", "line attractor", "point attractor"], 4)


def procrustes_of_averages(systems: list[np.ndarray]) -> np.ndarray:
    averages = []
    for system in systems:
        # Half of the trials under either drive.
        average = np.concatenate([trials.mean(axis=0) for trials in np.split(system, 2)])
        average = average - average.mean(axis=0)
        averages.append(average / np.linalg.norm(average))
    overlap = [[np.linalg.svd(a.T @ b, compute_uv=False).sum() for b in averages] for a in averages]
    out = np.arccos(np.minimum(overlap, 1.0))
    np.fill_diagonal(out, 0.0)
    return out


def agreement_of_three_clusters(distances: np.ndarray) -> float:
    clusters = AgglomerativeClustering(3, metric="precomputed", linkage="average").fit_predict(distances)
    return float(adjusted_rand_score(CLASSES, clusters))


@pytest.mark.slow
def test_dsa_shows_three_clusters_and_procrustes_on_averages_does_not() -> None:
    systems, _ = attractors(seed=0)
    dynamics = DSA(n_delays=20, rank=15).fit(systems).distances_
    geometry = procrustes_of_averages(systems)
    # Seeds 0 to 3 give silhouettes of 0.57 to 0.65 and of -0.21 to -0.23, with the same clusters.
    assert silhouette_score(dynamics, CLASSES, metric="precomputed") > 0.4
    assert silhouette_score(geometry, CLASSES, metric="precomputed") < 0.0
    assert agreement_of_three_clusters(dynamics) == 1.0
    assert agreement_of_three_clusters(geometry) < 0.1
    # Geometry groups what shares its averages: system k of every class.
    assert (np.argmin(geometry + 10 * np.eye(12), axis=1) % 4 == np.arange(12) % 4).all()
