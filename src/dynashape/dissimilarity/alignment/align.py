"""The alignment of two operators over O(n): the smallest ||A - C B C'|| over orthogonal C, from many starts at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from dynashape.arguments import read_arguments
from dynashape.cores import on_one_blas_thread
from dynashape.dissimilarity.alignment.canonical_form import OperatorLike, canonicalise, check_operators
from dynashape.dissimilarity.alignment.efforts import find_effort
from dynashape.dissimilarity.alignment.search import align_tile
from dynashape.records import OK, Array, Code, Status

NOTHING_TO_ALIGN = Status(
    Code.NOTHING_TO_COMPARE,
    "operators of rank 1 leave nothing to align, since scaled to unit norm each is 1 or -1; fit them with rank >= 2, "
    "or compare them with spectral_distance",
)


@dataclass(frozen=True)
class Alignment:
    """The best alignment found of two operators A and B.

    Attributes
    ----------
    distance : float
        The angle between A and C B C', in radians (0 to pi). NaN for operators of rank 1.
    euclidean : float
        The norm of their difference, both scaled to unit norm.
    transform : array of shape (n, n)
        C, the orthogonal matrix for which C B C' is nearest to A.
    converged : bool
        Whether the distance may still fall by at most 1e-5 rad, by the slope where the search stopped; up to rank 9
        also whether more than one start ended in the lowest minimum.
    spread : float
        How far apart the starts of the last round lay, in radians; 0 where no search was needed.
    status : Status
        "unconverged", with the remedy, where the alignment did not converge; "nothing_to_compare" for rank 1.
    """

    distance: float
    euclidean: float
    transform: Float[Array, "n n"]
    converged: bool
    spread: float
    status: Status


@on_one_blas_thread
@read_arguments()
def align(A: OperatorLike, B: OperatorLike, effort: str = "standard", *, zero_pad: bool = False) -> Alignment:
    """Find the distance between two operators up to an orthogonal change of basis of either.

    Parameters
    ----------
    A, B : array of shape (n, n), or Operator
        The operators; any record with a `matrix` will do. They are scaled to unit norm.
    effort : {"standard", "thorough"}
        How many starts are tried, and for how long (see `EFFORTS`).
    zero_pad : bool, default False
        Whether operators of unequal rank are filled up with zeros.

    Returns
    -------
    Alignment
        The distance, and the change of basis that reaches it.

    Raises
    ------
    InputError
        Where an operator is not square, not finite or zero, or where ranks are unequal without `zero_pad`.

    Notes
    -----
    The minimum is searched, so the distance is never below the true one and may lie slightly above it. The angle is
    computed from the residual, 2 arcsin(||A - C B C'|| / 2), since arccos loses half of the digits near zero. The
    first call on a machine compiles the search, which takes some ten seconds; the code is kept on disk.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, 2.0], [0.0, 3.0]])
    >>> Q = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> align(A, Q @ A @ Q.T).distance < 1e-6
    True
    """
    budget = find_effort(effort)
    first, second = check_operators([A, B], zero_pad)
    if len(first) == 1:
        return Alignment(float("nan"), float("nan"), np.eye(1), False, 0.0, NOTHING_TO_ALIGN)
    tile = align_tile([(canonicalise(first), canonicalise(second))], budget)
    converged = bool(tile.converged[0])
    unconverged = Status(
        Code.UNCONVERGED, "the alignment may not have ended in the lowest minimum; use effort='thorough'"
    )
    return Alignment(
        distance=float(tile.distance[0]),
        euclidean=float(tile.euclidean[0]),
        transform=tile.transform[0],
        converged=converged,
        spread=float(tile.spread[0]),
        status=OK if converged else unconverged,
    )
