"""Measure how far apart two halves of the same network's trials are: the floor under its distances to others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from dynashape.dissimilarity import Dissimilarity
from dynashape.errors import InputError
from dynashape.records import Code, Status, System
from dynashape.steps import Reader, Step
from dynashape.study.work.fit import cut, status_of
from dynashape.study.work.record import Record, Recording


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
        found: dict[System, Halves] = {}
        summaries: list[Any] = []
        whole: list[System] = []
        for system, recording in read(self.record).items():
            for phase in self.phases:
                own = replace(system, phase=phase)
                if not recording.status.ok:
                    found[own] = Halves(None, recording.status)
                    continue
                pair = self._reduce_halves(cut(recording, self.record, phase), f"{own.seed}/{own.condition}/{phase}")
                failed = [status_of(half) for half in pair if not status_of(half).ok]
                found[own] = Halves(None, failed[0] if failed else Status())
                if not failed:
                    summaries += pair
                    whole.append(own)
        if whole:
            pairs = np.arange(len(summaries)).reshape(-1, 2)
            distances = self.dissimilarity.measure(summaries, pairs).values.tolist()
            found |= {own: Halves(distance, Status()) for own, distance in zip(whole, distances, strict=True)}
        return found

    def _reduce_halves(self, part: Recording, name: str) -> list[Any]:
        """Even and odd trials; a half may hold too little for what all trials can carry, which is a status."""
        found = []
        for first, half in ((0, "even"), (1, "odd")):
            activity, choices = part.activity[first::2], part.choices[first::2]
            try:
                found.append(self.dissimilarity.reduction.reduce(activity, choices, f"{name}, {half} trials"))
            except InputError as error:
                found.append(Status(Code.TOO_FEW_TRIALS, str(error)))
        return found
