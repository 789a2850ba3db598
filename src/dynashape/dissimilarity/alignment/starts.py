"""Where alignments start: matched eigenvectors with their signs chosen, and random solutions of a relaxed problem."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, no_type_check

import numpy as np
from jaxtyping import Float

from dynashape.dissimilarity.alignment.efforts import LOW_RANK
from dynashape.dissimilarity.alignment.momentum import compiled
from dynashape.dissimilarity.alignment.polish import diagonals
from dynashape.records import Array
from dynashape.seeds import stream

# Applications of the relaxed operator: more lead to no better minima.
FILTER_DEGREE = 20
# Part of the relaxed spectrum that is damped, from this share of its largest value upwards.
FILTER_FROM = 0.03


def choose_signs(K: Float[Array, "batch n n"]) -> Float[Array, "batch n"]:
    """Signs s that make s'Ks large: a leading vector rounded, then single flips until none helps."""
    K = K + K.mT
    K[:, range(K.shape[1]), range(K.shape[1])] = 0.0
    size = np.sqrt(np.square(K).sum((1, 2)))[:, None]
    v = np.ones_like(K[:, :, 0])
    for _ in range(20):
        v = (K * v[:, None, :]).sum(2) + size * v
        v = v / np.maximum(np.sqrt(np.square(v).sum(1, keepdims=True)), 1e-30)
    s = np.where(v >= 0, 1.0, -1.0)
    here = np.arange(len(K))
    Ks = (K * s[:, None, :]).sum(2)
    for _ in range(2 * K.shape[1]):
        gain = -s * Ks
        index = gain.argmax(1)
        turn = np.where(gain[here, index] > 1e-6 * size[:, 0], -2 * s[here, index], 0.0)
        if not turn.any():
            break
        # K is symmetric: a flip changes K s by a row of it.
        Ks = Ks + turn[:, None] * K[here, index]
        s[here, index] += turn
    return s


def choose_few_signs(K: Float[Array, "batch n n"], rank: int) -> Float[Array, "batch n"]:
    """`choose_signs` of the leading `rank` coordinates, compiled; the other signs are +1."""
    signs = np.ones(K.shape[:2])
    _choose_signs(np.ascontiguousarray(K[:, :rank, :rank] + K[:, :rank, :rank].mT), signs)
    return signs


@compiled
@no_type_check
def _choose_signs(K, signs):
    n = K.shape[1]
    v, Ks = np.empty(n), np.empty(n)
    for item in range(len(K)):
        matrix, s = K[item], signs[item]
        size = 0.0
        for i in range(n):
            matrix[i, i] = 0.0
            for j in range(n):
                size += matrix[i, j] ** 2
        size = np.sqrt(size)
        v[:] = 1.0
        for _ in range(20):
            length = 0.0
            for i in range(n):
                Ks[i] = size * v[i]
                for j in range(n):
                    Ks[i] += matrix[i, j] * v[j]
                length += Ks[i] ** 2
            v[:] = Ks / max(np.sqrt(length), 1e-30)
        for i in range(n):
            s[i] = 1.0 if v[i] >= 0.0 else -1.0
        for _ in range(2 * n):
            best, gain = 0, 1e-6 * size
            for i in range(n):
                change = 0.0
                for j in range(n):
                    change -= s[i] * matrix[i, j] * s[j]
                if change > gain:
                    best, gain = i, change
            if gain <= 1e-6 * size:
                break
            s[best] = -s[best]


def matched_starts(
    A: Float[Array, "pairs n n"],
    B: Float[Array, "pairs n n"],
    FA: Float[Array, "pairs frames n n"],
    FB: Float[Array, "pairs frames n n"],
    rank: int,
) -> Float[Array, "pairs frames n n"]:
    """For each pair and frame, eigenvectors of A matched to those of B in the order of eigenvalues, signs chosen.

    A and B are in canonical form, FA and FB are their frames.
    """
    A_in = FA.mT @ A[:, None] @ FA
    B_in = FB.mT @ B[:, None] @ FB
    overlaps = (A_in * B_in).reshape(-1, *A.shape[1:])
    signs = choose_few_signs(overlaps, rank) if rank <= LOW_RANK else choose_signs(overlaps)
    signs = signs.reshape(FA.shape[:3])
    return (FA * signs[:, :, None, :]) @ FB.mT


def relaxed_starts(
    A: Float[Array, "pairs n n"], B: Float[Array, "pairs n n"], gain: Float[Array, " pairs"], rank: int, n_starts: int
) -> Float[Array, "pairs starts n n"]:
    """Orthogonal matrices near random X with small ||AX - XB||^2 + ||A'X - XB'||^2.

    Over orthogonal X that sum is the objective. Over all X it is a quadratic form with no local minima: a Chebyshev
    filter keeps of a random X what lies low in it, and the nearest orthogonal matrix is the start. `gain` bounds the
    largest eigenvalue of the form. A and B are each diagonal plus skew.
    """
    draws = draw_matrices(rank, A.shape[-1], n_starts).astype(A.dtype)
    # One pair at a time stays in the cache.
    return np.stack([_filtered(a, b, draws, g) for a, b, g in zip(A, B, gain, strict=True)])


