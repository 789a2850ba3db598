"""Search over O(n) with momentum, many starts each by itself: where most of an alignment's time goes.

-tr(A'CBC') has hundreds of local minima, and from any start, random or matched, a descent slows down on its way through
saddles and ends about as far above the lowest known one (rank 60: .004 rad). A velocity that is kept from step to step,
all of it at first and then ever less, carries C through saddles and past shallow minima. After the same three times
sixty iterations from the same starts, and then a descent to the end, the mean excess is .0033 rad and the best of eight
.0005 (rank 60), against .0037 and .0012 by quasi-Newton descent alone.

Tried beside it without gain (ranks 60 and 100): kicks from the best minimum, of any strength; means of two or three
minima as new starts; the best of all rotations that share the planes in which two minima differ; blocks of coordinates
searched alone; starts from the leading half of the coordinates; eigenbases of the field of values as further starts;
other shares of the curvature as floor; longer and shorter steps; the best turn or reflection of any plane of
coordinates (ends have none left); the symmetric or the skew part weighted up or down at first (rank 40: mean excess
.0039 for .0040 with the skew part doubled, but .0028 for .0027 at rank 100).

The step is six tenths of the longest that is stable for the largest curvature met, which the change of the gradient
along the velocity shows. Curvatures are scaled as in `descent`.
"""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float

from dynashape.dissimilarity.descent import orthonormalise, renewals, scale_planes
from dynashape.dissimilarity.kernel import DRIFT, FADING, LARGEST, PACE, SMALL_TURN, roll_all


def roll(
    A: Float[torch.Tensor, "pairs n n"],
    B: Float[torch.Tensor, "pairs n n"],
    C: Float[torch.Tensor, "pairs starts n n"],
    V: Float[torch.Tensor, "pairs starts n n"],
    iterations: int,
    kept: tuple[float, float],
) -> Float[torch.Tensor, "pairs starts"]:
    """Move every C, with its velocity V (skew, radians a step), `iterations` steps down -tr(A'CBC'); both in place.

    `kept` is the share of the velocity that a step keeps, at first and at last. A and B are float32, of unit norm, A is
    diagonal plus skew; all are contiguous. Returns the values. A start's way does not depend on the others'.
    """
    if C.device.type != "cpu":
        return _roll_together(A, B, C, V, iterations, kept)
    value = np.zeros(C.shape[:2], np.float32)
    a, b, c, v = (X.numpy() for X in (A, B, C, V))
    roll_all(a, b, c, v, iterations, *kept, renewals(iterations), value)
    return torch.from_numpy(value)


def _roll_together(
    A: torch.Tensor, B: torch.Tensor, C: torch.Tensor, V: torch.Tensor, iterations: int, kept: tuple[float, float]
) -> torch.Tensor:
    """What `kernel` does to one start after the other, for all of them at once, by batched products."""
    starts = C.shape[1]
    shape = C.shape
    A, B = (X.repeat_interleave(starts, 0) for X in (A, B))
    Q, v = C.flatten(0, 1).mT.contiguous(), V.flatten(0, 1)
    K = (A - A.mT) / 4
    half = A.diagonal(dim1=1, dim2=2) / 2
    gaps = half[:, None, :] - half[:, :, None]
    M = Q.mT @ (B @ Q)
    h = scale_planes(torch, A, A.mT, M.mT, torch.empty_like(M), torch.empty_like(M))
    v = v / h
    g = torch.zeros_like(v)
    stiffest = torch.full_like(M[:, 0, 0], 2.0)[:, None, None]
    drift = torch.zeros_like(stiffest)
    renew = renewals(iterations)
    for k in range(iterations):
        share_kept = kept[0] + (kept[1] - kept[0]) * k / iterations
        rate = (1 + share_kept) * PACE / stiffest
        T = M - M.mT
        X = T @ K
        force = h * (X - X.mT - (2 * M - T) * gaps)
        if k and not renew[k - 1]:
            length = _dot(v, v)
            curvature = torch.where(length > 0, _dot(v, g - force) / length.clamp_min(1e-30), 0.0)
            stiffest = torch.maximum(FADING * stiffest, curvature).clamp_min(0.5)
        g, v = force, share_kept * v + rate * force
        W = v * h
        X = Q @ W
        Y = X @ W
        size = _dot(Y, Y)
        share = (LARGEST / size.clamp_min(1e-30)).sqrt().sqrt().clamp_max(1.0)
        v = v * share
        size = size.clamp_max(LARGEST)
        large = size > 4 * SMALL_TURN
        Z = (Y @ W) * torch.where(large, share**3 / 8, 0.0)
        Q = Q - share * X + (share**2 / 2) * Y - Z
        drift = drift + torch.where(large, _dot(Z, Z), size / 4)
        for bound in (4 * DRIFT, DRIFT):
            loose = (drift > bound)[:, 0, 0].nonzero()[:, 0]
            if len(loose):
                Q[loose] = orthonormalise(Q[loose], 1)
        drift = torch.where(drift > DRIFT, 0.0, drift)
        M = Q.mT @ (B @ Q)
        if renew[k]:
            v = v * h
            h = scale_planes(torch, A, A.mT, M.mT, torch.empty_like(M), torch.empty_like(M))
            v = v / h
    Q = orthonormalise(Q, 2)
    M = Q.mT @ (B @ Q)
    C[:] = Q.mT.reshape(shape)
    V[:] = (v * h).reshape(shape)
    value: torch.Tensor = -(A * M).sum((1, 2))
    return value.reshape(shape[:2])


def _dot(X: torch.Tensor, Y: torch.Tensor) -> torch.Tensor:
    """<X, Y> of every alignment, (starts, 1, 1)."""
    return (X * Y).sum((1, 2), keepdim=True)
