"""Measure how far apart two halves of the same network's trials are: the floor under its distances to others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dynashape.dissimilarity import Dissimilarity
from dynashape.dissimilarity.kinds.dissimilarity import Summary, measure_pairs
from dynashape.errors import InputError
from dynashape.records import Code, Status, System
from dynashape.steps import Reader, Step
from dynashape.study.work.fit import status_of
from dynashape.study.work.record import Record, RecordedActivity


@dataclass(frozen=True, eq=False)
class Halve(Step[dict[System, float | Status]]):
    """The distance between the even and odd trials of each system of a group in each phase, or why there is none."""

    version: ClassVar[int] = 2
    title: ClassVar[str] = "measuring halves of the trials"

    record: Record
    phases: tuple[str, ...]
    dissimilarity: Dissimilarity[Any]

    @property
    def name(self) -> str:
        return self.record.name

    def run(self, read: Reader) -> dict[System, float | Status]:
        distances: dict[System, float | Status] = {}
        whole: dict[System, list[Any]] = {}
        for system, part in self.record.read_phases(read, self.phases):
            halves = self._reduce_halves(part, str(system)) if part.status.ok else [part.status]
            failed = [status for half in halves if not (status := status_of(half)).ok]
            if failed:
                distances[system] = failed[0]
            else:
                whole[system] = halves
        if whole:
            evens_and_odds = np.arange(2 * len(whole)).reshape(-1, 2)
            summaries = [half for halves in whole.values() for half in halves]
            names = [f"{system}, {half} trials" for system in whole for half in ("even", "odd")]
            measured = measure_pairs(self.dissimilarity, summaries, evens_and_odds, names)
            distances |= zip(whole, measured.values.tolist(), strict=True)
        return distances

    def _reduce_halves(self, part: RecordedActivity, name: str) -> list[Summary | Status]:
        """Even and odd trials; a half may hold too little for what all trials can carry, which is a status."""
        halves: list[Summary | Status] = []
        for first, half in ((0, "even"), (1, "odd")):
            activity, choices = part.activity[first::2], part.choices[first::2]
            try:
                halves.append(self.dissimilarity.reduction.reduce(activity, choices, f"{name}, {half} trials"))
            except InputError as error:
                halves.append(Status(Code.TOO_FEW_TRIALS, str(error)))
        return halves
