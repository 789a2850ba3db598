"""Measure how far apart two halves of the same network are: of its trials, and of its units.

Halves of trials are the floor under distances to others; halves of units show what depends on which units were seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float

from dynashape.dissimilarity import Dissimilarity
from dynashape.inference.study.halves import TRIALS, UNITS, halve_trials, halve_units, measure_halves, reduce_halves
from dynashape.records import CONDITIONS, Array, Condition, Status, System
from dynashape.steps import Reader, Step
from dynashape.study.work.choose import Choose, settle
from dynashape.study.work.record import Record


@dataclass(frozen=True, eq=False)
class Halve(Step[dict[System, float | Status]]):
    """The distance between the even and odd trials of each system of a group in each phase, or why there is none."""

    version: ClassVar[int] = 2
    title: ClassVar[str] = "measuring halves of the trials"

    record: Record
    phases: tuple[str, ...]
    dissimilarity: Dissimilarity[Any]
    choice: Choose | None = None

    @property
    def name(self) -> str:
        return self.record.name

    def run(self, read: Reader) -> dict[System, float | Status]:
        kind = settle(self.dissimilarity, self.choice, read)
        recorded = self.record.read_phases(read, self.phases)
        whole, lost = reduce_halves(kind.reduction, {system: halve_trials(part) for system, part in recorded}, TRIALS)
        ends = np.arange(2 * len(whole)).reshape(-1, 2)
        found = measure_halves(kind, whole, ends, TRIALS)
        return {**lost, **dict(zip(whole, found.tolist(), strict=True))}


@dataclass(frozen=True)
class UnitHalves:
    """How far the first half of each system's units is from the second half of each, or why a system has no halves.

    The diagonal holds the halves of one system; other pairs are of trained networks on task input. NaN elsewhere.
    """

    distances: Float[Array, "systems systems"]
    lost: dict[System, Status]


@dataclass(frozen=True, eq=False)
class HalveUnits(Step[UnitHalves]):
    """The distances between random halves of units, in all trials, of the networks of one architecture in one phase."""

    title: ClassVar[str] = "measuring halves of the units"

    records: tuple[Record, ...]
    phase: str
    dissimilarity: Dissimilarity[Any]
    choice: Choose | None = None

    @property
    def architecture(self) -> str:
        """The architecture of the systems."""
        return self.records[0].train.architecture

    @property
    def name(self) -> str:
        return f"{self.architecture} {self.phase}"

    @property
    def systems(self) -> tuple[System, ...]:
        """The systems, in the order of their distances."""
        return tuple(
            record.system(seed, condition, self.phase)
            for record, condition in product(self.records, CONDITIONS)
            for seed in record.train.seeds
        )

    def run(self, read: Reader) -> UnitHalves:
        kind = settle(self.dissimilarity, self.choice, read)
        recorded = (own for record in self.records for own in record.read_phases(read, (self.phase,)))
        parts = {system: halve_units(system, part) for system, part in recorded}
        whole, lost = reduce_halves(kind.reduction, parts, UNITS)
        place = {system: k for k, system in enumerate(self.systems)}
        trained = [k for k, system in enumerate(whole) if system.condition is Condition.TRAINED]
        pairs = [(k, k) for k in range(len(whole))] + [(a, b) for a, b in product(trained, trained) if a != b]
        found = measure_halves(kind, whole, np.array(pairs, dtype=int).reshape(-1, 2) * 2 + [0, 1], UNITS)
        square, at = np.full((len(place), len(place)), np.nan), np.array([place[system] for system in whole], dtype=int)
        rows, columns = np.array(pairs, dtype=int).reshape(-1, 2).T
        square[at[rows], at[columns]] = found
        return UnitHalves(square, lost)
