"""Features of comparisons after resampling seeds: how much of a picture of them is the accident of these seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from dynashape.errors import InputError
from dynashape.inference.compare import LABELLINGS, Comparison
from dynashape.inference.separability import fit_logistic, score, standardise
from dynashape.inference.simulate import resample_seeds
from dynashape.inference.variance import TERMS, omega_squared
from dynashape.records import Array


def share_features(comparisons: Sequence[Comparison]) -> Float[Array, "comparisons terms"]:
    """Omega-squared of task, condition and interaction of each comparison, as features that can be resampled.

    Raises InputError where a comparison has no shares: leave those out first.

    >>> share_features([]).shape
    (0, 3)
    """
    rows = []
    for index, comparison in enumerate(comparisons):
        if comparison.shares is None:
            raise InputError(f"comparison {index} has no variance shares ({comparison.status}); leave it out.")
        rows.append([comparison.shares.omega_squared[term] for term in TERMS])
    return np.array(rows, dtype=np.float64).reshape(-1, len(TERMS))


def resample_shares(
    comparisons: Sequence[Comparison], n_replicates: int, rng: np.random.Generator
) -> Float[Array, "replicates comparisons terms"]:
    """The share features after resampling seeds, the same draw in every comparison.

    Resampled shares measure how stable a picture is; they are not intervals (see `intervals`).

    >>> resample_shares([], 3, np.random.default_rng(0)).shape
    (3, 0, 3)
    """
    seeds, weights = _draw(comparisons, n_replicates, rng)
    result = np.zeros((n_replicates, len(comparisons), len(TERMS)))
    for index, found in enumerate(comparisons):
        if found.contrasts is None or found.seeds is None or found.shares is None:
            raise InputError(f"comparison {index} has no contrasts to resample ({found.status}); leave it out.")
        own = omega_squared(found.contrasts, weights[:, np.searchsorted(seeds, found.seeds)])
        # A draw that leaves this comparison without an error estimate (networks missing) keeps its own value.
        result[:, index] = np.where(np.isfinite(own), own, [found.shares.omega_squared[term] for term in TERMS])
    return result


def resample_accuracies(
    comparisons: Sequence[Comparison], n_replicates: int, rng: np.random.Generator
) -> Float[Array, "replicates comparisons labellings"]:
    """The accuracies of `LABELLINGS` after resampling seeds: the line is fitted anew in the same MDS plane.

    Seeds count as often as they were drawn, in the fit and in its accuracy. Raises InputError where a comparison has
    no plane.

    >>> resample_accuracies([], 3, np.random.default_rng(0)).shape
    (3, 0, 2)
    """
    seeds, weights = _draw(comparisons, n_replicates, rng)
    result = np.zeros((n_replicates, len(comparisons), len(LABELLINGS)))
    for index, found in enumerate(comparisons):
        if found.embedding is None or found.seeds is None or found.contrasts is None:
            raise InputError(f"comparison {index} has no plane to fit in ({found.status}); leave it out.")
        points = standardise(found.embedding.points)
        multiplicity = np.tile(weights[:, np.searchsorted(seeds, found.seeds)], (1, 2))
        tasks = np.tile(found.contrasts.tasks, 2)
        for column, labels in enumerate((tasks, np.arange(len(tasks)) >= len(tasks) // 2)):
            # A draw may hold one task only where networks are missing; such a draw keeps the accuracy of all seeds.
            both = ((multiplicity * labels).sum(axis=1) > 0) & ((multiplicity * ~labels).sum(axis=1) > 0)
            result[:, index, column] = found.separations[LABELLINGS[column]].accuracy
            labellings = np.tile(labels, (int(both.sum()), 1))
            fitted = fit_logistic(points, labellings, multiplicity=multiplicity[both])
            result[both, index, column] = score(points, fitted, labellings, multiplicity[both])
    return result


def _draw(
    comparisons: Sequence[Comparison], n_replicates: int, rng: np.random.Generator
) -> tuple[Int[Array, " seeds"], Float[Array, "replicates seeds"]]:
    """The seeds of all comparisons, sorted, and how often each draw holds them."""
    own = [found.seeds for found in comparisons if found.seeds is not None]
    seeds = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *own]))
    if not len(seeds):
        return seeds, np.zeros((n_replicates, 0))
    return seeds, resample_seeds(seeds, n_replicates, rng)
