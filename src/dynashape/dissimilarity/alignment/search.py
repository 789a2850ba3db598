"""The alignment of many pairs together: starts race in single precision, double precision ends the best one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Bool, Float, Float32, Int

from dynashape.dissimilarity.alignment.canonical_form import Canonical
from dynashape.dissimilarity.alignment.efforts import COLD, LOW_RANK, QUENCH, Effort, iterations_in_unit
from dynashape.dissimilarity.alignment.low_rank import finish, search_low_rank
from dynashape.dissimilarity.alignment.momentum import roll
from dynashape.dissimilarity.alignment.polish import descend, orthonormalise
from dynashape.dissimilarity.alignment.starts import (
    draw_rotations,
    intertwined_starts,
    matched_starts,
    moves,
    relaxed_starts,
)
from dynashape.records import Array

# Numbers in one array of a tile: enough to hide the cost of a call, few enough to stay in the cache.
BATCH = 100_000
# A matched start this near to zero is the minimum, to rounding; nothing is left to search.
EXACT = 1e-9
# Operators whose invariants differ by less may be conjugate without a matched start showing it: eigenvalues repeat.
ALIKE = 1e-8
# Below this residual the pair is taken for a conjugate one, whose residual float64 can bring down to rounding.
NEARLY_EXACT = 1e-3
# Iterations that bring it down.
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

    @property
    def distance(self) -> Float[Array, " pairs"]:
        """The angles, in radians: an arccos would lose half of the digits near zero."""
        return np.asarray(2 * np.arcsin(np.minimum(self.euclidean / 2, 1.0)))


def tile_size(rank: int) -> int:
    """The number of pairs of this rank that are best aligned together."""
    return max(16, min(256, BATCH // rank**2))


def align_tile(pairs: Sequence[tuple[Canonical, Canonical]], effort: Effort) -> Tile:
    """Align the pairs of one tile. A pair's result is the same, bit for bit, in any tile.

    Callers hold BLAS to one thread.
    """
    swapped = np.array([a.order > b.order for a, b in pairs])
    ordered = [(b, a) if swap else (a, b) for (a, b), swap in zip(pairs, swapped, strict=True)]
    first, second = (_stack([pair[side] for pair in ordered]) for side in (0, 1))
    C, residual, spread, remaining = _Problem(first, second, len(ordered[0][0].unit)).solve(effort)
    turned = np.stack([a.frame @ c @ b.frame.T for (a, b), c in zip(ordered, C, strict=True)])
    turned[swapped] = turned[swapped].swapaxes(1, 2)
    return Tile(residual, turned, remaining <= CONVERGED, spread)


@dataclass(frozen=True)
class _Side:
    """One operator of each pair (see `Canonical`), filled up with zeros to a size that is a multiple of four.

    The bases `eigen` and `turns` are filled up with ones in the diagonal. `gain` is not used at low rank.
    """

    unit: Float[Array, "pairs n n"]
    traceless: Float[Array, "pairs n n"]
    rough: Float32[Array, "pairs n n"]
    eigen: Float[Array, "pairs n n"]
    turns: Float[Array, "pairs frames n n"]
    size: Float[Array, " pairs"]
    gain: Float[Array, " pairs"]
    trace: Float[Array, " pairs"]
    spectrum: Float[Array, "pairs rank"]


def _stack(forms: Sequence[Canonical]) -> _Side:
    rank = len(forms[0].unit)
    n = -(-rank // 4) * 4

    def fill(matrices: list[Array], diagonal: float = 0.0) -> Array:
        out = np.zeros((len(matrices), *matrices[0].shape[:-2], n, n), matrices[0].dtype)
        out[..., :rank, :rank] = matrices
        out[..., range(rank, n), range(rank, n)] = diagonal
        return out

    return _Side(
        unit=fill([form.unit for form in forms]),
        traceless=fill([form.traceless for form in forms]),
        rough=fill([form.rough for form in forms]),
        eigen=fill([form.eigen for form in forms], 1.0),
        turns=fill([form.turns for form in forms], 1.0),
        size=np.array([form.size for form in forms]),
        gain=np.array([form.gain if rank > LOW_RANK else np.nan for form in forms]),
        trace=np.array([form.trace for form in forms]),
        spectrum=np.array([form.spectrum for form in forms]),
    )


@dataclass(frozen=True)
class _Problem:
    """The pairs of a tile: the first and the second operator of each."""

    first: _Side
    second: _Side
    rank: int

    @property
    def sizes(self) -> Float[Array, " pairs"]:
        """What a value of the search, of traceless parts at unit norm, is multiplied by in <A, CBC'>."""
        return self.first.size * self.second.size

    def rows(self, keep: Int[Array, " kept"]) -> _Problem:
        """The pairs at these positions."""
        first, second = (
            _Side(*(getattr(side, f.name)[keep] for f in fields(side))) for side in (self.first, self.second)
        )
        return _Problem(first, second, self.rank)

    def alike(self) -> Bool[Array, " pairs"]:
        """Whether nothing excludes a change of basis, as unequal spectra of an invariant or unequal norms would."""
        gaps = np.abs(self.first.spectrum - self.second.spectrum).max(1) + np.abs(self.first.size - self.second.size)
        return np.asarray(gaps < ALIKE)

    def residual(self, C: Float[Array, "pairs starts n n"]) -> Float[Array, "pairs starts"]:
        """||A - C B C'|| in double precision; the operators have unit norm."""
        left = self.first.unit[:, None] - C @ self.second.unit[:, None] @ C.mT
        return np.asarray(np.sqrt(np.square(left.reshape(*C.shape[:2], -1)).sum(-1)))

    def angle(self, value: Float[Array, "pairs starts"]) -> Float[Array, "pairs starts"]:
        """The angle in radians that belongs to a value of the search."""
        fixed = self.first.trace * self.second.trace / self.rank  # no C changes this part of <A, CBC'>
        cosine = fixed[:, None] - self.sizes[:, None] * value.astype(np.float64)
        return np.asarray(2 * np.arcsin(np.minimum(np.sqrt(np.maximum(1 - cosine, 0.0) / 2), 1.0)))

    def solve(self, effort: Effort) -> tuple[Array, Array, Array, Array]:
        """C, its residual, the spread over starts and what the distance may still fall by, of every pair."""
        matched = matched_starts(
            self.first.traceless, self.second.traceless, self.first.turns, self.second.turns, self.rank
        )
        residuals = self.residual(matched)
        residual, C = residuals.min(1), _take(matched, residuals.argmin(1)[:, None])[:, 0]
        spread, remaining = np.zeros_like(residual), np.zeros_like(residual)
        twins = np.flatnonzero((residual > EXACT) & self.alike())
        if len(twins):
            part = self.rows(twins)
            start = intertwined_starts(part.first.traceless, part.second.traceless, self.rank)
            turned, left, _ = part.polish(start, 0)
            _keep_lower(C, residual, twins, turned, left)
        unsolved = np.flatnonzero(residual > EXACT)
        if len(unsolved):
            part = self.rows(unsolved)
            if self.rank <= LOW_RANK:
                polished, left, may_fall, spread[unsolved] = part.sweep(matched[unsolved], effort)
            else:
                likely = residuals[unsolved].argsort(axis=1, kind="stable")[:, : effort.n_matched]
                found, spread[unsolved] = part.search(_take(matched[unsolved], likely), effort)
                polished, left, may_fall = part.polish(found, effort.polish)
            better = _keep_lower(C, residual, unsolved, polished, left)
            remaining[unsolved] = np.where(better, may_fall, 0.0)
        return C[:, : self.rank, : self.rank], residual, spread, remaining

    def sweep(
        self, matched: Float[Array, "pairs starts n n"], effort: Effort
    ) -> tuple[Float[Array, "pairs n n"], Float[Array, " pairs"], Float[Array, " pairs"], Float[Array, " pairs"]]:
        """At low rank: C, its residual, what the distance may still fall by, and how far apart the lowest starts ended.

        Where too few starts ended in the lowest minimum there may be a lower one, as far below as nobody knows.
        """
        n, budget = self.rank, effort.sweeps.at_rank(self.rank)
        A, B, turn_A, turn_B = (
            np.ascontiguousarray(X[:, :n, :n].astype(np.float64))
            for X in (self.first.rough, self.second.rough, self.first.eigen, self.second.eigen)
        )
        starts = turn_A.mT[:, None] @ _rounded(matched)[..., :n, :n] @ turn_B[:, None]
        drawn = draw_rotations(n, budget.n_drawn + budget.n_spare)
        C, value, agreeing = search_low_rank(A, B, starts, drawn, budget.n_drawn, budget.n_followed, budget.n_agreeing)
        C = turn_A @ C @ turn_B.mT
        A, B = (np.ascontiguousarray(side.traceless[:, :n, :n]) for side in (self.first, self.second))
        fall = finish(A, B, C)
        turned = np.zeros_like(self.first.unit)
        turned[:, :n, :n] = C
        residual = self.residual(turned[:, None])[:, 0]
        angle = self.angle(value - 1)
        remaining = np.where(agreeing < budget.n_agreeing, np.inf, self.may_fall(residual, fall))
        return turned, residual, remaining, angle.max(1) - angle.min(1)

    def search(
        self, matched: Float[Array, "pairs starts n n"], effort: Effort
    ) -> tuple[Float[Array, "pairs n n"], Float[Array, " pairs"]]:
        """The best C that single precision finds, and the spread of the angle over the last few starts.

        The race is run in the eigenbases of the symmetric parts of A and B.
        """
        effort, count = effort.at_rank(self.rank), iterations_in_unit(self.rank)
        A, B, turn_A, turn_B = self.first.rough, self.second.rough, self.first.eigen, self.second.eigen
        starts = (turn_A.mT[:, None] @ _rounded(matched) @ turn_B[:, None]).astype(np.float32)
        gain = (2 * (self.first.gain + self.second.gain) ** 2).astype(np.float32)
        C = np.concatenate((starts, relaxed_starts(A, B, gain, self.rank, effort.n_relaxed)), 1)
        V = np.zeros_like(C)
        value, angles = np.zeros(C.shape[:2], np.float32), self.sizes[:, None]
        for each in effort.rounds:
            value = roll(A, B, C, V, round(each.length * count), each.kept)
            angles = self.angle(value) if C.shape[1] > 1 else angles
            order = value.argsort(axis=1, kind="stable")[:, : each.n_kept]
            C, V, value = _take(C, order), _take(V, order), np.take_along_axis(value, order, 1)
        for hop in range(effort.n_hops):
            C, value = self.hop(C, value, hop, effort.n_moves)
        C = _take(C, value.argmin(1)[:, None])
        roll(A, B, C, np.zeros_like(C), round(effort.end * count), COLD)
        return turn_A @ C[:, 0].astype(np.float64) @ turn_B.mT, angles.max(1) - angles.min(1)

    def hop(
        self, C: Float32[Array, "pairs starts n n"], value: Float32[Array, "pairs starts"], hop: int, n_moves: int
    ) -> tuple[Float32[Array, "pairs starts n n"], Float32[Array, "pairs starts"]]:
        """Each C, or the best place that moves from it lead to, and its value."""
        n_starts, n, count = C.shape[1], C.shape[-1], iterations_in_unit(self.rank)
        U = moves(self.rank, n, (hop + 1) * n_moves)[-n_moves:].astype(C.dtype)
        # Moves turn the coordinates of A and those of B in turn. Transposed, the products sum their terms in order,
        # whatever the size of the matrices.
        turned = [(W.T @ C.mT if k % 2 else C.mT @ W.T).mT for k, W in enumerate(U)]
        tried = np.stack(turned, 2).reshape(len(C), -1, n, n)
        V = np.zeros_like(tried)
        found = roll(self.first.rough, self.second.rough, tried, V, count, QUENCH)
        first = found.reshape(*C.shape[:2], n_moves).argmin(2) + n_moves * np.arange(n_starts)
        there, V = _take(tried, first), _take(V, first)
        lower = roll(self.first.rough, self.second.rough, there, V, count // 2, COLD)
        better = lower < value
        return np.where(better[:, :, None, None], there, C), np.minimum(lower, value)

    def polish(
        self, C: Float[Array, "pairs n n"], iterations: int
    ) -> tuple[Float[Array, "pairs n n"], Float[Array, " pairs"], Float[Array, " pairs"]]:
        """C in double precision with its residual, and what the distance may still fall by."""
        A, B = self.first.traceless, self.second.traceless
        end = descend(A, B, orthonormalise(C, 3), iterations)
        C, remaining = orthonormalise(end.C, 2), end.remaining.copy()
        residual = self.residual(C[:, None])[:, 0]
        near = np.flatnonzero(residual < NEARLY_EXACT)
        if len(near):
            end = descend(A[near], B[near], C[near], EXACT_ITERATIONS)
            C[near], remaining[near] = orthonormalise(end.C, 2), end.remaining
            residual = self.residual(C[:, None])[:, 0]
        return C, residual, self.may_fall(residual, remaining)

    def may_fall(self, residual: Float[Array, " pairs"], value: Float[Array, " pairs"]) -> Float[Array, " pairs"]:
        """What a residual may fall by if the value of the search may fall by this."""
        return np.asarray(residual - np.sqrt(np.maximum(residual**2 - 2 * self.sizes * value, 0.0)))


def _rounded(matched: Float[Array, "pairs starts n n"]) -> Float[Array, "pairs starts n n"]:
    """Starts to four digits: a frame's error (1e-16 over its smallest gap) does not send the search another way."""
    return np.round(matched * 2**14) / 2**14


def _keep_lower(
    C: Array, residual: Array, rows: Int[Array, " rows"], turned: Array, left: Array
) -> Bool[Array, " rows"]:
    """Put the matrices `turned` into these rows of C where their residual `left` is not above the one there."""
    better = left <= residual[rows]
    C[rows] = np.where(better[:, None, None], turned, C[rows])
    residual[rows] = np.minimum(left, residual[rows])
    return np.asarray(better)


def _take(X: Float[Array, "pairs starts n n"], order: Int[Array, "pairs k"]) -> Float[Array, "pairs k n n"]:
    """The matrices at these positions."""
    return np.ascontiguousarray(X[np.arange(len(X))[:, None], order])
