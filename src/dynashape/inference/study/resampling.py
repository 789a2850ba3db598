"""Features of comparisons after resampling seeds: how much of a picture of them is the accident of these seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from dynashape.cores import on_one_blas_thread
from dynashape.inference.comparison.permanova import TERMS, omega_squared
from dynashape.inference.comparison.records import SEPARATED, Comparison
from dynashape.inference.comparison.separability import fit_logistic, score, standardise
from dynashape.records import Array


@on_one_blas_thread
def resample_shares(
    comparisons: Sequence[Comparison], n_replicates: int, rng: np.random.Generator
) -> Float[Array, "replicates comparisons terms"]:
    """Omega-squared of task, condition and interaction after resampling seeds, the same draw in every comparison.

    Resampled shares measure how stable a picture is; they are not intervals (see `intervals`).

    >>> resample_shares([], 3, np.random.default_rng(0)).shape
    (3, 0, 3)
    """
    seeds, weights = _draw(comparisons, n_replicates, rng)
    result = np.zeros((n_replicates, len(comparisons), len(TERMS)))
    for index, comparison in enumerate(comparisons):
        drawn = omega_squared(comparison.contrasts, weights[:, np.searchsorted(seeds, comparison.seeds)])
        # A draw that leaves this comparison without an error estimate (networks missing) keeps its own value.
        given = [comparison.shares.omega_squared[term] for term in TERMS]
        result[:, index] = np.where(np.isfinite(drawn), drawn, given)
    return result


@on_one_blas_thread
def resample_accuracies(
    comparisons: Sequence[Comparison], n_replicates: int, rng: np.random.Generator
) -> Float[Array, "replicates comparisons terms"]:
    """The accuracies of task and condition after resampling seeds: the line is fitted anew in the same MDS plane.

    Seeds count as often as they were drawn, in the fit and in its accuracy.

    >>> resample_accuracies([], 3, np.random.default_rng(0)).shape
    (3, 0, 2)
    """
    seeds, weights = _draw(comparisons, n_replicates, rng)
    result = np.zeros((n_replicates, len(comparisons), len(SEPARATED)))
    for index, comparison in enumerate(comparisons):
        points = standardise(comparison.embedding.points)
        multiplicity = np.tile(weights[:, np.searchsorted(seeds, comparison.seeds)], (1, 2))
        tasks = np.tile(comparison.contrasts.tasks, 2)
        for column, labels in enumerate((tasks, np.arange(len(tasks)) >= len(tasks) // 2)):
            # A draw may hold one task only where networks are missing; such a draw keeps the accuracy of all seeds.
            both = ((multiplicity * labels).sum(axis=1) > 0) & ((multiplicity * ~labels).sum(axis=1) > 0)
            result[:, index, column] = comparison.separations[SEPARATED[column]].accuracy
            labellings = np.tile(labels, (int(both.sum()), 1))
            fitted = fit_logistic(points, labellings, multiplicity=multiplicity[both])
            result[both, index, column] = score(points, fitted, labellings, multiplicity[both])
    return result


def resample_seeds(
    seeds: Int[Array, " networks"], n_replicates: int, rng: np.random.Generator, n_distinct: int = 3
) -> Float[Array, "replicates networks"]:
    """Bootstrap weights: how often each network is there when seeds are drawn with replacement.

    All networks of a seed share a weight, whatever their task, and keep both conditions. Draws of fewer than
    `n_distinct` different seeds leave no error to estimate and are drawn again.

    >>> resample_seeds(np.array([0, 1, 2, 0, 1, 2]), 2, np.random.default_rng(0)).sum(axis=1).tolist()
    [6.0, 6.0]
    """
    names, number = np.unique(seeds, return_inverse=True)
    n_seeds = len(names)
    weights = np.zeros((0, n_seeds))
    while len(weights) < n_replicates:
        drawn = rng.multinomial(n_seeds, np.full(n_seeds, 1.0 / n_seeds), size=n_replicates).astype(np.float64)
        weights = np.vstack([weights, drawn[(drawn > 0).sum(axis=1) >= min(n_distinct, n_seeds)]])
    return np.asarray(weights[:n_replicates][:, number])


def _draw(
    comparisons: Sequence[Comparison], n_replicates: int, rng: np.random.Generator
) -> tuple[Int[Array, " seeds"], Float[Array, "replicates seeds"]]:
    """The seeds of all comparisons, sorted, and how often each draw holds them."""
    seeds = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(comparison.seeds for comparison in comparisons)]))
    if not len(seeds):
        return seeds, np.zeros((n_replicates, 0))
    return seeds, resample_seeds(seeds, n_replicates, rng)
