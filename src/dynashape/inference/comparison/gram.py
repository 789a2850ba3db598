"""Distances as inner products: Gower's centring turns a distance matrix into the Gram matrix of its points."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from dynashape.arguments import float_array
from dynashape.errors import InputError
from dynashape.records import Array

# Alignments are symmetric to 1e-9 rad; anything beyond this is another kind of matrix and not round-off.
_SYMMETRY = 1e-6
# The squares of what is smaller, and of shares of it, lose their digits; those of what is larger overflow in sums.
_SMALLEST = 1e-100


def check_distances(distances: Float[Array, "systems systems"]) -> Float[Array, "systems systems"]:
    """The same matrix in float64, exactly symmetric and with a zero diagonal.

    Raises InputError where an entry is not finite, negative, or so small or large that its square is no number, or
    where the matrix is not symmetric with a zero diagonal.

    >>> check_distances(np.array([[0.0, 1.0], [1.0, 0.0]])).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    values = np.array(float_array("distances", distances))
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        raise InputError(f"distances must be a square matrix (systems, systems); got shape {values.shape}.")
    if not np.isfinite(values).all():
        row, column = (int(index) for index in np.argwhere(~np.isfinite(values))[0])
        raise InputError(f"distances must be finite; entry ({row}, {column}) is not: leave that system out first.")
    scale = float(np.abs(values).max(initial=0.0))
    if scale and not _SMALLEST <= scale <= 1.0 / _SMALLEST:
        raise InputError(
            f"distances must be between {_SMALLEST:g} and {1.0 / _SMALLEST:g} in size; the largest is {scale:.3g}: "
            "give them in another unit, such as values / values.max()."
        )
    if scale and float(np.abs(values - values.T).max()) > _SYMMETRY * scale:
        raise InputError("distances must be symmetric; average the matrix with its transpose if it is meant to be.")
    if scale and float(np.abs(np.diag(values)).max()) > _SYMMETRY * scale:
        raise InputError("distances must have a zero diagonal: a system is at distance 0 from itself.")
    if float(values.min(initial=0.0)) < 0.0:
        raise InputError(f"distances must not be negative; the smallest is {float(values.min()):.3g}.")
    values = np.asarray(0.5 * (values + values.T))
    np.fill_diagonal(values, 0.0)
    return values


def read_distances(name: str, given: object) -> Float[Array, "systems systems"]:
    """Distances as an argument of any kind, read by `check_distances`."""
    return check_distances(float_array(name, given))


def compute_gram(distances: Float[Array, "systems systems"]) -> Float[Array, "systems systems"]:
    """The centred Gram matrix -J D^2 J / 2 (Gower 1966), whose traces over projections are sums of squares.

    Its trace is the total sum of squares of the points around their mean. It has negative eigenvalues where the
    distances have no Euclidean embedding; sums of squares are right all the same, but may be negative.

    >>> compute_gram(np.array([[0.0, 2.0], [2.0, 0.0]])).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    half = -0.5 * np.square(np.asarray(distances, dtype=np.float64))
    rows = half.mean(axis=1)
    return np.asarray(half - rows[:, None] - rows[None, :] + rows.mean())
