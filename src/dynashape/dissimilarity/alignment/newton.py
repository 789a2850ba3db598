"""Newton's method over O(n), compiled, in double precision: what ends each start at low rank.

With C turned by skew W, M = C B C' changes by [W, M] + [W, [W, M]] / 2. ||A - M||^2 / 2 is followed itself rather than
-<A, M>: near zero it keeps its digits. Where the Hessian is not positive, or its step leads far, it is damped.
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np

from dynashape.dissimilarity.alignment.momentum import compiled

# Two values of ||A - M||^2 / 2 this near are the same minimum: a share of them, and what rounding to float32 leaves.
SAME, ROUNDING = 1e-6, 1e-13
# A start is given up where this many times the fall that Newton's model foresees would leave it above the best.
HOPE = 1.5
# Radians (root of the summed squares over planes) that a step may turn, and that it may be foreseen to before damping
# shortens it: cutting a much longer step would keep its direction, which is then one of the flattest alone.
LONGEST_STEP, FARTHEST = 1.0, 2.0
# The first damping, as a share of the largest curvature, and by what it is raised while the Hessian is not positive.
LEAST_DAMPING, RAISED = 1e-3, 5.0


@compiled
@no_type_check
def descend(A, B, C, M, limit, best, matrices, vectors):
    """Newton's method from C, with M = C B C', in place: the value ||A - M||^2 / 2 and what it may still fall by.

    Ends early where the start cannot fall below `best` or has nearly ended; where `best` is -inf it ends at rounding.
    """
    n = len(A)
    d = n * (n - 1) // 2
    S, T, X, W, C_new, M_new = matrices[2], matrices[3], matrices[4], matrices[5], matrices[6], matrices[7]
    H, L, g, w = vectors[:d], vectors[d : 2 * d], vectors[2 * d], vectors[2 * d + 1]
    value, damping, stiffest, fall, moved = half_square(A, M), 0.0, 0.0, 0.0, True
    for _ in range(limit):
        if moved:
            _model(A, M, g, H, S, T)
            stiffest = 1e-30
            for p in range(d):
                stiffest = max(stiffest, abs(H[p, p]))
        slope = _step(H, g, damping, L, w)
        while slope < 0.0 or (_square(w) > FARTHEST**2 and damping < stiffest):
            damping = max(RAISED * damping, LEAST_DAMPING * stiffest)
            slope = _step(H, g, damping, L, w)
        length = _square(w)
        fall = 0.5 * slope
        if slope <= 1e-30 * value + 1e-33:
            break
        hopeless = value - HOPE * fall > best + tolerance(best) or fall < 0.01 * tolerance(value)
        if damping == 0.0 and best > -np.inf and hopeless:
            break
        share = LONGEST_STEP / np.sqrt(length) if length > LONGEST_STEP**2 else 1.0
        p = 0
        for i in range(n - 1):
            for j in range(i + 1, n):
                W[i, j], W[j, i] = share * w[p], -share * w[p]
                p += 1
        _multiply(W, C, S)
        _multiply(W, S, T)
        _multiply(W, T, X)
        for i in range(n):
            for j in range(n):
                C_new[i, j] = C[i, j] + S[i, j] + 0.5 * T[i, j] + X[i, j] / 6.0
        orthonormalise(C_new, S, T)
        if share * share * length > 0.01:
            orthonormalise(C_new, S, T)
        align(B, C_new, T, M_new)
        lower = half_square(A, M_new)
        foreseen = share * slope - 0.5 * share * share * (slope - damping * length)
        moved = lower <= value - 0.1 * foreseen + 1e-15 * value
        if moved:
            if value - lower > 0.7 * foreseen:
                damping = 0.1 * damping if damping > 10.0 * LEAST_DAMPING * stiffest else 0.0
            C[:], M[:], value = C_new, M_new, lower
        elif foreseen < 1e-14 * value:
            break
        else:
            damping = max(4.0 * damping, 0.03 * stiffest)
    return value, fall


@compiled
@no_type_check
def _model(A, M, g, H, S, T):
    """Minus the gradient of ||A - M||^2 / 2 over the planes (i < j) and the upper triangle of its Hessian.

    The Hessian is <[U, A], [W, M]>, symmetrised. S becomes the symmetric part of A M' + M' A, which holds what comes of
    the products U W of planes that share a coordinate.
    """
    n = len(A)
    S[:], T[:] = 0.0, 0.0
    for k in range(n):
        for i in range(n):
            for j in range(n):
                S[i, j] += A[i, k] * M[j, k]
                T[i, j] += M[k, i] * A[k, j]
    p = 0
    for i in range(n - 1):
        for j in range(i + 1, n):
            g[p] = S[i, j] - T[i, j] - S[j, i] + T[j, i]
            p += 1
    for i in range(n):
        for j in range(i + 1):
            S[i, j] = 0.5 * (S[i, j] + S[j, i] + T[i, j] + T[j, i])
            S[j, i] = S[i, j]
    p = 0
    for i in range(n - 1):
        for j in range(i + 1, n):
            q = p
            for k in range(i, n - 1):
                a, b, c, d = A[i, k], A[j, k], A[k, i], A[k, j]
                for m in range(j if k == i else k + 1, n):
                    H[p, q] = (A[i, m] * M[j, k] - a * M[j, m] - A[j, m] * M[i, k] + b * M[i, m]) + (
                        d * M[m, i] - A[m, j] * M[k, i] - c * M[m, j] + A[m, i] * M[k, j]
                    )
                    q += 1
            for m in range(j, n):
                H[p, p + m - j] += S[j, m]
            H[p, p] += S[i, i]
            for k in range(i + 1, j):
                H[p, _plane(k, j, n)] += S[i, k]
            for m in range(j + 1, n):
                H[p, _plane(j, m, n)] -= S[i, m]
            p += 1


@compiled
@no_type_check
def _plane(i, j, n):
    """The position of plane (i < j) among all."""
    return i * (2 * n - i - 3) // 2 + j - 1


@compiled
@no_type_check
def _step(H, g, damping, L, w):
    """The w with (H + damping) w = g, and <g, w>; -1 where the matrix is not positive definite. L'L is its factor."""
    d = len(H)
    for k in range(d):
        for j in range(k, d):
            L[k, j] = H[k, j]
        L[k, k] += damping
        for i in range(k):
            for j in range(k, d):
                L[k, j] -= L[i, k] * L[i, j]
        if not L[k, k] > 1e-14 * (abs(H[k, k]) + damping):
            return -1.0
        scale = 1.0 / np.sqrt(L[k, k])
        for j in range(k, d):
            L[k, j] *= scale
    w[:d] = g[:d]
    for k in range(d):
        w[k] /= L[k, k]
        for j in range(k + 1, d):
            w[j] -= L[k, j] * w[k]
    slope = 0.0
    for k in range(d - 1, -1, -1):
        for j in range(k + 1, d):
            w[k] -= L[k, j] * w[j]
        w[k] /= L[k, k]
        slope += g[k] * w[k]
    return slope


