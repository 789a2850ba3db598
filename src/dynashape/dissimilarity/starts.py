"""Where alignments start: matched eigenvectors with their signs chosen, and random solutions of a relaxed problem."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from dynashape.dissimilarity.descent import diagonals
from dynashape.seeds import stream

# Applications of the relaxed operator. Starts fall from .97 to .20 rad above the minimum (rank 40) in the time of ten
# iterations of descent, and the minima they lead to are better: best of 8, mean excess .0010 rad (.0011 with ten
# applications, and no better with forty).
FILTER_DEGREE = 20
# Part of the relaxed spectrum that is damped, from this share of its largest value upwards.
FILTER_FROM = 0.03


def choose_signs(K: torch.Tensor) -> torch.Tensor:
    """Signs s (batch, n) that make s'Ks large: a leading vector rounded, then single flips until none helps."""
    K = K + K.mT
    K = K - torch.diag_embed(K.diagonal(dim1=1, dim2=2))
    size = K.flatten(1).square().sum(1).sqrt()[:, None]
    v = torch.ones_like(K[:, :, 0])
    for _ in range(20):
        v = (K * v[:, None, :]).sum(2) + size * v
        v = v / v.square().sum(1, keepdim=True).sqrt().clamp_min(1e-30)
    s = torch.where(v >= 0, 1.0, -1.0).to(K.dtype)
    here = torch.arange(len(K), device=K.device)
    Ks = (K * s[:, None, :]).sum(2)
    for _ in range(2 * K.shape[1]):
        best, index = (-s * Ks).max(1)
        turn = torch.where(best[:, None] > 1e-6 * size, -2 * s[here, index][:, None], 0.0)[:, 0]
        if not bool(turn.any()):
            break
        # K is symmetric: a flip changes K s by a row of it.
        Ks = Ks + turn[:, None] * K[here, index]
        s[here, index] += turn
    return s


def matched_starts(A: torch.Tensor, B: torch.Tensor, FA: torch.Tensor, FB: torch.Tensor) -> torch.Tensor:
    """For each pair and frame, eigenvectors of A matched to those of B in the order of eigenvalues, signs chosen.

    A, B (pairs, n, n) in canonical form, FA, FB (pairs, frames, n, n) their frames; returns (pairs, frames, n, n).
    """
    A_in = FA.mT @ A[:, None] @ FA
    B_in = FB.mT @ B[:, None] @ FB
    signs = choose_signs((A_in * B_in).flatten(0, 1)).view(FA.shape[:3])
    return (FA * signs[:, :, None, :]) @ FB.mT


def relaxed_starts(A: torch.Tensor, B: torch.Tensor, gain: torch.Tensor, rank: int, n_starts: int) -> torch.Tensor:
    """Orthogonal matrices near random X with small ||AX - XB||^2 + ||A'X - XB'||^2, (pairs, starts, n, n).

    Over orthogonal X that sum is the objective. Over all X it is a quadratic form with no local minima: a Chebyshev
    filter keeps of a random X what lies low in it, and the nearest orthogonal matrix is the start. `gain` (pairs,)
    bounds the largest eigenvalue of the form. A and B are each diagonal plus skew.
    """
    draws = _draws(rank, A.shape[-1], n_starts).to(dtype=A.dtype, device=A.device)
    if A.device.type != "cpu":
        return torch.stack([_filtered(torch, A[k], B[k], draws, gain[k]) for k in range(len(A))])
    X = draws.numpy()
    # One pair at a time stays in the cache.
    found = [_filtered(np, a, b, X, g) for a, b, g in zip(A.numpy(), B.numpy(), gain.numpy(), strict=True)]
    return torch.from_numpy(np.stack(found))


