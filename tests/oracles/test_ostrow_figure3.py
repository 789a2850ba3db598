"""Ostrow et al. 2023, figure 3: flows with equal condition averages. DSA separates them, geometry cannot."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score, silhouette_score

from dynashape.dissimilarity import DSA

DT, SIGMA = 0.01, 0.05
N_STEPS, N_TRIALS, EVERY = 1000, 100, 10
CLASSES = np.repeat(["bistable", "line attractor", "point attractor"], 4)
Flow = Callable[[np.ndarray], np.ndarray]


def simulate(flow: Flow, drive: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Trials from the origin, (trials, steps, 2), by the Euler-Maruyama method."""
    x = np.zeros((N_TRIALS, 2))
    steps = []
    for u in drive:
        steps.append(x)
        x = x + DT * (flow(x) + u) + SIGMA * np.sqrt(DT) * rng.normal(size=x.shape)
    return np.stack(steps, axis=1)


def driven_along(matrix: np.ndarray, mean: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Trials of the linear flow, with the drive that makes their average follow `mean`."""
    drive = np.vstack([np.diff(mean, axis=0) / DT, np.zeros((1, 2))]) - mean @ matrix.T
    return simulate(lambda x: x @ matrix.T, drive, rng)


def make_systems(seed: int) -> list[list[np.ndarray]]:
    """Four systems of each class; each holds its trials under u = +0.1 and under u = -0.1."""
    rng = np.random.default_rng(seed)
    turn = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
    bistable, line, point = [], [], []
    for _ in range(4):
        a, b, c = rng.uniform(-5, -4), rng.uniform(4, 5), rng.uniform(-4, -3)

        def flow(x: np.ndarray, a: float = a, b: float = b, c: float = c) -> np.ndarray:
            return np.stack([a * x[:, 0] ** 3 + b * x[:, 0], c * x[:, 1]], axis=1)

        bistable.append([simulate(flow, np.full((N_STEPS, 2), u), rng) for u in (0.1, -0.1)])
        means = [trials.mean(axis=0) for trials in bistable[-1]]
        to_line = turn @ np.diag([0.0, rng.uniform(-3, -2)]) @ turn.T
        to_point = turn @ np.diag([rng.uniform(-5, -4), rng.uniform(-9, -8)]) @ turn.T
        line.append([driven_along(to_line, mean, rng) for mean in means])
        point.append([driven_along(to_point, mean, rng) for mean in means])
    return [*bistable, *line, *point]


def procrustes_of_averages(systems: list[list[np.ndarray]]) -> np.ndarray:
    averages = []
    for system in systems:
        average = np.concatenate([trials.mean(axis=0) for trials in system])
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
    systems = make_systems(seed=0)
    sampled = [np.concatenate([trials[:, ::EVERY] for trials in system]) for system in systems]
    dynamics = DSA(n_delays=20, rank=15).fit(sampled).distances_
    geometry = procrustes_of_averages(systems)
    # Seeds 0 to 3 give silhouettes of 0.57 to 0.65 and of -0.21 to -0.23, with the same clusters.
    assert silhouette_score(dynamics, CLASSES, metric="precomputed") > 0.4
    assert silhouette_score(geometry, CLASSES, metric="precomputed") < 0.0
    assert agreement_of_three_clusters(dynamics) == 1.0
    assert agreement_of_three_clusters(geometry) < 0.1
    # Geometry groups what shares its averages: system k of every class.
    assert (np.argmin(geometry + 10 * np.eye(12), axis=1) % 4 == np.arange(12) % 4).all()
