"""The reading order holds the names of the rooms above, in their own order."""

from __future__ import annotations

from dynashape.networks import ARCHITECTURES
from dynashape.records import PHASES, READING_ORDER
from dynashape.tasks import TASKS


def test_it_begins_with_the_architectures_the_phases_and_the_tasks() -> None:
    names = (*ARCHITECTURES, *PHASES, *TASKS)
    assert READING_ORDER[: len(names)] == names
