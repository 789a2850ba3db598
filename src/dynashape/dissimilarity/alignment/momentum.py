"""Search over O(n) with momentum, many starts each by itself: where most of an alignment's time goes.

-tr(A'CBC') has hundreds of local minima, and from any start a descent slows down on its way through saddles. A velocity
that is kept from step to step, all of it at first and then ever less, carries C through saddles and past shallow
minima. The step is a fixed share of the longest that is stable for the largest curvature met, which the change of the
gradient along the velocity shows. Curvatures are scaled as in `polish`. Products are by BLAS, all that lies between
them is compiled in single passes: between batched array functions the passes would cost more than the products.

The arithmetic is strict, so that the result does not depend on how a call came by its machine code (compiled, or loaded
from disk): sums that are to run on vector units are kept by column and added up last.
"""

from __future__ import annotations

from typing import Any, no_type_check

import numpy as np
import scipy.linalg  # noqa: F401  Its BLAS is the one the products run on: it must be there when threads are limited.
from jaxtyping import Float
from numba import njit

from dynashape.dissimilarity.alignment.polish import FLOOR, LONGEST_TURN, renewals
from dynashape.records import Array

F = np.float32
# What W^4 / 4, the error of (I - W + W^2 / 2) as a rotation, may be before the next term is added.
SMALL_TURN = 0.03
# How far Q Q' may be from I before Q is brought back to O(n).
DRIFT = 0.3
# Bound on |W W Q|^2: radians a step may turn any plane by (see `polish`).
LARGEST = 2 * LONGEST_TURN**4
# Share of the longest stable step that is taken, and how fast the largest curvature met is forgotten.
PACE, FADING = 0.6, 0.98


def compiled(function: Any) -> Any:
    """The function, compiled at its first call; kept on disk, where there is a place that may be written to."""
    try:
        return njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # neither the package's folder nor the user's cache: compile once a process
        return njit(nogil=True, error_model="numpy")(function)


def roll(
    A: Float[Array, "pairs n n"],
    B: Float[Array, "pairs n n"],
    C: Float[Array, "pairs starts n n"],
    V: Float[Array, "pairs starts n n"],
    iterations: int,
    kept: tuple[float, float],
) -> Float[Array, "pairs starts"]:
    """Move every C, with its velocity V (skew, radians a step), `iterations` steps down -tr(A'CBC'); both in place.

    `kept` is the share of the velocity that a step keeps, at first and at last. A and B are float32, of unit norm, A is
    diagonal plus skew; all are contiguous. Returns the values. A start's way does not depend on the others'.
    """
    value = np.zeros(C.shape[:2], np.float32)
    roll_all(A, B, C, V, iterations, *kept, renewals(iterations), value)
    return value


@compiled
@no_type_check
def roll_all(A, B, C, V, iterations, kept_first, kept_last, renew, value):
    """Roll every start: A, B (pairs, n, n), C and V (pairs, starts, n, n), changed in place, value (pairs, starts)."""
    n = A.shape[1]
    # Work is done on copies, which lie in memory as vector units like it.
    a, b, Q, v = np.empty((n, n), F), np.empty((n, n), F), np.empty((n, n), F), np.empty((n, n), F)
    for pair in range(len(A)):
        a[:], b[:] = A[pair], B[pair]
        for start in range(C.shape[1]):
            Q[:], v[:] = C[pair, start].T, V[pair, start]
            value[pair, start] = _roll(a, b, Q, v, iterations, kept_first, kept_last, renew)
            C[pair, start], V[pair, start] = Q.T, v


