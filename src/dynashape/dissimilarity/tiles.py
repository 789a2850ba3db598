"""The alignment of many pairs together: starts race in float32, float64 ends the best one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Bool, Float
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from dynashape.dissimilarity.descent import descend, orthonormalise
from dynashape.dissimilarity.efforts import COLD, QUENCH, Effort, unit
from dynashape.dissimilarity.frames import Canonical
from dynashape.dissimilarity.momentum import roll
from dynashape.dissimilarity.starts import intertwined_starts, matched_starts, moves, relaxed_starts
from dynashape.records import Array

# Numbers in one array of a tile: enough to hide the cost of a call (1 us), few enough to stay in the cache.
BATCH = 100_000
BATCH_ON_GPU = 50_000_000
# A matched start this near to zero is the minimum, to rounding; nothing is left to search.
EXACT = 1e-9
# Operators whose invariants differ by less may be conjugate without a matched start showing it: eigenvalues repeat.
ALIKE = 1e-8
# Below this residual the pair is taken for a conjugate one, whose residual float64 can bring down to rounding.
NEARLY_EXACT = 1e-3
# Iterations that bring it down; most need twenty.
EXACT_ITERATIONS = 300
# What the distance (radians) may still fall by when an alignment counts as converged.
CONVERGED = 1e-5


@dataclass(frozen=True)
class Tile:
    """Results of the pairs of one tile; `transform` is C in the coordinates of the operators, A near C B C'."""

    euclidean: Float[Array, " pairs"]
    transform: Float[Array, "pairs n n"]
    converged: Bool[Array, " pairs"]
    spread: Float[Array, " pairs"]


