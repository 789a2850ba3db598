"""The alignment of two operators over O(n): the smallest ||A - C B C'|| over orthogonal C, from many starts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from dynashape.dissimilarity.efforts import find_effort
from dynashape.dissimilarity.frames import canonicalise
from dynashape.dissimilarity.tiles import align_tile
from dynashape.errors import InputError
from dynashape.records import OK, Array, Code, Status


@dataclass(frozen=True)
class Alignment:
    """The best alignment found: A is nearest to C B C' with C = `transform` (A, B scaled to unit norm).

    `distance` is the angle between A and C B C' (radians), `euclidean` the norm of their difference, `determinant` the
    sign of det C, `spread` how far the starts that were run to the end lie apart (radians).
    """

    distance: float
    euclidean: float
    transform: Float[Array, "n n"]
    determinant: int
    converged: bool
    spread: float
    status: Status


def check_operators(operators: Sequence[Any], zero_pad: bool) -> list[Float[Array, "n n"]]:
    """The operators as float64 matrices of one rank; one InputError that lists every fault."""
    given = [np.asarray(getattr(op, "matrix", op)) for op in operators]
    if not given:
        raise InputError("operators must hold at least one square matrix; got none.")
    faults = [
        f"operator {k} must hold real numbers, got {m.dtype}" for k, m in enumerate(given) if m.dtype.kind not in "fiub"
    ]
    if faults:
        raise InputError("; ".join(faults) + ".")
    matrices = [matrix.astype(np.float64) for matrix in given]
    for k, matrix in enumerate(matrices):
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
            faults.append(f"operator {k} must be a square matrix, got shape {matrix.shape}")
        elif not np.isfinite(matrix).all():
            faults.append(f"operator {k} holds NaN or infinity")
        elif not matrix.any():
            faults.append(f"operator {k} is zero, which has no angle to anything")
    ranks = {matrix.shape[0] for matrix in matrices if matrix.ndim == 2}
    if not faults and len(ranks) > 1 and not zero_pad:
        faults.append(f"operators have ranks {sorted(ranks)}; fit them with one common rank, or pass zero_pad=True")
    if faults:
        raise InputError("; ".join(faults) + ".")
    rank = max(ranks)
    return [np.pad(matrix, (0, rank - matrix.shape[0])) for matrix in matrices]


def align(A: Any, B: Any, effort: str = "standard", *, zero_pad: bool = False, device: str = "cpu") -> Alignment:
    """The distance between two operators up to an orthogonal change of basis of either, and the C that reaches it.

    The angle is computed from the residual, 2 arcsin(||A - C B C'|| / 2), since arccos loses half the digits near zero.
    InputError for an operator that is not square, not finite or zero, and for unequal ranks unless `zero_pad`. The
    first call on a machine compiles the search (a few seconds); its code is kept on disk.

    >>> A = np.array([[1.0, 2.0], [0.0, 3.0]])
    >>> Q = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> align(A, Q @ A @ Q.T).distance < 1e-6
    True
    """
    budget = find_effort(effort)
    first, second = check_operators([A, B], zero_pad)
    tile = align_tile([(canonicalise(first), canonicalise(second))], budget, device)
    euclidean, converged = float(tile.euclidean[0]), bool(tile.converged[0])
    status = (
        OK
        if converged
        else Status(Code.UNCONVERGED, "the alignment still moved when it stopped; use effort='thorough'")
    )
    return Alignment(
        distance=float(2 * np.arcsin(min(euclidean / 2, 1.0))),
        euclidean=euclidean,
        transform=tile.transform[0],
        determinant=int(np.sign(np.linalg.det(tile.transform[0]))),
        converged=converged,
        spread=float(tile.spread[0]),
        status=status,
    )
