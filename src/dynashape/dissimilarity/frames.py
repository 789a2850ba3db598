"""A frame of an operator that turns with the operator: eigenvectors of combinations of its symmetric invariants."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from dynashape.records import Array

# Weights of A+A', AA', A'A and A^2+A'^2 (A traceless, of unit norm). Each eigenbasis turns with A, so matching two of them is
# independent of the coordinates. The first is right for nearly symmetric operators and void for skew ones; the others are not.
COMBINATIONS: tuple[tuple[float, float, float, float], ...] = (
    (1.0, 0.5, -0.3, 0.2),
    (1.0, 0.0, 0.0, 0.0),
    (0.0, 1.0, 0.0, 0.0),
    (0.0, 0.0, 1.0, 0.0),
    (0.0, 0.0, 0.0, 1.0),
)


def frames(A: Float[Array, "n n"]) -> list[Float[Array, "n n"]]:
    """One orthogonal matrix a combination; its columns are the eigenvectors, by rising eigenvalue.

    >>> [f.shape for f in frames(np.diag([1.0, -1.0]))][0]
    (2, 2)
    """
    T = A.T
    invariants = (A + T, A @ T, T @ A, A @ A + T @ T)
    return [np.linalg.eigh(sum(w * S for w, S in zip(weights, invariants, strict=True)))[1] for weights in COMBINATIONS]