@compiled
@no_type_check
def _square(w):
    total = 0.0
    for k in range(len(w)):
        total += w[k] * w[k]
    return total


@compiled
@no_type_check
def tolerance(value):
    """How near to this value others are the same."""
    return SAME * value + ROUNDING if value < np.inf else 0.0


@compiled
@no_type_check
def half_square(A, M):
    """||A - M||^2 / 2."""
    total = 0.0
    for i in range(len(A)):
        for j in range(len(A)):
            total += (A[i, j] - M[i, j]) ** 2
    return 0.5 * total


@compiled
@no_type_check
def _multiply(X, Y, Z):
    """Z = X Y."""
    n = len(X)
    for i in range(n):
        Z[i] = 0.0
        for k in range(n):
            for j in range(n):
                Z[i, j] += X[i, k] * Y[k, j]


@compiled
@no_type_check
def align(B, C, T, M):
    """M = C B C'."""
    n = len(B)
    _multiply(C, B, T)
    for i in range(n):
        for j in range(n):
            total = 0.0
            for k in range(n):
                total += T[i, k] * C[j, k]
            M[i, j] = total


@compiled
@no_type_check
def orthonormalise(C, X, Y):
    """(3 - C C') C / 2, in place; X and Y are overwritten."""
    n = len(C)
    for i in range(n):
        for j in range(n):
            total = 0.0
            for k in range(n):
                total += C[i, k] * C[j, k]
            X[i, j] = total
    _multiply(X, C, Y)
    for i in range(n):
        for j in range(n):
            C[i, j] = 1.5 * C[i, j] - 0.5 * Y[i, j]
