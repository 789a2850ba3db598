"""The alignment of two operators over O(n): the smallest ||A - C B C'|| over orthogonal C, from many starts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float

from dynashape.dissimilarity.efforts import Effort, find_effort
from dynashape.dissimilarity.frames import frames
from dynashape.dissimilarity.quasi_newton import descend
from dynashape.dissimilarity.starts import matched, random_rotations
from dynashape.errors import InputError
from dynashape.records import OK, Array, Status


@dataclass(frozen=True)
class Alignment:
    """The best alignment found: A is nearest to C B C' with C = `transform` (A, B scaled to unit norm).

    `distance` is the angle between A and C B C' (radians), `euclidean` the norm of their difference, `determinant` the sign of
    det C, `spread` how far the starts that were run to the end lie apart (radians).
    """

    distance: float
    euclidean: float
    transform: Float[Array, "n n"]
    determinant: int
    converged: bool
    spread: float
    status: Status


@dataclass(frozen=True)
class Prepared:
    """One operator's share of the work: the operator at unit norm, its traceless part at unit norm, and its frames."""

    unit: Float[Array, "n n"]
    traceless: Float[Array, "n n"]
    frames: Float[Array, "frames n n"]
    order: tuple[float, ...]


@dataclass(frozen=True)
class Tile:
    """Results of the pairs of one tile."""

    euclidean: Float[Array, " pairs"]
    transform: Float[Array, "pairs n n"]
    converged: Bool[Array, " pairs"]
    spread: Float[Array, " pairs"]


def check_operators(operators: Sequence[Any], zero_pad: bool) -> list[Float[Array, "n n"]]:
    """The operators as float64 matrices of one rank; one InputError that lists every fault."""
    matrices = [np.array(getattr(op, "matrix", op), dtype=np.float64) for op in operators]
    if not matrices:
        raise InputError("operators must hold at least one square matrix; got none.")
    faults = []
    for k, matrix in enumerate(matrices):
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
            faults.append(f"operator {k} must be a square matrix, got shape {matrix.shape}")
        elif not np.isfinite(matrix).all():
            faults.append(f"operator {k} holds NaN or infinity")
        elif not matrix.any():
            faults.append(f"operator {k} is zero, which has no angle to anything")
    ranks = {matrix.shape[0] for matrix in matrices if matrix.ndim == 2}
    if not faults and len(ranks) > 1 and not zero_pad:
        faults.append(f"operators have ranks {sorted(ranks)}; fit them with one common rank, or pass zero_pad=True")
    if faults:
        raise InputError("; ".join(faults) + ".")
    rank = max(ranks)
    return [np.pad(matrix, (0, rank - matrix.shape[0])) for matrix in matrices]


def prepare(matrix: Float[Array, "n n"]) -> Prepared:
    """Scale an operator to unit norm and find its frames; done once an operator, whatever the number of pairs."""
    unit = matrix / np.abs(matrix).max()
    unit = unit / np.linalg.norm(unit)
    n = unit.shape[0]
    traceless = unit - np.trace(unit) / n * np.eye(n)
    size = float(np.linalg.norm(traceless))
    traceless = traceless / size if size > 1e-12 else np.zeros_like(traceless)
    T = traceless
    order = (
        round(float(np.trace(unit)), 9),
        round(float(np.trace(T @ T)), 9),
        round(float(np.trace(T @ T @ T)), 9),
        round(float(np.trace(T @ T @ T.T)), 9),
    )
    return Prepared(unit, traceless, np.stack(frames(traceless)), order)


def align_tile(pairs: Sequence[tuple[Prepared, Prepared]], effort: Effort, device: torch.device) -> Tile:
    """Align the pairs of one tile together."""
    swapped = np.array([a.order > b.order for a, b in pairs])
    ordered = [(b, a) if swap else (a, b) for (a, b), swap in zip(pairs, swapped, strict=True)]

    def stack(name: str, side: int) -> torch.Tensor:
        return torch.from_numpy(np.stack([getattr(pair[side], name) for pair in ordered])).to(device)

    A, B, FA, FB = stack("traceless", 0), stack("traceless", 1), stack("frames", 0), stack("frames", 1)
    P, K, n = FA.shape[:3]
    A_in = FA.mT @ A[:, None] @ FA
    B_in = FB.mT @ B[:, None] @ FB
    signs = matched(A_in.flatten(0, 1), B_in.flatten(0, 1)).unflatten(0, (P, K))
    C = FA @ signs @ FB.mT
    n_random = max(effort.n_starts - K, 0)
    if n_random:
        R = random_rotations(n_random, n, A.dtype, device)
        C = torch.cat([C, FA[:, :1] @ R @ FB[:, :1].mT], 1)
    S = C.shape[1]

    def run(C: torch.Tensor, iterations: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        count = C.shape[1]
        many = descend(A.repeat_interleave(count, 0), B.repeat_interleave(count, 0), C.flatten(0, 1), iterations)
        return (
            many.C.unflatten(0, (P, count)),
            many.value.unflatten(0, (P, count)),
            many.gradient.unflatten(0, (P, count)),
        )

    C, value, _ = run(C, effort.search_iterations)
    keep = value.argsort(dim=1, stable=True)[:, : min(effort.n_finalists, S)]
    C, value, gradient = run(torch.take_along_dim(C, keep[:, :, None, None], 1), effort.final_iterations)
    U, _, Vh = torch.linalg.svd(C)
    C = U @ Vh
    residual = (stack("unit", 0)[:, None] - C @ stack("unit", 1)[:, None] @ C.mT).flatten(2).norm(dim=2)
    best = residual.argmin(1)
    angles = 2 * torch.arcsin((residual / 2).clamp_max(1.0))
    rows = torch.arange(P, device=device)
    transform = C[rows, best].cpu().numpy()
    transform[swapped] = transform[swapped].swapaxes(1, 2)
    return Tile(
        residual[rows, best].cpu().numpy(),
        transform,
        (gradient[rows, best] <= 1e-5).cpu().numpy(),
        (angles.amax(1) - angles.amin(1)).cpu().numpy(),
    )


def align(A: Any, B: Any, effort: str = "standard", *, zero_pad: bool = False, device: str = "cpu") -> Alignment:
    """The distance between two operators up to an orthogonal change of basis of either, and the C that reaches it.

    The angle is computed from the residual, 2 arcsin(||A - C B C'|| / 2), since arccos loses half the digits near zero.
    InputError for an operator that is not square, not finite or zero, and for unequal ranks unless `zero_pad`.

    >>> A = np.array([[1.0, 2.0], [0.0, 3.0]])
    >>> Q = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> align(A, Q @ A @ Q.T).distance < 1e-6
    True
    """
    budget = find_effort(effort)
    first, second = check_operators([A, B], zero_pad)
    tile = align_tile([(prepare(first), prepare(second))], budget, torch.device(device))
    euclidean, converged = float(tile.euclidean[0]), bool(tile.converged[0])
    status = (
        OK if converged else Status("unconverged", "the alignment still moved when it stopped; use effort='thorough'")
    )
    return Alignment(
        distance=float(2 * np.arcsin(min(euclidean / 2, 1.0))),
        euclidean=euclidean,
        transform=tile.transform[0],
        determinant=int(np.sign(np.linalg.det(tile.transform[0]))),
        converged=converged,
        spread=float(tile.spread[0]),
        status=status,
    )
