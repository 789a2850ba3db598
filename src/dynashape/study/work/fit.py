"""Reduce each system's activity in each phase to what is compared: a linear operator, or averages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from dynashape.dissimilarity.kinds.dissimilarity import Reduction
from dynashape.records import Status, System
from dynashape.steps import Reader, Step
from dynashape.study.work.record import Record, Recording


@dataclass(frozen=True, eq=False)
class Fit(Step[dict[System, Any]]):
    """The summary of each system of a group in each phase, or the status of an activity that has none."""

    title: ClassVar[str] = "fitting operators"

    record: Record
    phases: tuple[str, ...]
    reduction: Reduction[Any]

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def result_type(self) -> Any:
        return dict[System, self.reduction.summary | Status]  # type: ignore[name-defined]

    def run(self, read: Reader) -> dict[System, Any]:
        found: dict[System, Any] = {}
        for system, recording in read(self.record).items():
            for phase in self.phases:
                own = replace(system, phase=phase)
                part = cut(recording, self.record, phase)
                name = f"{own.seed}/{own.condition}/{phase}"
                found[own] = self.reduction.reduce(part.activity, part.choices, name) if part.status.ok else part.status
        return found


def cut(recording: Recording, record: Record, phase: str) -> Recording:
    """The recording of one phase of the trials."""
    start, stop = record.train.timing.phases[phase]
    return replace(recording, activity=recording.activity[:, start:stop])


def status_of(summary: Any) -> Status:
    """How a system's reduction went, whatever it was reduced to."""
    return summary if isinstance(summary, Status) else summary.status
