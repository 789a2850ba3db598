"""Procrustes: how far apart two activities are once one is rotated onto the other. Geometry, blind to time."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float

from dynashape.cores import on_one_blas_thread
from dynashape.dissimilarity.activity import Activity
from dynashape.dissimilarity.geometry.matched_steps import measure_all, read_matched
from dynashape.records import Array


@on_one_blas_thread
def procrustes_distance(first: Activity, second: Activity) -> float:
    """Compute the angle between two activities after the best rotation of units, a metric.

    Parameters
    ----------
    first, second : array of shape (trials, steps, units) or (steps, units), or a list of such arrays
        The activities. Trials and steps must correspond, units need not: the smaller number is filled up with silent
        units. To compare condition averages, average first.

    Returns
    -------
    float
        The angle in radians, 0 to pi/2.

    Raises
    ------
    InputError
        Where steps do not match or are fewer than 3 in all, or an activity never varies.

    Notes
    -----
    Activities are centred over steps and scaled to unit norm. The angle is 2 arcsin(||X - Y Q|| / 2) for the orthogonal
    Q that makes it smallest, which is the arccos of the sum of the singular values of X'Y.

    References
    ----------
    Williams et al. 2021, "Generalized shape metrics on neural representations".

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(5, 20, 3))
    >>> procrustes_distance(x, 2.0 * x[:, :, ::-1] + 1.0) < 1e-12
    True
    """
    return _angle(*read_matched([first, second]))


@on_one_blas_thread
def procrustes_distances(activities: Any) -> Float[Array, "systems systems"]:
    """Compute the Procrustes distance between all pairs of activities; see `procrustes_distance`.

    Parameters
    ----------
    activities : sequence of arrays, or of lists of arrays
        The activity of each system; trials and steps correspond.

    Returns
    -------
    array of shape (systems, systems)
        Symmetric, with zeros in its diagonal.

    Raises
    ------
    InputError
        As `procrustes_distance` does; one error lists every fault.
    """
    return measure_all(activities, _angle)


def _angle(first: Float[Array, "rows _"], second: Float[Array, "rows _"]) -> float:
    n_units = max(first.shape[1], second.shape[1])
    first, second = (np.pad(x, ((0, 0), (0, n_units - x.shape[1]))) for x in (first, second))
    left, _, right = np.linalg.svd(second.T @ first)
    # From the residual: the arccos of a sum near 1 would lose half the digits.
    return float(2 * np.arcsin(min(float(np.linalg.norm(first - second @ (left @ right))) / 2, 1.0)))
