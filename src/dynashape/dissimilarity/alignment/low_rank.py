"""Search over O(n) at low rank: many starts, each taken to the bottom of its valley in double precision.

A sweep takes the planes of coordinates (i, j) in turn and rotates or reflects each to the lowest point that this plane
offers: the objective is a trigonometric polynomial of the second degree there, whose lowest point is found whatever
hills lie before it. Two sweeps leave a start where Newton's method, damped, ends in a few steps. The Hessian over
n (n - 1) / 2 planes costs n^4 numbers and its factorisation n^6 / 48, so this is for low rank alone.

All starts are swept; from low to high they are then followed, until the lowest minimum was found by as many as the
effort asks for. A start is given up when it can no longer fall below the best one. All is compiled and takes one pair
after the other, so no pair changes another.
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int

from dynashape.dissimilarity.alignment.momentum import compiled
from dynashape.records import Array

# Steps of Newton's method that a start may take, and that end the best one in the unrounded operators.
STEPS, LAST_STEPS = 40, 12
SWEEPS = 2
# Two values of ||A - M||^2 / 2 this near are the same minimum: a share of them, and what rounding to float32 leaves.
SAME, ROUNDING = 1e-6, 1e-13
# A start is given up where this many times the fall that Newton's model foresees would leave it above the best.
HOPE = 1.5
# Radians (root of the summed squares over planes) that a step may turn.
LONGEST_STEP = 1.0


def search_low_rank(
    A: Float[Array, "pairs n n"],
    B: Float[Array, "pairs n n"],
    starts: Float[Array, "pairs starts n n"],
    drawn: Float[Array, "drawn n n"],
    n_least: int,
    n_agreeing: int,
) -> tuple[Float[Array, "pairs n n"], Float[Array, "pairs found"], Int[Array, " pairs"]]:
    """The C of the least ||A - CBC'||, its squared halves and the number of starts that found it, of every pair.

    Each pair's own `starts` and those `drawn` for all pairs are swept. From low to high they are followed to their
    minima, `n_least` of them and further ones until `n_agreeing` have found the lowest. The values are those of the
    `n_agreeing` lowest. Starts need be orthogonal to 1e-3 only.
    """
    C = np.empty_like(A)
    value = np.empty((len(A), n_agreeing))
    agreeing = np.zeros(len(A), np.int64)
    _search(A, B, starts, drawn, n_least, n_agreeing, C, value, agreeing)
    return C, value, agreeing


def finish(
    A: Float[Array, "pairs n n"], B: Float[Array, "pairs n n"], C: Float[Array, "pairs n n"]
) -> Float[Array, " pairs"]:
    """Take every C, in place, to the bottom of its valley; returns what ||A - CBC'||^2 / 2 may still fall by."""
    remaining = np.empty(len(A))
    _finish(A, B, C, remaining)
    return remaining


@compiled
@no_type_check
def _search(A, B, starts, drawn, n_least, n_agreeing, best_C, values, agreeing):
    n, n_own = A.shape[1], starts.shape[1]
    matrices, vectors = _scratch(n)
    swept, aligned = np.empty((2, n_own + len(drawn), n, n))
    heights = np.empty(len(swept))
    for pair in range(len(A)):
        a, b, lowest = A[pair], B[pair], values[pair]
        for k in range(len(swept)):
            C, M = swept[k], aligned[k]
            C[:] = starts[pair, k] if k < n_own else drawn[k - n_own]
            _orthonormalise(C, matrices[0], matrices[1])
            _align(b, C, matrices[0], M)
            for _ in range(SWEEPS):
                _sweep(a, M, C)
            heights[k] = _half_square(a, M)
        lowest[:] = np.inf
        for followed in range(len(swept)):
            if followed >= n_least and agreeing[pair] >= n_agreeing:
                break
            k = np.argmin(heights)
            heights[k] = np.inf
            value, _ = _descend(a, b, swept[k], aligned[k], STEPS, lowest[0], matrices, vectors)
            if value < lowest[0] - _tolerance(lowest[0]):
                agreeing[pair] = 0
            if value < lowest[0] + _tolerance(lowest[0]):
                agreeing[pair] += 1
            if value < lowest[0]:
                best_C[pair] = swept[k]
            for place in range(len(lowest)):
                if value < lowest[place]:
                    value, lowest[place] = lowest[place], value


