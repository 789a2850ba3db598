"""Search over O(n) at low rank: many starts, each taken to the bottom of its valley in double precision.

A sweep takes the planes of coordinates (i, j) in turn and rotates or reflects each to the lowest point that this plane
offers: the objective is a trigonometric polynomial of the second degree there, whose lowest point is found whatever
hills lie before it. Two sweeps leave a start where Newton's method, damped, ends in a few steps. The Hessian over
n (n - 1) / 2 planes costs n^4 numbers and its factorisation n^6 / 48, so this is for low rank alone.

Starts are swept; from low to high they are then followed, and further ones after them, until the lowest minimum was
found by as many as the effort asks for. A start is given up when it can no longer fall below the best one. All is
compiled and takes one pair after the other, so no pair changes another.
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int

from dynashape.dissimilarity.alignment.momentum import compiled
from dynashape.dissimilarity.alignment.newton import align, descend, half_square, orthonormalise, tolerance
from dynashape.records import Array

# Steps of Newton's method that a start may take, and that end the best one in the unrounded operators.
STEPS, LAST_STEPS = 40, 12
SWEEPS = 2


def search_low_rank(
    A: Float[Array, "pairs n n"],
    B: Float[Array, "pairs n n"],
    starts: Float[Array, "pairs starts n n"],
    drawn: Float[Array, "drawn n n"],
    n_swept: int,
    n_least: int,
    n_agreeing: int,
) -> tuple[Float[Array, "pairs n n"], Float[Array, "pairs found"], Int[Array, " pairs"]]:
    """The C of the least ||A - CBC'||, its squared halves and the number of starts that found it, of every pair.

    Each pair's own `starts` and the first `n_swept` of those `drawn` for all pairs are swept. From low to high they are
    followed to their minima, `n_least` of them, the others and the rest of `drawn` until `n_agreeing` have found the
    lowest. The values are those of the `n_agreeing` lowest. Starts need be orthogonal to 1e-3 only.
    """
    C = np.empty_like(A)
    value = np.empty((len(A), n_agreeing))
    agreeing = np.zeros(len(A), np.int64)
    _search(A, B, starts, drawn, n_swept, SWEEPS, n_least, n_agreeing, C, value, agreeing, np.empty(len(A)))
    return C, value, agreeing


def finish(
    A: Float[Array, "pairs n n"], B: Float[Array, "pairs n n"], C: Float[Array, "pairs n n"]
) -> Float[Array, " pairs"]:
    """Take every C, in place, to the bottom of its valley; returns what ||A - CBC'||^2 / 2 may still fall by."""
    n, remaining = A.shape[1], np.empty(len(A))
    value, agreeing = np.empty((len(A), 1)), np.zeros(len(A), np.int64)
    # One compiled function for both: compiling takes longer than anything that it does.
    _search(A, B, C[:, None].copy(), np.empty((0, n, n)), 0, 0, 1, 1, C, value, agreeing, remaining)
    return remaining


@compiled
@no_type_check
def _search(A, B, starts, drawn, n_swept, n_sweeps, n_least, n_agreeing, best_C, values, agreeing, remaining):
    """Without sweeps, starts go on to rounding."""
    n, n_own = A.shape[1], starts.shape[1]
    matrices, vectors = _scratch(n)
    n_first = n_own + min(n_swept, len(drawn))
    swept, aligned = np.empty((2, n_first, n, n))
    heights = np.empty(n_first)
    for pair in range(len(A)):
        a, b, lowest = A[pair], B[pair], values[pair]
        for k in range(n_first):
            start = starts[pair, k] if k < n_own else drawn[k - n_own]
            heights[k] = _begin(a, b, start, n_sweeps, swept[k], aligned[k], matrices)
        lowest[:] = np.inf
        for followed in range(n_own + len(drawn)):
            if followed >= n_least and agreeing[pair] >= n_agreeing:
                break
            k = np.argmin(heights)
            if followed < n_first:
                heights[k] = np.inf
            else:
                _begin(a, b, drawn[followed - n_own], n_sweeps, swept[k], aligned[k], matrices)
            best, limit = (lowest[0], STEPS) if n_sweeps else (-np.inf, LAST_STEPS)
            value, fall = descend(a, b, swept[k], aligned[k], limit, best, matrices, vectors)
            if value < lowest[0] - tolerance(lowest[0]):
                agreeing[pair] = 0
            if value < lowest[0] + tolerance(lowest[0]):
                agreeing[pair] += 1
            if value < lowest[0]:
                orthonormalise(swept[k], matrices[2], matrices[3])
                best_C[pair], remaining[pair] = swept[k], fall
            for place in range(len(lowest)):
                if value < lowest[place]:
                    value, lowest[place] = lowest[place], value


@compiled
@no_type_check
def _begin(A, B, start, n_sweeps, C, M, matrices):
    """Put a start into C and its aligned B into M, and sweep them; returns its value."""
    C[:] = start
    orthonormalise(C, matrices[0], matrices[1])
    align(B, C, matrices[0], M)
    for _ in range(n_sweeps):
        _sweep(A, M, C)
    return half_square(A, M)


@compiled
@no_type_check
def _scratch(n):
    """Matrices (of which the first two are C and M = C B C'), and the Hessian, its factor, gradient and step."""
    d = max(n * (n - 1) // 2, 1)
    return np.zeros((8, n, n)), np.zeros((2 * d + 2, d))


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
            # A reflection is a rotation after coordinate j has changed its sign; most cannot be better.
            c, s, d, e = c_i - c_j, -s_i - s_j, p * u - q * v, -p * v - q * u
            reflected = np.sqrt(c * c + s * s) + np.sqrt(d * d + e * e)
            x_r, y_r = x, y
            if reflected - skew > turned + skew:
                x_r, y_r, reflected = _lowest_turn(c, s, d, e)
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
