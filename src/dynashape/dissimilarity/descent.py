"""Descent over O(n), many alignments in one tensor: a memoryless quasi-Newton method in the Lie algebra, matmuls only.

C moves to the orthogonal matrix nearest to (I + W + W W / 2) C, W skew. In the eigenbasis of A's symmetric part the
Hessian of -tr(A'CBC') is nearly diagonal, and its diagonal costs one pass over the matrices; scaling by it halves the
iterations (rank 20: 60 instead of 120-160; rank 40: 120 instead of 240; eigenbases of AA', A'A, A^2 + A'^2 and the real
Schur basis are all worse). With it, a memory of one pair of steps is as good as eight (rank 40, gap to the end after
100 iterations: 3e-4 rad against 7e-4), so no history is kept and an iteration is eight matrix products.

Every product is of matrices whose size is a multiple of four and every decision is made for one alignment alone, so
the result does not depend on what else is in the batch, nor on threads. All arrays are allocated once: fresh ones cost
a fifth of the time in page faults.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

# Share of the mean curvature that is added to every curvature: keeps steps along flat directions bounded.
FLOOR = 0.05
# The curvature changes fast at first. Renewing it early saves ten iterations at rank 20 (gap after ten: .06, not .22).
RENEW_AT = frozenset((1, 2, 3, 5, 7))
RENEW_EVERY = 10
# Radians a step may turn any plane by. Beyond 1.7 the step would leave what Newton-Schulz brings back to O(n).
LONGEST_TURN = 1.2


@dataclass(frozen=True)
class Descent:
    """Where each alignment of the batch ended: C (batch, n, n), value -tr(A'CBC'), and what it may still fall by."""

    C: torch.Tensor
    value: torch.Tensor
    remaining: torch.Tensor


def descend(A: torch.Tensor, B: torch.Tensor, C: torch.Tensor, iterations: int) -> Descent:
    """Follow -tr(A'CBC') downhill from orthogonal C for `iterations` evaluations; A and B traceless, of unit norm."""
    state = _State(A, B, C)
    for iteration in range(1, iterations + 1):
        state.step()
        if iteration % RENEW_EVERY == 0 or iteration in RENEW_AT:
            state.renew_scaling()
    return Descent(state.C, state.value, -state.slope)


def orthonormalise(X: torch.Tensor, iterations: int) -> torch.Tensor:
    """The orthogonal matrices nearest to X (singular values below 1.7) by Newton-Schulz iterations."""
    for _ in range(iterations):
        X = torch.baddbmm(X, X, X.mT @ X, beta=1.5, alpha=-0.5)
    return X


class _State:
    """C, N = (C B C')', the scaled gradient g and the scaled direction d of every alignment; W = h d is the step."""

    def __init__(self, A: torch.Tensor, B: torch.Tensor, C: torch.Tensor) -> None:
        self.A, self.At, self.Bt = A, A.mT.contiguous(), B.mT.contiguous()
        self.noise = 2 * torch.finfo(A.dtype).eps
        self.C, self.C_new = C.clone(), torch.empty_like(C)
        self.N, self.N_new, self.g, self.g_new, self.h, self.W, self.X, self.T = (torch.empty_like(C) for _ in range(8))
        torch.bmm(self.C, self.Bt, out=self.T)
        torch.bmm(self.T, self.C.mT, out=self.N)
        self.value = -self.dot(self.At, self.N)
        self.scale(self.h)
        self.gradient(self.N, self.g)
        self.d = -self.g
        self.gamma = torch.ones_like(self.value)
        self.slope = self.dot(self.d, self.g)

    def dot(self, X: torch.Tensor, Y: torch.Tensor) -> torch.Tensor:
        """<X, Y> of every alignment."""
        return torch.mul(X, Y, out=self.T).flatten(1).sum(1)

    def gradient(self, N: torch.Tensor, out: torch.Tensor) -> None:
        """Scaled gradient over skew W: h times the skew part of N A - A N."""
        torch.bmm(N, self.A, out=self.T)
        self.T.baddbmm_(self.A, N, alpha=-1)
        torch.sub(self.T, self.T.mT, out=out).mul_(0.5).mul_(self.h)

    def scale(self, out: torch.Tensor) -> None:
        """1 / sqrt of half the size of the Hessian's diagonal, one value for each plane of coordinates (i, j).

        Along E_ij - E_ji the second derivative is s_i + s_j - 2 (a_i m_j + a_j m_i) + 2 (A o M' + A' o M)_ij, with s
        the sums of A o M over a row plus those over a column, a and m the diagonals, M the aligned B.
        """
        torch.mul(self.A, self.N.mT, out=self.T)
        s = self.T.sum(2) + self.T.sum(1)
        a, m = self.A.diagonal(dim1=1, dim2=2), self.N.diagonal(dim1=1, dim2=2)
        torch.mul(self.A, self.N, out=self.T)
        H = torch.add(self.T, self.T.mT, out=out)
        H.baddbmm_(torch.stack((a, m), 2), torch.stack((m, a), 1), alpha=-1).mul_(2)
        H.add_(s[:, :, None]).add_(s[:, None, :]).abs_()
        H.add_(FLOOR * H.mean((1, 2), keepdim=True)).mul_(0.5).clamp_min_(1e-12).rsqrt_()

    def step(self) -> None:
        """Try C along W; keep what descends, undo the rest (to be tried again shorter), and find the next direction."""
        C, T, X, C_new, N_new, g_new = self.C, self.T, self.X, self.C_new, self.N_new, self.g_new
        torch.mul(self.d, self.h, out=self.W)
        torch.bmm(self.W, C, out=C_new)
        torch.bmm(self.W, C_new, out=X)
        # |W W C| bounds the largest turn: its square is twice the sum of the fourth powers of the angles, or more.
        size = self.dot(X, X)
        far = (size > 2 * LONGEST_TURN**4).nonzero()[:, 0]
        if len(far):
            # Two square roots: they round alike everywhere, a power does not.
            factor = (2 * LONGEST_TURN**4 / size[far]).sqrt().sqrt()
            self.slope[far] *= factor
            self.d[far] *= factor[:, None, None]
            C_new[far] *= factor[:, None, None]
            X[far] *= factor[:, None, None] ** 2
        torch.add(C_new, X, alpha=0.5, out=X).add_(C)
        torch.bmm(X.mT, X, out=T)
        torch.baddbmm(X, X, T, beta=1.5, alpha=-0.5, out=C_new)
        torch.bmm(C_new, self.Bt, out=T)
        torch.bmm(T, C_new.mT, out=N_new)
        value = -self.dot(self.At, N_new)
        self.gradient(N_new, g_new)
        descends = value <= self.value + 1e-4 * self.slope + self.noise * self.value.abs()
        worse = (~descends).nonzero()[:, 0]
        held: tuple[torch.Tensor, torch.Tensor] | None = None
        if len(worse):
            excess = value[worse] - self.value[worse] - self.slope[worse]
            shorter = (-self.slope[worse] / (2 * excess).clamp_min(1e-30)).clamp(0.1, 0.5)
            held = self.d[worse] * shorter[:, None, None], self.g[worse]
            C_new[worse], N_new[worse], value[worse] = C[worse], self.N[worse], self.value[worse]
        self.turn_direction()
        if held is not None:
            self.d[worse], g_new[worse] = held
        self.C, self.C_new, self.N, self.N_new, self.g, self.g_new = C_new, C, N_new, self.N, g_new, self.g
        self.value = value
        self.slope = self.dot(self.d, self.g)
        uphill = (self.slope >= 0).nonzero()[:, 0]
        if len(uphill):
            self.d[uphill] = -self.gamma[uphill, None, None] * self.g[uphill]
            self.slope[uphill] = (self.d[uphill] * self.g[uphill]).flatten(1).sum(1)

    def turn_direction(self) -> None:
        """The BFGS direction from the last step d and the change of the scaled gradient alone."""
        d, g_new = self.d, self.g_new
        y = torch.sub(g_new, self.g, out=self.X)
        along, yy, yg = self.dot(d, g_new), self.dot(y, y), self.dot(y, g_new)
        sy = along - self.slope
        curved = (sy > 0) & (yy > 0)
        sy = torch.where(curved, sy, 1.0)
        self.gamma = torch.where(curved, sy / torch.where(curved, yy, 1.0), self.gamma)
        a = torch.where(curved, along / sy, 0.0)
        b = torch.where(curved, self.gamma * (yg - a * yy) / sy, 0.0)
        d.mul_((b - a)[:, None, None])
        d.addcmul_(y, (self.gamma * a)[:, None, None]).addcmul_(g_new, -self.gamma[:, None, None])

    def renew_scaling(self) -> None:
        """The curvature where C is now; g and d change their units with it, the step W does not."""
        self.scale(self.X)
        ratio = torch.div(self.X, self.h, out=self.T)
        self.g.mul_(ratio)
        self.d.div_(ratio)
        self.h, self.X = self.X, self.h
