"""Reduce each system's activity in each phase to what is compared: a linear operator, averages, or one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from dynashape.dissimilarity.kinds.dissimilarity import Reduction, Summary
from dynashape.records import Status, System
from dynashape.steps import Reader
from dynashape.study.work.choose import Choose, settle
from dynashape.study.work.record import Record, SnapshotStep


@dataclass(frozen=True, eq=False)
class Fit(SnapshotStep[dict[System, Summary | Status]]):
    """The summary of each system of a group in each phase, or the status of an activity that has none."""

    title: ClassVar[str] = "fitting operators"

    record: Record
    phases: tuple[str, ...]
    reduction: Reduction[Any]
    choice: Choose | None = None

    @property
    def what(self) -> str:
        return self.record.what

    @property
    def result_type(self) -> Any:
        return dict[System, self.reduction.summary | Status]  # type: ignore[name-defined]

    def run(self, read: Reader) -> dict[System, Summary | Status]:
        reduction = settle(self.reduction, self.choice, read)
        return {
            system: reduction.reduce(part.activity, part.choices, str(system)) if part.status.ok else part.status
            for system, part in self.record.read_phases(read, self.phases)
        }


def status_of(summary: Summary | Status) -> Status:
    """How the reduction of a system went."""
    return summary if isinstance(summary, Status) else summary.status