def tile_size(rank: int, device: str) -> int:
    """Pairs of this rank that are best aligned together."""
    return max(16, min(4096 if device != "cpu" else 256, _batch(device) // rank**2))


def align_tile(pairs: Sequence[tuple[Canonical, Canonical]], effort: Effort, device: str) -> Tile:
    """Align the pairs of one tile. A pair's result is the same, bit for bit, in any tile (on one kind of device)."""
    swapped = np.array([a.order > b.order for a, b in pairs])
    ordered = [(b, a) if swap else (a, b) for (a, b), swap in zip(pairs, swapped, strict=True)]
    problem = _Problem(ordered, torch.device(device))
    # Threads gain nothing on small matrices, and would fall over those of other workers.
    with _blas().limit(limits=1, user_api="blas"):
        C, residual, spread, remaining = problem.solve(effort)
    turned = np.stack([a.frame @ c @ b.frame.T for (a, b), c in zip(ordered, C.cpu().numpy(), strict=True)])
    turned[swapped] = turned[swapped].swapaxes(1, 2)
    return Tile(residual.cpu().numpy(), turned, (remaining <= CONVERGED).cpu().numpy(), spread.cpu().numpy())


class _Problem:
    """The pairs of a tile as tensors, filled up with zeros to a size that is a multiple of four."""

    def __init__(self, pairs: Sequence[tuple[Canonical, Canonical]], device: torch.device) -> None:
        self.rank = len(pairs[0][0].unit)
        self.n = -(-self.rank // 4) * 4
        self.device = device

        def stack(name: str, side: int) -> torch.Tensor:
            values = np.stack([getattr(pair[side], name) for pair in pairs])
            pad = [(0, 0)] * (values.ndim - 2) + [(0, self.n - self.rank)] * 2 if values.ndim > 1 else [(0, 0)]
            return torch.from_numpy(np.pad(values, pad)).to(device)

        self.A, self.B = stack("traceless", 0), stack("traceless", 1)
        self.A32, self.B32 = stack("rough", 0), stack("rough", 1)
        self.unit_A, self.unit_B = stack("unit", 0), stack("unit", 1)
        self.eigen_A, self.eigen_B = self._fill(stack("eigen", 0)), self._fill(stack("eigen", 1))
        self.turns_A, self.turns_B = self._fill(stack("turns", 0)), self._fill(stack("turns", 1))
        # Unequal spectra of an invariant, or unequal norms of the traceless part, exclude a change of basis.
        gaps = np.array([np.abs(a.spectrum - b.spectrum).max() + abs(a.size - b.size) for a, b in pairs])
        self.alike = torch.from_numpy(gaps < ALIKE).to(device)
        sizes = stack("size", 0) * stack("size", 1)
        self.gain = (2 * (stack("gain", 0) + stack("gain", 1)) ** 2).float()
        self.sizes = sizes
        # The part of <A, CBC'> that no C changes.
        traces = [self.unit_A.diagonal(dim1=1, dim2=2).sum(1), self.unit_B.diagonal(dim1=1, dim2=2).sum(1)]
        self.fixed = traces[0] * traces[1] / self.rank

    def _fill(self, C: torch.Tensor) -> torch.Tensor:
        """One in the places that only fill up the size."""
        rest = torch.arange(self.rank, self.n, device=self.device)
        C[..., rest, rest] = 1.0
        return C

    def residual(self, C: torch.Tensor) -> torch.Tensor:
        """||A - C B C'|| of C (pairs, ..., n, n) in float64; the operators have unit norm."""
        lead = (len(C),) + (1,) * (C.ndim - 3)
        A, B = self.unit_A.view(*lead, self.n, self.n), self.unit_B.view(*lead, self.n, self.n)
        return (A - C @ B @ C.mT).flatten(-2).square().sum(-1).sqrt()

    def angle(self, value: torch.Tensor) -> torch.Tensor:
        """The angle in radians that belongs to the value of the descent, (pairs, starts)."""
        cosine = self.fixed[:, None] - self.sizes[:, None] * value.double()
        return 2 * torch.asin(((1 - cosine).clamp_min(0) / 2).sqrt().clamp_max(1.0))

    def rows(self, keep: torch.Tensor) -> _Problem:
        """The pairs at these positions."""
        part = object.__new__(_Problem)
        for name, value in vars(self).items():
            setattr(part, name, value[keep] if isinstance(value, torch.Tensor) else value)
        return part

    def solve(self, effort: Effort) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """C, its residual, the spread over starts and what the distance may still fall by, of every pair."""
        C64 = matched_starts(self.A, self.B, self.turns_A, self.turns_B)
        residual_of = self.residual(C64)
        residual, best = residual_of.min(1)
        C = C64[torch.arange(len(C64)), best]
        alike = ((residual > EXACT) & self.alike).nonzero()[:, 0]
        if len(alike):
            part = self.rows(alike)
            turned, left, _ = part.polish(intertwined_starts(part.A, part.B, self.rank), 0)
            better = left < residual[alike]
            C[alike] = torch.where(better[:, None, None], turned, C[alike])
            residual[alike] = torch.minimum(left, residual[alike])
        spread, remaining = torch.zeros_like(residual), torch.zeros_like(residual)
        open_ = (residual > EXACT).nonzero()[:, 0]
        if len(open_):
            part = self.rows(open_)
            likely = residual_of[open_].argsort(dim=1, stable=True)[:, : effort.n_matched]
            starts = torch.take_along_dim(C64[open_], likely[:, :, None, None], 1)
            # Rounded, so that a frame's error (1e-16 over its smallest gap) does not send the descent another way.
            starts = (starts * 2**14).round() / 2**14
            into = part.eigen_A.mT[:, None] @ starts @ part.eigen_B[:, None]
            found, spread[open_] = part.search(into.float(), effort)
            found = part.eigen_A @ found.double() @ part.eigen_B.mT
            polished, left, part_remaining = part.polish(found, effort.polish)
            better = left <= residual[open_]
            C[open_] = torch.where(better[:, None, None], polished, C[open_])
            residual[open_] = torch.minimum(left, residual[open_])
            remaining[open_] = torch.where(better, part_remaining, 0.0)
        return C[:, : self.rank, : self.rank], residual, spread, remaining

    def search(self, matched: torch.Tensor, effort: Effort) -> tuple[torch.Tensor, torch.Tensor]:
        """The best C in float32, in the coordinates of A32 and B32, and the spread of the angle over the last few."""
        effort, count = effort.at_rank(self.rank), unit(self.rank)
        relaxed = relaxed_starts(self.A32, self.B32, self.gain, self.rank, effort.n_relaxed)
        C = torch.cat((matched, relaxed), 1)
        V = torch.zeros_like(C)
        value, angles = torch.zeros_like(C[:, :, 0, 0]), self.sizes[:, None]
        for each in effort.rounds:
            value = roll(self.A32, self.B32, C, V, round(each.length * count), each.kept)
            angles = self.angle(value) if C.shape[1] > 1 else angles
            order = value.argsort(dim=1, stable=True)[:, : each.n_kept]
            C, V, value = _take(C, order), _take(V, order), value.gather(1, order)
        for hop in range(effort.n_hops):
            C, value = self.hop(C, value, hop, effort.n_moves)
        C = _take(C, value.argmin(1)[:, None])
        roll(self.A32, self.B32, C, torch.zeros_like(C), round(effort.end * count), COLD)
        return C[:, 0], angles.amax(1) - angles.amin(1)

    def hop(self, C: torch.Tensor, value: torch.Tensor, hop: int, n_moves: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Each C (pairs, starts, n, n), or the best place that moves from it lead to, and its value."""
        U = moves(self.rank, self.n, (hop + 1) * n_moves)[-n_moves:].to(dtype=C.dtype, device=self.device)
        # Moves turn the coordinates of A and those of B in turn. One product for each matrix: joined into a larger one,
        # the rounding would depend on the batch.
        flat = C.flatten(0, 1)
        turns = [W.expand_as(flat).contiguous() for W in U]
        tried = torch.stack([torch.bmm(flat, W) if k % 2 else torch.bmm(W, flat) for k, W in enumerate(turns)], 1)
        tried = tried.view(len(C), -1, self.n, self.n)
        V = torch.zeros_like(tried)
        found = roll(self.A32, self.B32, tried, V, unit(self.rank), QUENCH)
        first = found.view(*C.shape[:2], n_moves).argmin(2)
        first += n_moves * torch.arange(C.shape[1], device=self.device)
        there, V = _take(tried, first), _take(V, first)
        lower = roll(self.A32, self.B32, there, V, unit(self.rank) // 2, COLD)
        better = lower < value
        return torch.where(better[:, :, None, None], there, C), torch.minimum(lower, value)

    def polish(self, C: torch.Tensor, iterations: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """C in float64 with its residual, and what the distance may still fall by."""
        end = descend(self.A, self.B, orthonormalise(C.double(), 3), iterations)
        C, remaining = orthonormalise(end.C, 2), end.remaining.clone()
        residual = self.residual(C)
        near = (residual < NEARLY_EXACT).nonzero()[:, 0]
        if len(near):
            end = descend(self.A[near], self.B[near], C[near], EXACT_ITERATIONS)
            C[near], remaining[near] = orthonormalise(end.C, 2), end.remaining
            residual = self.residual(C)
        left = (residual**2 - 2 * self.sizes * remaining).clamp_min(0).sqrt()
        return C, residual, residual - left


def _take(X: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
    """The matrices at these positions (pairs, k) of X (pairs, starts, n, n)."""
    return torch.take_along_dim(X, order[:, :, None, None], 1)


@lru_cache(maxsize=1)
def _blas() -> ThreadpoolController:
    """Numpy's BLAS; looking for it takes a millisecond."""
    return ThreadpoolController()


def _batch(device: str) -> int:
    return BATCH if device == "cpu" else BATCH_ON_GPU
