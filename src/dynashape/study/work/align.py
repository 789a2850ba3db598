"""Measure how far apart the systems of a tile of pairs are, of one architecture in one phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Float, Int

from dynashape.dissimilarity import Dissimilarity
from dynashape.dissimilarity.kinds.dissimilarity import measure_pairs
from dynashape.distances import Distances
from dynashape.records import ANALYSES, CONDITIONS, Array, System
from dynashape.steps import Reader
from dynashape.study.work.choose import Choose, settle
from dynashape.study.work.fit import Fit, status_of
from dynashape.study.work.record import SnapshotStep


@dataclass(frozen=True)
class AlignedTile:
    """Distance, spread over starts and convergence of each pair; NaN and False where a pair is not `aligned`."""

    distance: Float[Array, " pairs"]
    spread: Float[Array, " pairs"]
    converged: Bool[Array, " pairs"]
    aligned: Bool[Array, " pairs"]


@dataclass(frozen=True)
class AlignmentCounts:
    """How many pairs there are, how many were aligned, how many of these converged, and the median spread."""

    n_pairs: int
    n_aligned: int
    n_converged: int
    median_spread: float | None


@dataclass(frozen=True, eq=False)
class Align(SnapshotStep[AlignedTile]):
    """The pairs number `pairs[0]` to `pairs[1]` of all systems of the groups, in one phase.

    Where two fits hold the same system, the later one's summary counts: along learning, the study's own fits come
    first and give the untrained systems. A pair with a system that has nothing to compare is left out, and so is,
    with `compared_only`, one that no analysis compares.
    """

    title: ClassVar[str] = "aligning pairs"

    fits: tuple[Fit, ...]
    phase: str
    dissimilarity: Dissimilarity[Any]
    pairs: tuple[int, int]
    compared_only: bool = False
    choice: Choose | None = None

    @property
    def architecture(self) -> str:
        """The architecture of the systems."""
        return self.fits[0].record.train.architecture

    @property
    def what(self) -> str:
        return f"{self.architecture} {self.phase}, pairs {self.pairs[0] + 1} to {self.pairs[1]}"

    @property
    def systems(self) -> tuple[System, ...]:
        """All systems of the groups in this phase, in the order of their distance matrix."""
        groups = {fit.record.train.task.name: fit.record for fit in self.fits}
        return tuple(
            group.system(seed, condition, self.phase)
            for group in groups.values()
            for seed in group.train.seeds
            for condition in CONDITIONS
        )

    def run(self, read: Reader) -> AlignedTile:
        systems = self.systems
        summaries: dict[System, Any] = {system: found for fit in self.fits for system, found in read(fit).items()}
        usable = [system for system in systems if system in summaries and status_of(summaries[system]).ok]
        number = {system: k for k, system in enumerate(usable)}
        rows, columns = pair_indices(len(systems), self.pairs)
        pairs = [(systems[row], systems[column]) for row, column in zip(rows, columns, strict=True)]
        wanted = [{*pair} <= number.keys() and (not self.compared_only or _is_compared(*pair)) for pair in pairs]
        aligned, (distance, spread) = np.array(wanted, dtype=bool), np.full((2, len(pairs)), np.nan)
        converged = np.zeros(len(pairs), dtype=bool)
        if aligned.any():
            ends = np.array([(number[a], number[b]) for (a, b), used in zip(pairs, wanted, strict=True) if used])
            names, kind = [str(system) for system in usable], settle(self.dissimilarity, self.choice, read)
            measured = measure_pairs(kind, [summaries[system] for system in usable], ends, names)
            distance[aligned], spread[aligned] = measured.values, measured.spread
            converged[aligned] = measured.converged
        return AlignedTile(distance, spread, converged, aligned)


def pair_indices(n_systems: int, pairs: tuple[int, int]) -> tuple[Int[Array, " pairs"], Int[Array, " pairs"]]:
    """Rows and columns of the pairs from the first number to before the second, in the upper triangle row by row.

    >>> pair_indices(4, (1, 4))
    (array([0, 0, 1]), array([2, 3, 2]))
    """
    rows, columns = np.triu_indices(n_systems, k=1)
    return rows[slice(*pairs)], columns[slice(*pairs)]


def join_tiles(steps: Sequence[Align], read: Reader) -> tuple[Distances, AlignmentCounts]:
    """The distances between all systems from the tiles of their pairs, and what became of the alignments.

    Distances are NaN where a system failed.
    """
    first, tiles = steps[0], [read(step) for step in steps]
    systems, kind = first.systems, settle(first.dissimilarity, first.choice, read)
    square = np.full((len(systems), len(systems)), np.nan)
    for step, tile in zip(steps, tiles, strict=True):
        rows, columns = pair_indices(len(systems), step.pairs)
        square[rows, columns] = square[columns, rows] = tile.distance
    alive = np.isfinite(square).any(axis=1) if len(systems) > 1 else np.ones(len(systems), dtype=bool)
    square[alive, alive] = 0.0
    aligned = np.concatenate([tile.aligned for tile in tiles])
    converged = np.concatenate([tile.converged for tile in tiles])
    spread = np.concatenate([tile.spread for tile in tiles])
    counts = AlignmentCounts(
        n_pairs=int(aligned.size),
        n_aligned=int(aligned.sum()),
        n_converged=int((converged & aligned).sum()),
        median_spread=float(np.median(spread[aligned])) if aligned.any() else None,
    )
    facts: dict[str, str | int | float] = {"long_name": kind.words}
    facts |= {name: value for name, value in vars(kind).items() if isinstance(value, str | int | float)}
    return Distances.of_systems(square, systems, kind.name, kind.unit, facts), counts


def _is_compared(first: System, second: System) -> bool:
    """Whether an analysis compares these two conditions."""
    return any({first.condition, second.condition} <= set(analysis.conditions) for analysis in ANALYSES)
