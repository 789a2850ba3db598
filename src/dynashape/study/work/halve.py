"""Measure how far apart two halves of the same network are: of its trials, and of its units.

Halves of trials are the floor under distances to others; halves of units show what depends on which units were seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Int

from dynashape.dissimilarity import Dissimilarity
from dynashape.dissimilarity.kinds.dissimilarity import Reduction, Summary, measure_pairs
from dynashape.dissimilarity.selection.halves import LEAST_UNITS
from dynashape.errors import InputError
from dynashape.records import CONDITIONS, Array, Code, Condition, Status, System
from dynashape.seeds import stream
from dynashape.steps import Reader, Step
from dynashape.study.work.choose import Choose, settle
from dynashape.study.work.record import Record, RecordedActivity

_TRIALS, _UNITS = ("even trials", "odd trials"), ("one half of the units", "the other half of the units")


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
        whole, lost = _reduce_halves(kind.reduction, {system: _trials(part) for system, part in recorded}, _TRIALS)
        ends = np.arange(2 * len(whole)).reshape(-1, 2)
        found = _measure(kind, whole, ends, _TRIALS)
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
        parts = {system: _units(system, part) for system, part in recorded}
        whole, lost = _reduce_halves(kind.reduction, parts, _UNITS)
        place = {system: k for k, system in enumerate(self.systems)}
        trained = [k for k, system in enumerate(whole) if system.condition is Condition.TRAINED]
        pairs = [(k, k) for k in range(len(whole))] + [(a, b) for a, b in product(trained, trained) if a != b]
        found = _measure(kind, whole, np.array(pairs, dtype=int).reshape(-1, 2) * 2 + [0, 1], _UNITS)
        square, at = np.full((len(place), len(place)), np.nan), np.array([place[system] for system in whole], dtype=int)
        rows, columns = np.array(pairs, dtype=int).reshape(-1, 2).T
        square[at[rows], at[columns]] = found
        return UnitHalves(square, lost)


def _trials(part: RecordedActivity) -> list[RecordedActivity] | Status:
    """The even and the odd trials."""
    if not part.status.ok:
        return part.status
    return [replace(part, activity=part.activity[k::2], choices=part.choices[k::2]) for k in (0, 1)]


def _units(system: System, part: RecordedActivity) -> list[RecordedActivity] | Status:
    """Two halves of the units, the same in every phase and condition of a network."""
    n_units = part.activity.shape[-1]
    if not part.status.ok:
        return part.status
    if n_units < LEAST_UNITS:
        return Status(Code.UNDETERMINED, f"{n_units} units cannot be halved; give at least {LEAST_UNITS}")
    order = stream("halves of units", system.architecture, system.task, system.seed).permutation(n_units)
    return [replace(part, activity=part.activity[..., np.sort(own)]) for own in np.array_split(order, 2)]


def _reduce_halves(
    reduction: Reduction[Any], parts: Mapping[System, list[RecordedActivity] | Status], halves: tuple[str, str]
) -> tuple[dict[System, list[Summary]], dict[System, Status]]:
    """Both halves of each system that has them; of the others, the status.

    A half may hold too little for what the whole can carry, which is a status.
    """
    whole: dict[System, list[Summary]] = {}
    lost: dict[System, Status] = {}
    for system, both in parts.items():
        if isinstance(both, Status):
            lost[system] = both
            continue
        try:
            named = [(part, f"{system}, {half}") for part, half in zip(both, halves, strict=True)]
            reduced = [reduction.reduce(part.activity, part.choices, name) for part, name in named]
        except InputError as error:
            lost[system] = Status(Code.TOO_FEW_TRIALS if halves == _TRIALS else Code.UNDETERMINED, str(error))
            continue
        failed = [half.status for half in reduced if not half.status.ok]
        if failed:
            lost[system] = failed[0]
        else:
            whole[system] = reduced
    return whole, lost


def _measure(
    kind: Dissimilarity[Any],
    whole: Mapping[System, list[Summary]],
    ends: Int[Array, "pairs 2"],
    halves: tuple[str, str],
) -> Float[Array, " pairs"]:
    """The distances between halves, the two of each system in turn."""
    names = [f"{system}, {half}" for system in whole for half in halves]
    return measure_pairs(kind, [half for both in whole.values() for half in both], ends, names).values
