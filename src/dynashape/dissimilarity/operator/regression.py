"""The regression of the coming coordinates on those of now, from sums over their pairs: least squares, or total.

Least squares puts all noise into the coming coordinates; noise in those of now shrinks what it finds, by more the
noisier the recording is. Total least squares puts as much into the one as into the other. In coordinates of which all
windows have the Gram matrix I, that makes the operator of stationary activity nearly a rotation: the orthogonal factor
of V-'V+.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg
from jaxtyping import Float

from dynashape.records import Array

REGRESSIONS = ("ols", "tls")
# Below this share of the largest, two eigenvalues are one: which direction is noise cannot be told.
_LEAST_GAP = 1e-10


def regress(
    squares: Float[Array, "*folds rank rank"],
    products: Float[Array, "*folds rank rank"],
    squares_later: Float[Array, "*folds rank rank"],
    ridge: Float[Array, "*folds rank"],
    regression: str,
) -> Float[Array, "*folds rank rank"] | None:
    """The weights W of v(later)' = v(now)' W from the sums over all pairs (see `PairSums`).

    `ridge` is added to the diagonal of `squares`. None where total least squares has no one solution: where noise
    cannot be told from what it is noise on.

    >>> regress(np.eye(1), np.full((1, 1), 0.5), np.eye(1), np.zeros(1), "ols").tolist()
    [[0.5]]
    >>> regress(np.eye(1), np.full((1, 1), 0.5), np.eye(1), np.zeros(1), "tls").round(12).tolist()
    [[1.0]]
    """
    rank = squares.shape[-1]
    system = squares.copy()
    diagonal = np.arange(rank)
    system[..., diagonal, diagonal] += ridge
    if regression == "ols":
        if squares.ndim > 2:
            return np.asarray(np.linalg.solve(system, products))
        factor = scipy.linalg.cho_factor(system, check_finite=False)
        return np.asarray(scipy.linalg.cho_solve(factor, products, check_finite=False))
    # The smallest axes of [V- V+] are the combinations of both that are noise: V- W1 + V+ W2 = 0.
    both = np.block([[system, products], [np.swapaxes(products, -1, -2), squares_later]])
    values, axes = np.linalg.eigh(both)
    if np.any(values[..., rank] - values[..., rank - 1] <= _LEAST_GAP * values[..., -1]):
        return None
    return np.asarray(-axes[..., :rank, :rank] @ np.linalg.inv(axes[..., rank:, :rank]))