def _filtered(xp: Any, A: Any, B: Any, X: Any, gain: Any) -> Any:
    """The starts (starts, n, n) that the filter makes of random X for one pair; `xp` is numpy or torch.

    Half the gradient of the form over X is, with A = D + K and B = E + L (diagonal and skew),
    2 (D - E)^2 o X - 2 (K V - V L) with V = K X - X L.
    """
    d, e = A.diagonal(), B.diagonal()
    K, L = (A - A.mT) / 2, (B - B.mT) / 2
    top = xp.clip(gain, 1e-12, None)
    scale, shift = 2 / (top * (1 - FILTER_FROM)), (1 + FILTER_FROM) / (1 - FILTER_FROM)
    weights = 2 * scale * (d[:, None] - e[None, :]) ** 2 - shift
    K, L = K * xp.sqrt(2 * scale), L * xp.sqrt(2 * scale)
    V, T = xp.empty_like(X), xp.empty_like(X)

    def apply(X: Any, out: Any) -> Any:
        xp.matmul(K, X, out=V)
        xp.matmul(X, L, out=T)
        xp.subtract(V, T, out=V)
        xp.multiply(weights, X, out=out)
        xp.matmul(K, V, out=T)
        xp.subtract(out, T, out=out)
        xp.matmul(V, L, out=T)
        return xp.add(out, T, out=out)

    before, X, spare = X, apply(X, xp.empty_like(X)), xp.empty_like(X)
    for degree in range(FILTER_DEGREE - 1):
        after = apply(X, spare)
        after *= 2
        after -= before
        # The draws are shared: they are read, never written.
        spare = before if degree else xp.empty_like(X)
        before, X = X, after
    return _polar(X)


def intertwined_starts(A: torch.Tensor, B: torch.Tensor, rank: int) -> torch.Tensor:
    """The orthogonal matrix nearest to an X with AX = XB and A'X = XB', (pairs, n, n), for conjugate operators.

    Any such X gives the exact change of basis, also where repeated eigenvalues leave the frames undetermined (two equal
    blocks, say). A random X is projected onto these by conjugate gradients.
    """
    X = _draws(rank, A.shape[-1], 1).to(dtype=A.dtype, device=A.device).expand_as(A).clone()
    form = _relaxed_form(A, B)
    r = -form(X)
    p, rr = r, r.flatten(1).square().sum(1)
    done = 1e-30 * rr
    for _ in range(max(60, 6 * rank)):
        q = form(p)
        step = torch.where(rr > done, rr / (p * q).flatten(1).sum(1).clamp_min(1e-300), 0.0)
        X = X + step[:, None, None] * p
        r = r - step[:, None, None] * q
        rr, before = r.flatten(1).square().sum(1), rr
        p = r + torch.where(before > done, rr / before, 0.0)[:, None, None] * p
    left, _, right = torch.linalg.svd(X)
    return torch.bmm(left, right)


def _relaxed_form(A: torch.Tensor, B: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
    """Half the gradient of ||AX - XB||^2 + ||A'X - XB'||^2 over X."""
    At, Bt = A.mT.contiguous(), B.mT.contiguous()
    SA, SB = At @ A + A @ At, B @ Bt + Bt @ B
    return lambda X: (SA @ X).baddbmm_(X, SB).baddbmm_(A, X @ Bt, alpha=-2).baddbmm_(At, X @ B, alpha=-2)


def _polar(X: Any) -> Any:
    """The nearest orthogonal matrices: quintic steps raise the small singular values, cubic ones finish."""
    X = X / ((X * X).sum((1, 2))[:, None, None] + 1e-30) ** 0.5
    for _ in range(7):  # coefficients of Jordan et al. (2024, Muon): small values grow 3.4 times, all end in .7..1.2
        G = X.mT @ X
        X = X @ _plus_diagonal(2.0315 * (G @ G) - 4.7750 * G, 3.4445)
    for _ in range(5):
        X = X @ _plus_diagonal(-0.5 * (X.mT @ X), 1.5)
    return X


def _plus_diagonal(X: Any, value: float) -> Any:
    """X (batch, n, n), changed in place, with `value` added to the diagonals."""
    diagonals(X)[:] += value
    return X


@lru_cache(maxsize=64)
def _draws(rank: int, n: int, n_starts: int) -> torch.Tensor:
    """The same random matrices for every pair of this rank; identity in the places that only fill up the size."""
    X = np.zeros((n_starts, n, n))
    X[:, range(n), range(n)] = np.sqrt(rank)
    X[:, :rank, :rank] = stream("align", rank).normal(size=(n_starts, rank, rank))
    return torch.from_numpy(X)


@lru_cache(maxsize=64)
def moves(rank: int, n: int, n_moves: int) -> torch.Tensor:
    """Orthogonal matrices that turn part of the coordinates at random and leave the rest, (moves, n, n).

    From a local minimum such a move reaches a better one several times as often as a fresh start of the same cost (rank
    20): signed permutations of a third of the coordinates, one sign, or a rotation of three coordinates.
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
    return torch.from_numpy(U)
