"""Centred kernel alignment: how far two activities agree on which steps are alike. Geometry, blind to time."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float

from dynashape.cores import on_one_blas_thread
from dynashape.dissimilarity.activity import Activity
from dynashape.dissimilarity.geometry.matched_steps import measure_all, read_matched
from dynashape.records import Array

# Above this cosine an arccos keeps fewer than 12 digits, and the angle is taken from the difference instead.
_NEARLY_ONE = 1.0 - 1e-6


@on_one_blas_thread
def cka_distance(first: Activity, second: Activity) -> float:
    """Compute the arccos of linear CKA: the angle between the similarity matrices of two activities, a metric.

    Parameters
    ----------
    first, second : array of shape (trials, steps, units) or (steps, units), or a list of such arrays
        The activities. Trials and steps must correspond, units need not.

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
    With XX' and YY' the similarities of all pairs of steps (centred), CKA is their cosine. Its arccos obeys the
    triangle inequality; 1 - CKA does not.

    References
    ----------
    Kornblith et al. 2019, "Similarity of neural network representations revisited". Williams et al. 2021, "Generalized
    shape metrics on neural representations".

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(5, 20, 3))
    >>> cka_distance(x, 2.0 * x[:, :, ::-1] + 1.0) < 1e-12
    True
    """
    return _angle(*read_matched([first, second]))


@on_one_blas_thread
def cka_distances(activities: Any) -> Float[Array, "systems systems"]:
    """Compute the CKA distance between all pairs of activities; see `cka_distance`.

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
        As `cka_distance` does; one error lists every fault.
    """
    return measure_all(activities, _angle)


def _angle(first: Float[Array, "rows _"], second: Float[Array, "rows _"]) -> float:
    sizes = float(np.linalg.norm(first.T @ first)), float(np.linalg.norm(second.T @ second))
    cosine = float(np.linalg.norm(first.T @ second)) ** 2 / (sizes[0] * sizes[1])
    if cosine < _NEARLY_ONE:
        return float(np.arccos(cosine))
    # In a basis of all columns the two similarity matrices are small, and so is the rounding of their difference.
    both = np.asarray(np.linalg.qr(np.hstack([first, second]), mode="r"))
    x, y = both[:, : first.shape[1]], both[:, first.shape[1] :]
    chord = float(np.linalg.norm(x @ x.T / sizes[0] - y @ y.T / sizes[1]))
    return float(2 * np.arcsin(min(chord / 2, 1.0)))
