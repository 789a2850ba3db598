"""The end of an alignment: descent over O(n) in double precision, many pairs in one array.

A memoryless quasi-Newton method in the Lie algebra. C moves to (I + W + W^2 / 2 + W^3 / 8) C with skew W, which is
orthogonal but for W^6 / 64. In the eigenbasis of A's symmetric part the Hessian of -tr(A'CBC') is nearly diagonal, and
its diagonal costs one pass over the matrices; scaling by it halves the iterations. The line search makes the end sure.

Every product is of matrices whose size is a multiple of four and every decision is made for one alignment alone, so
the result does not depend on what else is in the batch, nor on threads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from dynashape.records import Array

# Share of the mean curvature that is added to every curvature: keeps steps along flat directions bounded.
FLOOR = 0.05
# The curvature changes fast at first, so it is renewed often there.
RENEW_EARLY = frozenset((1, 2, 3, 5, 7))
RENEW_EVERY = 10
# Radians a step may turn any plane by. Beyond 1.7 the step would leave what Newton-Schulz brings back to O(n).
LONGEST_TURN = 1.2
# How far |C C' - I| may grow before C is brought back to O(n).
DRIFT = 1e-4


@dataclass(frozen=True)
class Descent:
    """Where each alignment of the batch ended: C, its value -tr(A'CBC'), and what the value may still fall by."""

    C: Float[Array, "batch n n"]
    value: Float[Array, " batch"]
    remaining: Float[Array, " batch"]


def descend(
    A: Float[Array, "batch n n"], B: Float[Array, "batch n n"], C: Float[Array, "batch n n"], iterations: int
) -> Descent:
    """Follow -tr(A'CBC') downhill from orthogonal C for `iterations` evaluations; A and B traceless, of unit norm."""
    state = _State(*(np.ascontiguousarray(X) for X in (A, B, C)))
    for renew in renewals(iterations):
        state.step()
        if renew:
            state.renew_scaling()
    return Descent(state.C, state.value, -state.slope)


def orthonormalise(X: Float[Array, "*batch n n"], iterations: int) -> Float[Array, "*batch n n"]:
    """The orthogonal matrices nearest to X (singular values below 1.7) by Newton-Schulz iterations."""
    for _ in range(iterations):
        G = -0.5 * (X.mT @ X)
        diagonals(G)[:] += 1.5
        X = X @ G
    return X


def diagonals(X: Float[Array, "*batch n n"]) -> Float[Array, "matrices n"]:
    """The diagonals of contiguous matrices, as a view that can be written to."""
    return X.reshape(-1, X.shape[-1] ** 2)[:, :: X.shape[-1] + 1]


def flat(X: Float[Array, "batch n n"]) -> Float[Array, "batch n*n"]:
    """Contiguous matrices as rows, a view: one number a row multiplies these faster."""
    return X.reshape(len(X), -1)


def dot(X: Float[Array, "batch n n"], Y: Float[Array, "batch n n"]) -> Float[Array, " batch"]:
    """<X, Y> of every alignment."""
    return np.asarray(np.vecdot(flat(X), flat(Y)))


def renewals(iterations: int) -> Bool[Array, " iterations"]:
    """After which of so many iterations the scaling is renewed.

    >>> renewals(8).astype(int).tolist()
    [1, 1, 1, 0, 1, 0, 1, 0]
    """
    return np.array([k in RENEW_EARLY or k % RENEW_EVERY == 0 for k in range(1, iterations + 1)], dtype=bool)


def _where(mask: Bool[Array, " batch"]) -> Int[Array, " chosen"]:
    return np.flatnonzero(mask)


class _State:
    """C, N = (C B C')', the scaled gradient g and the scaled direction d of every alignment; W = h d is the step.

    All arrays are allocated once: fresh ones would cost page faults in every iteration.
    """

    def __init__(
        self, A: Float[Array, "batch n n"], B: Float[Array, "batch n n"], C: Float[Array, "batch n n"]
    ) -> None:
        self.A, self.At, self.Bt = A, np.ascontiguousarray(A.mT), np.ascontiguousarray(B.mT)
        self.noise = 2 * float(np.finfo(A.dtype).eps)
        self.C, self.C_new = C.copy(), np.empty_like(C)
        self.N, self.N_new, self.g, self.g_new, self.h, self.d, self.X, self.T = (np.empty_like(C) for _ in range(8))
        np.matmul(self.C, self.Bt, out=self.T)
        np.matmul(self.T, self.C.mT, out=self.N)
        self.value = -dot(self.At, self.N)
        self.drift = np.zeros_like(self.value)
        self.gamma = np.ones_like(self.value)
        self.scale(self.h)
        self.gradient(self.N, self.g)
        np.negative(self.g, out=self.d)
        self.slope = dot(self.d, self.g)

    def gradient(self, N: Float[Array, "batch n n"], out: Float[Array, "batch n n"]) -> None:
        """Scaled gradient over skew W: h times the skew part of N A - A N."""
        T, X = self.T, self.X
        np.matmul(N, self.A, out=X)
        np.matmul(self.A, N, out=T)
        X -= T
        X *= 0.5
        np.subtract(X, X.mT, out=out)
        out *= self.h

    def scale(self, out: Float[Array, "batch n n"]) -> None:
        """1 / sqrt of half the size of the Hessian's diagonal at C, one value for each plane of coordinates (i, j).

        Along E_ij - E_ji the second derivative is s_i + s_j - 2 (a_i m_j + a_j m_i) + 2 (A o M' + A' o M)_ij, with s
        the sums of A o M over a row plus those over a column, a and m the diagonals, M = N' the aligned B.
        """
        A, N, T = self.A, self.N, self.T
        np.multiply(self.At, N, out=T)
        s = T.sum(2) + T.sum(1)
        a, m = diagonals(A), diagonals(N)
        np.multiply(A, N, out=T)
        H = np.add(T, T.mT, out=out)
        np.matmul(np.stack((a, m), 2), np.stack((m, a), 1), out=T)
        H -= T
        H *= 2
        H += s[:, :, None]
        H += s[:, None, :]
        np.absolute(H, out=H)
        rows = flat(H)
        rows += FLOOR * rows.mean(1)[:, None]
        H *= 0.5
        np.clip(H, 1e-12, None, out=H)
        np.sqrt(H, out=H)
        np.reciprocal(H, out=H)

    def step(self) -> None:
        """Try C along W; keep what descends, undo the rest (to be tried again shorter), and find the next direction."""
        C, T, X, C_new, N_new, g_new = self.C, self.T, self.X, self.C_new, self.N_new, self.g_new
        np.multiply(self.d, self.h, out=T)
        np.matmul(T, C, out=C_new)
        np.matmul(T, C_new, out=X)
        # |W W C| bounds the largest turn: its square is twice the sum of the fourth powers of the angles, or more.
        size = dot(X, X)
        far = _where(size > 2 * LONGEST_TURN**4)
        if len(far):
            # Two square roots: they round alike everywhere, a power does not.
            factor = np.sqrt(np.sqrt(2 * LONGEST_TURN**4 / size[far]))
            self.slope[far] *= factor
            for Y in (self.d, T, C_new, X, X):
                Y[far] *= factor[:, None, None]
        np.matmul(T, X, out=N_new)
        drift = self.drift + dot(N_new, N_new) / 64
        X *= 0.5
        C_new += X
        C_new += C
        N_new *= 0.125
        C_new += N_new
        loose = _where(drift > DRIFT)
        # The value may rise by what it fell while C was growing.
        allowance = np.zeros_like(drift)
        if len(loose):
            C_new[loose] = orthonormalise(C_new[loose], 1)
            allowance[loose] = 2 * self.drift[loose]
            drift[loose] = np.clip(drift[loose] ** 2, 0.0, 1.0)
        np.matmul(C_new, self.Bt, out=T)
        np.matmul(T, C_new.mT, out=N_new)
        value = -dot(self.At, N_new)
        self.gradient(N_new, g_new)
        worse = _where(value > self.value + 1e-4 * self.slope + self.noise * np.absolute(self.value) + allowance)
        held: tuple[Array, Array] | None = None
        if len(worse):
            excess = value[worse] - self.value[worse] - self.slope[worse]
            shorter = np.clip(-self.slope[worse] / np.clip(2 * excess, 1e-30, None), 0.1, 0.5)
            held = self.d[worse] * shorter[:, None, None], self.g[worse]
            C_new[worse], N_new[worse] = C[worse], self.N[worse]
            value[worse], drift[worse] = self.value[worse], self.drift[worse]
        self.turn_direction()
        if held is not None:
            self.d[worse], g_new[worse] = held
        self.C, self.C_new, self.N, self.N_new, self.g, self.g_new = C_new, C, N_new, self.N, g_new, self.g
        self.value, self.drift = value, drift
        self.slope = dot(self.d, self.g)
        uphill = _where(self.slope >= 0)
        if len(uphill):
            self.d[uphill] = -self.gamma[uphill][:, None, None] * self.g[uphill]
            self.slope[uphill] = dot(self.d[uphill], self.g[uphill])

    def turn_direction(self) -> None:
        """The BFGS direction from the last step d and the change of the scaled gradient alone."""
        d, g_new = self.d, self.g_new
        y = np.subtract(g_new, self.g, out=self.X)
        along, yy, yg = dot(d, g_new), dot(y, y), dot(y, g_new)
        sy = along - self.slope
        curved = (sy > 0) & (yy > 0)
        sy = np.where(curved, sy, 1.0)
        self.gamma = np.where(curved, sy / np.where(curved, yy, 1.0), self.gamma)
        a = np.where(curved, along / sy, 0.0)
        b = np.where(curved, self.gamma * (yg - a * yy) / sy, 0.0)
        rows = flat(d)
        rows *= (b - a)[:, None]
        rows += np.multiply(flat(y), (self.gamma * a)[:, None], out=flat(y))
        rows -= np.multiply(flat(g_new), self.gamma[:, None], out=flat(self.T))

    def renew_scaling(self) -> None:
        """The curvature where C is now; g and d change their units with it, the step W does not."""
        self.scale(self.X)
        ratio = np.divide(self.X, self.h, out=self.T)
        self.g *= ratio
        self.d /= ratio
        self.h, self.X = self.X, self.h