@compiled
@no_type_check
def _finish(A, B, C, remaining):
    matrices, vectors = _scratch(A.shape[1])
    Q, M = matrices[0], matrices[1]
    for pair in range(len(A)):
        Q[:] = C[pair]
        _orthonormalise(Q, matrices[2], matrices[3])
        _align(B[pair], Q, matrices[2], M)
        _, remaining[pair] = _descend(A[pair], B[pair], Q, M, LAST_STEPS, -np.inf, matrices, vectors)
        _orthonormalise(Q, matrices[2], matrices[3])
        C[pair] = Q


@compiled
@no_type_check
def _scratch(n):
    """Matrices (of which the first two are C and M = C B C'), and the Hessian, its factor, gradient and step."""
    d = max(n * (n - 1) // 2, 1)
    return np.zeros((8, n, n)), np.zeros((2 * d + 2, d))


@compiled
@no_type_check
def _tolerance(value):
    return SAME * value + ROUNDING if value < np.inf else 0.0


@compiled
@no_type_check
def _sweep(A, M, C):
    """The best rotation or reflection of each plane in turn, of M and C in place.

    <A, M> over the turns of a plane is c x + s y + d (x^2 - y^2) + 2 e x y + f, with x and y the cosine and sine.
    """
    n = len(A)
    for i in range(n - 1):
        for j in range(i + 1, n):
            c_i, c_j, s_i, s_j = 0.0, 0.0, 0.0, 0.0
            for k in range(n):
                if k != i and k != j:
                    c_i += A[i, k] * M[i, k] + A[k, i] * M[k, i]
                    c_j += A[j, k] * M[j, k] + A[k, j] * M[k, j]
                    s_i += A[i, k] * M[j, k] + A[k, i] * M[k, j]
                    s_j += A[j, k] * M[i, k] + A[k, j] * M[k, i]
            p, q = A[i, i] - A[j, j], A[i, j] + A[j, i]
            u, v = 0.5 * (M[i, i] - M[j, j]), 0.5 * (M[i, j] + M[j, i])
            skew = 0.5 * (A[i, j] - A[j, i]) * (M[i, j] - M[j, i])
            x, y, turned = _lowest_turn(c_i + c_j, s_i - s_j, p * u + q * v, p * v - q * u)
            # A reflection is a rotation after coordinate j has changed its sign.
            x_r, y_r, reflected = _lowest_turn(c_i - c_j, -s_i - s_j, p * u - q * v, -p * v - q * u)
            if reflected - skew > turned + skew + 1e-12:
                x, y = x_r, y_r
                for k in range(n):
                    M[j, k] = -M[j, k]
                    C[j, k] = -C[j, k]
                for k in range(n):
                    M[k, j] = -M[k, j]
            for k in range(n):
                M[i, k], M[j, k] = x * M[i, k] + y * M[j, k], x * M[j, k] - y * M[i, k]
                C[i, k], C[j, k] = x * C[i, k] + y * C[j, k], x * C[j, k] - y * C[i, k]
            for k in range(n):
                M[k, i], M[k, j] = x * M[k, i] + y * M[k, j], x * M[k, j] - y * M[k, i]


@compiled
@no_type_check
def _lowest_turn(c, s, d, e):
    """The unit (x, y) with the largest c x + s y + d (x^2 - y^2) + 2 e x y, and that value.

    In coordinates where e is 0 and c, d are not negative the largest lies between the axis and the direction of (c, s).
    """
    size = np.sqrt(d * d + e * e)
    a, b = 1.0, 0.0
    if size > 0.0:
        a, b = np.sqrt(max(0.5 + 0.5 * d / size, 0.0)), np.sqrt(max(0.5 - 0.5 * d / size, 0.0))
        if e < 0.0:
            b = -b
    if a * c + b * s < 0.0:
        a, b = -a, -b
    c, s = a * c + b * s, a * s - b * c
    x, y, length = 1.0, 0.0, np.sqrt(c * c + s * s)
    if s != 0.0:
        share = length / (length + 4.0 * size)
        x, y = c * share + length * (1.0 - share), s * share
        for _ in range(3):
            scale = 1.0 / np.sqrt(x * x + y * y)
            x, y = x * scale, y * scale
            slope = s * x - c * y - 4.0 * size * x * y
            curvature = abs(c * x + s * y + 4.0 * size * (x * x - y * y))
            step = min(max(slope / max(curvature, 1e-300), -0.5), 0.5)
            if abs(step) < 1e-3:
                break
            x, y = x - step * y, y + step * x
        scale = 1.0 / np.sqrt(x * x + y * y)
        x, y = x * scale, y * scale
    return x * a - y * b, x * b + y * a, c * x + s * y + size * (x * x - y * y)


@compiled
@no_type_check
def _descend(A, B, C, M, limit, best, matrices, vectors):
    """Newton's method from C, with M = C B C', in place: the value ||A - M||^2 / 2 and what it may still fall by.

    Ends early where the start cannot fall below `best`, or is sure to end in the same minimum.
    """
    n = len(A)
    d = n * (n - 1) // 2
    S, T, X, W, C_new, M_new = matrices[2], matrices[3], matrices[4], matrices[5], matrices[6], matrices[7]
    H, L, g, w = vectors[:d], vectors[d : 2 * d], vectors[2 * d], vectors[2 * d + 1]
    value, damping, stiffest, fall, moved = _half_square(A, M), 0.0, 0.0, 0.0, True
    for _ in range(limit):
        if moved:
            _model(A, M, g, H, S, T)
            stiffest = 1e-30
            for p in range(d):
                stiffest = max(stiffest, abs(H[p, p]))
        convex = _factor(H, damping, 1e-3 * stiffest, L)
        _solve(L, g, w)
        slope, length = 0.0, 0.0
        for p in range(d):
            slope += g[p] * w[p]
            length += w[p] * w[p]
        fall = 0.5 * slope
        if slope <= 1e-30 * value + 1e-33:
            break
        hopeless = value - HOPE * fall > best + _tolerance(best) or fall < 0.01 * _tolerance(value)
        if convex and damping == 0.0 and best > -np.inf and hopeless:
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
        _orthonormalise(C_new, S, T)
        if share * share * length > 0.01:
            _orthonormalise(C_new, S, T)
        _align(B, C_new, T, M_new)
        lower = _half_square(A, M_new)
        foreseen = share * slope - 0.5 * share * share * (slope - damping * length)
        moved = lower <= value - 0.1 * foreseen + 1e-15 * value
        if moved:
            if value - lower > 0.7 * foreseen:
                damping = 0.0 if damping < 1e-4 * stiffest else 0.1 * damping
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

    With C turned by skew W, M changes by [W, M] + [W, [W, M]] / 2, so the Hessian is <[U, A], [W, M]>, symmetrised.
    S becomes the symmetric part of A M' + M' A, of which the products U W of planes that share a coordinate hold rows.
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
                for m in range(j if k == i else k + 1, n):
                    H[p, q] = (A[i, m] * M[j, k] - A[i, k] * M[j, m] - A[j, m] * M[i, k] + A[j, k] * M[i, m]) + (
                        A[k, j] * M[m, i] - A[m, j] * M[k, i] - A[k, i] * M[m, j] + A[m, i] * M[k, j]
                    )
                    if k == i:
                        H[p, q] += S[i, i] + S[j, j] if m == j else S[j, m]
                    elif k == j:
                        H[p, q] -= S[i, m]
                    elif m == j:
                        H[p, q] += S[i, k]
                    q += 1
            p += 1


@compiled
@no_type_check
def _factor(H, damping, least, L):
    """The upper factor L'L = H + damping; False where that is not positive definite."""
    d, convex = len(H), True
    for i in range(d):
        for j in range(i, d):
            L[i, j] = H[i, j]
        L[i, i] += damping
    for k in range(d):
        if not L[k, k] > 1e-14 * (abs(H[k, k]) + damping):
            L[k, k] = max(-L[k, k], least)
            convex = False
        scale = 1.0 / np.sqrt(L[k, k])
        for j in range(k, d):
            L[k, j] *= scale
        for i in range(k + 1, d):
            t = L[k, i]
            for j in range(i, d):
                L[i, j] -= t * L[k, j]
    return convex


@compiled
@no_type_check
def _solve(L, g, w):
    d = len(L)
    w[:] = g
    for k in range(d):
        w[k] /= L[k, k]
        for j in range(k + 1, d):
            w[j] -= L[k, j] * w[k]
    for k in range(d - 1, -1, -1):
        t = w[k]
        for j in range(k + 1, d):
            t -= L[k, j] * w[j]
        w[k] = t / L[k, k]


@compiled
@no_type_check
def _half_square(A, M):
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
def _align(B, C, T, M):
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
def _orthonormalise(C, X, Y):
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