@compiled
@no_type_check
def _roll(A, B, Q, V, iterations, kept_first, kept_last, renew):
    """One start, Q = C'. A is diagonal plus skew. The velocity V is in radians outside, in scaled units inside."""
    n = len(A)
    h, M, T, K = np.empty((n, n), F), np.empty((n, n), F), np.empty((n, n), F), np.empty((n, n), F)
    X, Y, g = np.empty((n, n), F), np.empty((n, n), F), np.zeros((n, n), F)
    diagonal, sums, others = np.empty(n, F), np.empty(n, F), np.empty(n, F)
    for i in range(n):
        diagonal[i] = A[i, i]
        for j in range(n):
            K[i, j] = F(0.25) * (A[i, j] - A[j, i])
    _align(B, Q, T, M)
    _scale(A, M, h, sums, others)
    _divide(V, h)
    stiffest, drift, comparable = F(2), F(0), False
    for k in range(iterations):
        kept = F(kept_first + (kept_last - kept_first) * k / iterations)
        rate = (F(1) + kept) * F(PACE) / stiffest
        for i in range(n):
            for j in range(n):
                T[i, j] = M[i, j] - M[j, i]
        np.dot(T, K, X)
        # Downhill: minus the scaled gradient, with M + M' = 2 M - T. Passes over few arrays run on vector units.
        for i in range(n):
            for j in range(n):
                Y[i, j] = X[i, j] - X[j, i]
        for i in range(n):
            for j in range(n):
                Y[i, j] -= (M[i, j] - F(0.5) * T[i, j]) * (diagonal[j] - diagonal[i])
        _multiply(Y, h)
        sums[:] = F(0)
        for i in range(n):
            for j in range(n):
                sums[j] += V[i, j] * (g[i, j] - Y[i, j])
        length = _squares(V, others)
        if comparable and length > F(0):
            stiffest = max(F(FADING) * stiffest, _total(sums) / length, F(0.5))
        g, Y = Y, g
        for i in range(n):
            for j in range(n):
                V[i, j] = kept * V[i, j] + rate * g[i, j]
                T[i, j] = V[i, j] * h[i, j]
        # Q (I - W + W^2 / 2 - W^3 / 8): what `polish` does to C, transposed.
        np.dot(Q, T, X)
        np.dot(X, T, Y)
        size = _squares(Y, sums)
        share = F(1)
        if size > F(LARGEST):
            share = np.sqrt(np.sqrt(F(LARGEST) / size))
            size = F(LARGEST)
            for i in range(n):
                for j in range(n):
                    V[i, j] *= share
        second = F(0.5) * share * share
        for i in range(n):
            for j in range(n):
                Q[i, j] += second * Y[i, j] - share * X[i, j]
        if size > F(4 * SMALL_TURN):
            np.dot(Y, T, X)
            third = F(0.125) * share * share * share
            for i in range(n):
                for j in range(n):
                    Q[i, j] -= third * X[i, j]
            drift += third * third * _squares(X, sums)
        else:
            drift += F(0.25) * size
        if drift > F(DRIFT):
            _orthonormalise(Q, X, Y)
            if drift > F(4 * DRIFT):
                _orthonormalise(Q, X, Y)
            drift = F(0)
        _align(B, Q, T, M)
        comparable = not renew[k]
        if renew[k]:
            _multiply(V, h)
            _scale(A, M, h, sums, others)
            _divide(V, h)
    _multiply(V, h)
    _orthonormalise(Q, X, Y)
    _orthonormalise(Q, X, Y)
    _align(B, Q, T, M)
    sums[:] = F(0)
    for i in range(n):
        for j in range(n):
            sums[j] -= A[i, j] * M[i, j]
    return _total(sums)


@compiled
@no_type_check
def _align(B, Q, T, M):
    """M = Q' B Q."""
    np.dot(B, Q, T)
    np.dot(Q.T, T, M)


@compiled
@no_type_check
def _multiply(X, Y):
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            X[i, j] *= Y[i, j]


@compiled
@no_type_check
def _divide(X, Y):
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            X[i, j] /= Y[i, j]


@compiled
@no_type_check
def _total(x):
    total = F(0)
    for i in range(len(x)):
        total += x[i]
    return total


@compiled
@no_type_check
def _squares(X, sums):
    sums[:] = F(0)
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            sums[j] += X[i, j] * X[i, j]
    return _total(sums)


@compiled
@no_type_check
def _orthonormalise(Q, X, Y):
    """Q (3 - Q'Q) / 2, in place; X and Y are overwritten."""
    np.dot(Q.T, Q, X)
    np.dot(Q, X, Y)
    for i in range(Q.shape[0]):
        for j in range(Q.shape[1]):
            Q[i, j] = F(1.5) * Q[i, j] - F(0.5) * Y[i, j]


@compiled
@no_type_check
def _scale(A, M, h, sums, others):
    """1 / sqrt of half the size of the Hessian's diagonal into h; see `polish`, whose N is M' here."""
    n = len(A)
    for i in range(n):
        for j in range(n):
            h[i, j] = A[i, j] * M[i, j]
    others[:] = F(1)
    np.dot(h, others, sums)
    for i in range(n):
        for j in range(n):
            sums[j] += h[i, j]
    others[:] = F(0)
    for i in range(n):
        s, a, m = sums[i], F(2) * A[i, i], F(2) * M[i, i]
        for j in range(n):
            H = s + sums[j] - a * M[j, j] - A[j, j] * m
            h[i, j] = abs(H + F(2) * (A[i, j] * M[j, i] + A[j, i] * M[i, j]))
            others[j] += h[i, j]
    least = _total(others) / F(n * n) * F(FLOOR)
    for i in range(n):
        for j in range(n):
            h[i, j] = F(1) / np.sqrt(max(F(0.5) * (h[i, j] + least), F(1e-12)))
