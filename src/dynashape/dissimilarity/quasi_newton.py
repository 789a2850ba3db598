"""Limited-memory BFGS in the Lie algebra of O(n), many alignments in one tensor."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass
class Descent:
    """Where each alignment of the batch ended: C (batch, n, n), value -tr(A'CBC') (batch,), gradient norm (batch,)."""

    C: torch.Tensor
    value: torch.Tensor
    gradient: torch.Tensor


def _inner(X: torch.Tensor, Y: torch.Tensor) -> torch.Tensor:
    return (X * Y).sum((1, 2))


def _cayley(W: torch.Tensor) -> torch.Tensor:
    identity = torch.eye(W.shape[-1], dtype=W.dtype, device=W.device)
    return torch.linalg.solve(identity - W / 2, identity + W / 2)


def _gradient(A: torch.Tensor, M: torch.Tensor) -> torch.Tensor:
    G = M.mT @ A - A @ M.mT
    return (G - G.mT) / 2


def descend(
    A: torch.Tensor, B: torch.Tensor, C: torch.Tensor, iterations: int, memory: int = 8, tolerance: float = 1e-10
) -> Descent:
    """Minimise -tr(A'CBC') over orthogonal C from the given starts (A, B traceless with unit norm, or zero)."""
    M = C @ B @ C.mT
    value, g = -_inner(A, M), _gradient(A, M)
    steps: list[torch.Tensor] = []
    changes: list[torch.Tensor] = []
    weights: list[torch.Tensor] = []
    scale = torch.full_like(value, 0.5)
    for _ in range(iterations):
        if bool((_inner(g, g) <= tolerance**2).all()):
            break
        q, shares = g, []
        for s, y, w in zip(reversed(steps), reversed(changes), reversed(weights), strict=True):
            shares.append(w * _inner(s, q))
            q = q - shares[-1][:, None, None] * y
        q = scale[:, None, None] * q
        for s, y, w, share in zip(steps, changes, weights, reversed(shares), strict=True):
            q = q + (share - w * _inner(y, q))[:, None, None] * s
        slope = -_inner(q, g)
        uphill = slope >= 0
        d = torch.where(uphill[:, None, None], -0.5 * g, -q)
        d = d * (1.5 / _inner(d, d).sqrt().clamp_min(1e-30)).clamp_max(1.0)[:, None, None]
        slope = _inner(d, g)
        step = torch.ones_like(value)
        for _trial in range(12):
            U = _cayley(step[:, None, None] * d)
            M_new = U @ M @ U.mT
            value_new = -_inner(A, M_new)
            good = value_new <= value + 1e-4 * step * slope + 1e-15
            if bool(good.all()):
                break
            curved = 2 * (value_new - value - step * slope)
            step = torch.where(good, step, (-slope * step**2 / curved.clamp_min(1e-30)).clamp(0.1 * step, 0.5 * step))
        moved = good[:, None, None]
        s = torch.where(moved, step[:, None, None] * d, 0.0)
        C = torch.where(moved, U @ C, C)
        M = torch.where(moved, M_new, M)
        value = torch.where(good, value_new, value)
        g_new = _gradient(A, M)
        y = g_new - g
        sy, yy = _inner(s, y), _inner(y, y)
        useful = sy > 1e-10 * (_inner(s, s) * yy).sqrt()
        weights.append(torch.where(useful, 1 / torch.where(useful, sy, 1.0), 0.0))
        scale = torch.where(useful, sy / yy.clamp_min(1e-300), scale)
        steps.append(s)
        changes.append(y)
        if len(steps) > memory:
            steps, changes, weights = steps[1:], changes[1:], weights[1:]
        g = g_new
    return Descent(C, value, _inner(g, g).sqrt())
