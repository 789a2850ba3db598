"""Measure how far apart two halves of the same network's trials are: the floor under its distances to others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from dynashape.dissimilarity import Dissimilarity
from dynashape.dissimilarity.kinds.dissimilarity import Summary, measure_pairs
from dynashape.errors import InputError
from dynashape.records import Code, Status, System
from dynashape.steps import Reader, Step
from dynashape.study.work.fit import cut, status_of
from dynashape.study.work.record import Record, RecordedActivity


@dataclass(frozen=True)
class Halves:
    """The distance between the even and the odd trials of one system, or None and a status that says why not."""

    distance: float | None
    status: Status


@dataclass(frozen=True, eq=False)
class Halve(Step[dict[System, Halves]]):
    """The distance between two halves of the trials of each system of a group, in each phase."""

    title: ClassVar[str] = "measuring halves of the trials"

    record: Record
    phases: tuple[str, ...]
    dissimilarity: Dissimilarity[Any]

    @property
    def name(self) -> str:
        return self.record.name

    def run(self, read: Reader) -> dict[System, Halves]:
        halves: dict[System, Halves] = {}
        whole: dict[System, list[Any]] = {}
        for system, recorded in read(self.record).items():
            for phase in self.phases:
                part, place = cut(recorded, self.record, phase), replace(system, phase=phase)
                pair = self._reduce_halves(part, str(place)) if part.status.ok else [part.status]
                failed = [status_of(half) for half in pair if not status_of(half).ok]
                halves[place] = Halves(None, failed[0] if failed else Status())
                if not failed:
                    whole[place] = pair
        if whole:
            pairs = np.arange(2 * len(whole)).reshape(-1, 2)
            summaries = [half for pair in whole.values() for half in pair]
            names = [f"{place}, {half} trials" for place in whole for half in ("even", "odd")]
            distances = measure_pairs(self.dissimilarity, summaries, pairs, names).values.tolist()
            halves |= {place: Halves(distance, Status()) for place, distance in zip(whole, distances, strict=True)}
        return halves

    def _reduce_halves(self, part: RecordedActivity, name: str) -> list[Summary | Status]:
        """Even and odd trials; a half may hold too little for what all trials can carry, which is a status."""
        found: list[Summary | Status] = []
        for first, half in ((0, "even"), (1, "odd")):
            activity, choices = part.activity[first::2], part.choices[first::2]
            try:
                found.append(self.dissimilarity.reduction.reduce(activity, choices, f"{name}, {half} trials"))
            except InputError as error:
                found.append(Status(Code.TOO_FEW_TRIALS, str(error)))
        return found
