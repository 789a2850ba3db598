"""All eigenvalues of a symmetric matrix, and then as many of its leading eigenvectors as the eigenvalues call for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.linalg
from jaxtyping import Float
from scipy.linalg.lapack import dormqr, dsytrd, dsytrd_lwork

from dynashape.records import Array


def decompose_symmetric(
    matrix: Float[Array, "n n"],
) -> tuple[Float[Array, " n"], Callable[[int], Float[Array, "n k"]]]:
    """The eigenvalues, largest first, and a function that gives the eigenvectors of the first `k` of them.

    The matrix is reduced to a tridiagonal one, which divide and conquer decomposes; only the vectors asked for are
    turned back to the original basis, unlike in LAPACK's "evd", which turns back all of them.

    >>> values, leading = decompose_symmetric(np.diag([1.0, 3.0, 2.0]))
    >>> values.tolist(), np.abs(leading(1)).tolist()
    ([3.0, 2.0, 1.0], [[0.0], [1.0], [0.0]])
    """
    n = len(matrix)
    if n < 3:  # nothing to reduce
        values, vectors = scipy.linalg.eigh(matrix, driver="evd", check_finite=False)
        return values[::-1].copy(), lambda k: np.ascontiguousarray(vectors[:, ::-1][:, :k])
    lwork, _ = dsytrd_lwork(n, lower=1)
    reflectors, diagonal, beside, factors, _ = dsytrd(matrix, lower=1, lwork=int(lwork))
    values, inner = scipy.linalg.eigh_tridiagonal(diagonal, beside, check_finite=False)
    # The reflectors lie below the subdiagonal, as those of a QR factorisation of all rows but the first.
    below = np.asfortranarray(reflectors[1:, :-1])

    def leading(k: int) -> Float[Array, "n k"]:
        vectors = np.array(inner[:, ::-1][:, :k], order="F")
        lower = np.asfortranarray(vectors[1:])
        _, work, _ = dormqr("L", "N", below, factors, lower, -1)
        vectors[1:] = dormqr("L", "N", below, factors, lower, int(work[0]))[0]
        # Copied in order: numpy multiplies a reversed view without BLAS, ten times slower.
        return np.ascontiguousarray(vectors)

    return values[::-1].copy(), leading
