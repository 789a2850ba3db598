"""Descent over O(n) to a minimum, many alignments in one array: a memoryless quasi-Newton method in the Lie algebra.

C moves to (I + W + W^2 / 2 + W^3 / 8) C, W skew, which is orthogonal but for W^6 / 64. In the eigenbasis of A's
symmetric part the Hessian of -tr(A'CBC') is nearly diagonal, and its diagonal costs one pass over the matrices; scaling
by it halves the iterations (rank 20: 60 instead of 120-160; rank 40: 120 instead of 240; eigenbases of AA', A'A,
A^2 + A'^2 and the real Schur basis are all worse). With it, a memory of one pair of steps is as good as eight (rank 40,
gap to the end after 100 iterations: 3e-4 rad against 7e-4), and Newton steps by conjugate gradients save a sixth of the
products at most.

It ends an alignment, in float64, that `momentum` has brought near its minimum: the line search makes it sure.

An iteration is seven matrix products, and rarely two more where C has left O(n). On the CPU they are numpy's, which on
small matrices take two thirds of the time of torch's and whose calls cost a fifth; a GPU runs the same lines on torch.

Every product is of matrices whose size is a multiple of four and every decision is made for one alignment alone, so
the result does not depend on what else is in the batch, nor on threads. All arrays are allocated once: fresh ones cost
a fifth of the time in page faults.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool

from dynashape.records import Array

# Share of the mean curvature that is added to every curvature: keeps steps along flat directions bounded.
FLOOR = 0.05
# The curvature changes fast at first. Renewing it early saves ten iterations at rank 20 (gap after ten: .06, not .22).
RENEW_EARLY = frozenset((1, 2, 3, 5, 7))
RENEW_EVERY = 10
# Radians a step may turn any plane by. Beyond 1.7 the step would leave what Newton-Schulz brings back to O(n).
LONGEST_TURN = 1.2
# How far |C C' - I| may grow before C is brought back to O(n).
DRIFT = 1e-4


@dataclass(frozen=True)
class Descent:
    """Where each alignment of the batch ended: C (batch, n, n), value -tr(A'CBC'), and what it may still fall by."""

    C: torch.Tensor
    value: torch.Tensor
    remaining: torch.Tensor


def descend(A: torch.Tensor, B: torch.Tensor, C: torch.Tensor, iterations: int) -> Descent:
    """Follow -tr(A'CBC') downhill from orthogonal C for `iterations` evaluations; A and B traceless, of unit norm."""
    if C.device.type != "cpu":
        end = _follow(_State(torch, A, B, C), iterations)
        return Descent(end.C, end.value, -end.slope)
    a, b, c = (X.contiguous().numpy() for X in (A, B, C))
    end = _follow(_State(np, a, b, c), iterations)
    return Descent(torch.from_numpy(end.C), torch.from_numpy(end.value), torch.from_numpy(-end.slope))


def orthonormalise(X: Any, iterations: int) -> Any:
    """The orthogonal matrices nearest to X (singular values below 1.7) by Newton-Schulz iterations."""
    for _ in range(iterations):
        G = -0.5 * (X.mT @ X)
        diagonals(G)[:] += 1.5
        X = X @ G
    return X


def diagonals(X: Any) -> Any:
    """The diagonals (matrices, n) of contiguous matrices (..., n, n), as a view that can be written to."""
    return X.reshape(-1, X.shape[-1] ** 2)[:, :: X.shape[-1] + 1]


def flat(X: Any) -> Any:
    """Contiguous matrices (batch, n, n) as rows (batch, n n), a view: one number a row multiplies these faster."""
    return X.reshape(len(X), -1)


def scale_planes(xp: Any, A: Any, At: Any, N: Any, T: Any, out: Any) -> Any:
    """1 / sqrt of half the size of the Hessian's diagonal, one value for each plane of coordinates (i, j), into `out`.

    Along E_ij - E_ji the second derivative is s_i + s_j - 2 (a_i m_j + a_j m_i) + 2 (A o M' + A' o M)_ij, with s
    the sums of A o M over a row plus those over a column, a and m the diagonals, M = N' the aligned B. At is A', T
    is overwritten.
    """
    xp.multiply(At, N, out=T)
    s = T.sum(2) + T.sum(1)
    a, m = diagonals(A), diagonals(N)
    xp.multiply(A, N, out=T)
    H = xp.add(T, T.mT, out=out)
    xp.matmul(xp.stack((a, m), 2), xp.stack((m, a), 1), out=T)
    H -= T
    H *= 2
    H += s[:, :, None]
    H += s[:, None, :]
    xp.absolute(H, out=H)
    rows = flat(H)
    rows += FLOOR * rows.mean(1)[:, None]
    H *= 0.5
    xp.clip(H, 1e-12, None, out=H)
    xp.sqrt(H, out=H)
    return xp.reciprocal(H, out=H)


def renewals(iterations: int) -> Bool[Array, " iterations"]:
    """After which of so many iterations the scaling is renewed.

    >>> renewals(8).astype(int).tolist()
    [1, 1, 1, 0, 1, 0, 1, 0]
    """
    return np.array([k in RENEW_EARLY or k % RENEW_EVERY == 0 for k in range(1, iterations + 1)], dtype=bool)


class _State:
    """C, N = (C B C')', the scaled gradient g and the scaled direction d of every alignment; W = h d is the step.

    `xp` is numpy or torch, whose functions used here have the same names and meanings.
    """

    def __init__(self, xp: Any, A: Any, B: Any, C: Any) -> None:
        self.xp = xp
        self.vecdot = np.vecdot if xp is np else torch.linalg.vecdot
        self.A, self.At, self.Bt = A, xp.empty_like(A), xp.empty_like(B)
        self.At[:], self.Bt[:] = A.mT, B.mT
        self.noise = 2 * float(xp.finfo(A.dtype).eps)
        self.C, self.C_new = xp.empty_like(C), xp.empty_like(C)
        self.C[:] = C
        self.N, self.N_new, self.g, self.g_new, self.h, self.d, self.X, self.T = (xp.empty_like(C) for _ in range(8))
        xp.matmul(self.C, self.Bt, out=self.T)
        xp.matmul(self.T, self.C.mT, out=self.N)
        self.value = -self.dot(self.At, self.N)
        self.drift = xp.zeros_like(self.value)
        self.gamma = xp.ones_like(self.value)
        self.scale(self.h)
        self.gradient(self.N, self.g)
        xp.negative(self.g, out=self.d)
        self.slope = self.dot(self.d, self.g)

    def dot(self, X: Any, Y: Any) -> Any:
        """<X, Y> of every alignment."""
        return self.vecdot(flat(X), flat(Y))

    def where(self, mask: Any) -> Any:
        """The places where the mask holds."""
        return self.xp.argwhere(mask)[:, 0]

    def gradient(self, N: Any, out: Any) -> None:
        """Scaled gradient over skew W: h times the skew part of N A - A N."""
        xp, T, X = self.xp, self.T, self.X
        xp.matmul(N, self.A, out=X)
        xp.matmul(self.A, N, out=T)
        X -= T
        X *= 0.5
        xp.subtract(X, X.mT, out=out)
        out *= self.h

    def scale(self, out: Any) -> None:
        """The scaling of the planes where C is now."""
        scale_planes(self.xp, self.A, self.At, self.N, self.T, out)

    def step(self) -> None:
        """Try C along W; keep what descends, undo the rest (to be tried again shorter), and find the next direction."""
        xp, C, T, X, C_new, N_new, g_new = self.xp, self.C, self.T, self.X, self.C_new, self.N_new, self.g_new
        xp.multiply(self.d, self.h, out=T)
        xp.matmul(T, C, out=C_new)
        xp.matmul(T, C_new, out=X)
        # |W W C| bounds the largest turn: its square is twice the sum of the fourth powers of the angles, or more.
        size = self.dot(X, X)
        far = self.where(size > 2 * LONGEST_TURN**4)
        if len(far):
            # Two square roots: they round alike everywhere, a power does not.
            factor = xp.sqrt(xp.sqrt(2 * LONGEST_TURN**4 / size[far]))
            self.slope[far] *= factor
            for Y in (self.d, T, C_new, X, X):
                Y[far] *= factor[:, None, None]
        xp.matmul(T, X, out=N_new)
        drift = self.drift + self.dot(N_new, N_new) / 64
        X *= 0.5
        C_new += X
        C_new += C
        N_new *= 0.125
        C_new += N_new
        loose = self.where(drift > DRIFT)
        # The value may rise by what it fell while C was growing.
        allowance = xp.zeros_like(drift)
        if len(loose):
            C_new[loose] = orthonormalise(C_new[loose], 1)
            allowance[loose] = 2 * self.drift[loose]
            drift[loose] = xp.clip(drift[loose] ** 2, 0.0, 1.0)
        xp.matmul(C_new, self.Bt, out=T)
        xp.matmul(T, C_new.mT, out=N_new)
        value = -self.dot(self.At, N_new)
        self.gradient(N_new, g_new)
        worse = self.where(value > self.value + 1e-4 * self.slope + self.noise * xp.absolute(self.value) + allowance)
        held: tuple[Any, Any] | None = None
        if len(worse):
            excess = value[worse] - self.value[worse] - self.slope[worse]
            shorter = xp.clip(-self.slope[worse] / xp.clip(2 * excess, 1e-30, None), 0.1, 0.5)
            held = self.d[worse] * shorter[:, None, None], self.g[worse]
            C_new[worse], N_new[worse] = C[worse], self.N[worse]
            value[worse], drift[worse] = self.value[worse], self.drift[worse]
        self.turn_direction()
        if held is not None:
            self.d[worse], g_new[worse] = held
        self.C, self.C_new, self.N, self.N_new, self.g, self.g_new = C_new, C, N_new, self.N, g_new, self.g
        self.value, self.drift = value, drift
        self.slope = self.dot(self.d, self.g)
        uphill = self.where(self.slope >= 0)
        if len(uphill):
            self.d[uphill] = -self.gamma[uphill][:, None, None] * self.g[uphill]
            self.slope[uphill] = self.dot(self.d[uphill], self.g[uphill])

    def turn_direction(self) -> None:
        """The BFGS direction from the last step d and the change of the scaled gradient alone."""
        xp, d, g_new = self.xp, self.d, self.g_new
        y = xp.subtract(g_new, self.g, out=self.X)
        along, yy, yg = self.dot(d, g_new), self.dot(y, y), self.dot(y, g_new)
        sy = along - self.slope
        curved = (sy > 0) & (yy > 0)
        sy = xp.where(curved, sy, 1.0)
        self.gamma = xp.where(curved, sy / xp.where(curved, yy, 1.0), self.gamma)
        a = xp.where(curved, along / sy, 0.0)
        b = xp.where(curved, self.gamma * (yg - a * yy) / sy, 0.0)
        rows = flat(d)
        rows *= (b - a)[:, None]
        rows += xp.multiply(flat(y), (self.gamma * a)[:, None], out=flat(y))
        rows -= xp.multiply(flat(g_new), self.gamma[:, None], out=flat(self.T))

    def renew_scaling(self) -> None:
        """The curvature where C is now; g and d change their units with it, the step W does not."""
        self.scale(self.X)
        ratio = self.xp.divide(self.X, self.h, out=self.T)
        self.g *= ratio
        self.d /= ratio
        self.h, self.X = self.X, self.h


def _follow(state: _State, iterations: int) -> _State:
    for renew in renewals(iterations):
        state.step()
        if renew:
            state.renew_scaling()
    return state