def _filtered(
    A: Float[Array, "n n"], B: Float[Array, "n n"], X: Float[Array, "starts n n"], gain: np.floating[Any]
) -> Float[Array, "starts n n"]:
    """The starts that the filter makes of random X for one pair.

    Half the gradient of the form over X is, with A = D + K and B = E + L (diagonal and skew),
    2 (D - E)^2 o X - 2 (K V - V L) with V = K X - X L.
    """
    d, e = A.diagonal(), B.diagonal()
    K, L = (A - A.mT) / 2, (B - B.mT) / 2
    top = np.clip(gain, 1e-12, None)
    scale, shift = 2 / (top * (1 - FILTER_FROM)), (1 + FILTER_FROM) / (1 - FILTER_FROM)
    weights = 2 * scale * (d[:, None] - e[None, :]) ** 2 - shift
    K, L = K * np.sqrt(2 * scale), L * np.sqrt(2 * scale)
    V, T = np.empty_like(X), np.empty_like(X)

    def apply(X: Array, out: Array) -> Array:
        np.matmul(K, X, out=V)
        np.matmul(X, L, out=T)
        np.subtract(V, T, out=V)
        np.multiply(weights, X, out=out)
        np.matmul(K, V, out=T)
        np.subtract(out, T, out=out)
        np.matmul(V, L, out=T)
        return np.add(out, T, out=out)

    before, X, spare = X, apply(X, np.empty_like(X)), np.empty_like(X)
    for degree in range(FILTER_DEGREE - 1):
        after = apply(X, spare)
        after *= 2
        after -= before
        # The draws are shared: they are read, never written.
        spare = before if degree else np.empty_like(X)
        before, X = X, after
    return _polar(X)


def intertwined_starts(
    A: Float[Array, "pairs n n"], B: Float[Array, "pairs n n"], rank: int
) -> Float[Array, "pairs n n"]:
    """The orthogonal matrix nearest to an X with AX = XB and A'X = XB', for conjugate operators.

    Any such X gives the exact change of basis, also where repeated eigenvalues leave the frames undetermined (two equal
    blocks, say). A random X is projected onto these by conjugate gradients.
    """
    SA, SB = A.mT @ A + A @ A.mT, B @ B.mT + B.mT @ B

    def form(X: Array) -> Array:
        """Half the gradient of ||AX - XB||^2 + ||A'X - XB'||^2 over X."""
        return np.asarray(SA @ X + X @ SB - 2 * (A @ (X @ B.mT)) - 2 * (A.mT @ (X @ B)))

    X = np.repeat(draw_matrices(rank, A.shape[-1], 1), len(A), axis=0)
    r = -form(X)
    p, rr = r, np.square(r).sum((1, 2))
    done = 1e-30 * rr
    for _ in range(max(60, 6 * rank)):
        q = form(p)
        step = np.where(rr > done, rr / np.maximum((p * q).sum((1, 2)), 1e-300), 0.0)
        X = X + step[:, None, None] * p
        r = r - step[:, None, None] * q
        rr, before = np.square(r).sum((1, 2)), rr
        p = r + np.where(before > done, rr / np.maximum(before, 1e-300), 0.0)[:, None, None] * p
    left, _, right = np.linalg.svd(X)
    return np.asarray(left @ right)


def _polar(X: Float[Array, "starts n n"]) -> Float[Array, "starts n n"]:
    """The nearest orthogonal matrices: quintic steps raise the small singular values, cubic ones finish."""
    X = X / ((X * X).sum((1, 2))[:, None, None] + 1e-30) ** 0.5
    for _ in range(7):  # coefficients of Jordan et al. (2024, Muon): small values grow 3.4 times, all end in .7..1.2
        G = X.mT @ X
        X = X @ _plus_diagonal(2.0315 * (G @ G) - 4.7750 * G, 3.4445)
    for _ in range(5):
        X = X @ _plus_diagonal(-0.5 * (X.mT @ X), 1.5)
    return X


def _plus_diagonal(X: Float[Array, "starts n n"], value: float) -> Float[Array, "starts n n"]:
    """X, changed in place, with `value` added to the diagonals."""
    diagonals(X)[:] += value
    return X


@lru_cache(maxsize=64)
def draw_matrices(rank: int, n: int, n_starts: int) -> Float[Array, "starts n n"]:
    """The same random matrices for every pair of this rank; identity in the places that only fill up the size."""
    X = np.zeros((n_starts, n, n))
    X[:, range(n), range(n)] = np.sqrt(rank)
    X[:, :rank, :rank] = stream("align", rank).normal(size=(n_starts, rank, rank))
    return X


@lru_cache(maxsize=64)
def draw_rotations(rank: int, n_starts: int) -> Float[Array, "starts n n"]:
    """The same random orthogonal matrices for every pair of this rank, uniform, rotations and reflections in turn."""
    Q, R = np.linalg.qr(stream("align low rank", rank).normal(size=(n_starts, rank, rank)))
    Q = Q * np.where(np.einsum("kii->ki", R) < 0.0, -1.0, 1.0)[:, None, :]
    Q[:, :, 0] *= np.where(np.linalg.det(Q) < 0.0, -1.0, 1.0)[:, None]
    Q[1::2, :, 0] *= -1.0
    return np.ascontiguousarray(Q)


@lru_cache(maxsize=64)
def moves(rank: int, n: int, n_moves: int) -> Float[Array, "moves n n"]:
    """Orthogonal matrices that turn part of the coordinates at random and leave the rest.

    From a local minimum such a move reaches a better one more often than a fresh start of the same cost: signed
    permutations of a third of the coordinates, one sign, or a rotation of three coordinates.
    """
    rng = stream("align moves", rank)
    U = np.tile(np.eye(n), (n_moves, 1, 1))
    for k in range(n_moves):
        width = min(rank, (max(2, rank // 3), 1, 3)[k % 3])
        first = int(rng.integers(0, rank - width + 1))
        block = slice(first, first + width)
        if k % 3 == 2:
            turn = np.linalg.qr(rng.normal(size=(width, width)))[0]
            turn[:, 0] *= rng.choice((-1.0, 1.0))
        else:
            turn = np.eye(width)[rng.permutation(width)] * rng.choice((-1.0, 1.0), size=width)
            if width == 1:
                turn[:] = -1.0
        U[k, block, block] = turn
    return U
