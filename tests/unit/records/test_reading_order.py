from __future__ import annotations

import pytest

from dynashape.networks import ARCHITECTURES
from dynashape.records import (
    CONDITIONS,
    PHASES,
    READING_ORDER,
    SHORT_NAMES,
    TASK_PAIR_ORDER,
    Labelling,
    in_reading_order,
    task_pair,
)
from dynashape.records.appearance import (
    ARCHITECTURE_COLOURS,
    CONDITION_COLOURS,
    LABELLING_COLOURS,
    PHASE_COLOURS,
    TASK_COLOURS,
    TASK_PAIR_COLOURS,
)
from dynashape.tasks import TASKS

ORDERS = {
    "architectures": tuple(ARCHITECTURES),
    "phases": PHASES,
    "tasks": tuple(TASKS),
    "task pairs": TASK_PAIR_ORDER,
    "conditions": tuple(CONDITIONS),
    "labellings": tuple(Labelling),
}


@pytest.mark.parametrize("names", ORDERS.values(), ids=ORDERS)
def test_the_reading_order_holds_every_name_of_the_study_in_its_order(names: tuple[str, ...]) -> None:
    assert [name for name in READING_ORDER if name in names] == list(names)
    assert in_reading_order(reversed(names)) == list(names)


def test_no_name_stands_twice() -> None:
    assert len(set(READING_ORDER)) == len(READING_ORDER) == sum(map(len, ORDERS.values()))


@pytest.mark.parametrize(
    ("colours", "names"),
    [
        (ARCHITECTURE_COLOURS, ORDERS["architectures"]),
        (PHASE_COLOURS, PHASES),
        (TASK_COLOURS, ORDERS["tasks"]),
        (TASK_PAIR_COLOURS, TASK_PAIR_ORDER),
        (CONDITION_COLOURS, ORDERS["conditions"]),
        (LABELLING_COLOURS, ORDERS["labellings"]),
        (SHORT_NAMES, PHASES),
    ],
)
def test_every_name_has_a_colour_or_a_short_form_of_its_own(colours: dict[str, str], names: tuple[str, ...]) -> None:
    assert set(colours) == set(names)
    assert len(set(colours.values())) == len(colours)


def test_a_pair_of_tasks_has_one_name_in_either_order() -> None:
    tasks = list(TASKS)
    named = {task_pair(a, b) for a in tasks for b in tasks if a != b}
    assert named == set(TASK_PAIR_ORDER)
    assert task_pair("Mine", "CDM") == "Mine-CDM"  # of names that nobody knows, the first stays first


def test_names_with_words_after_a_comma_stand_where_they_would_without() -> None:
    assert in_reading_order(["PR, fast", "CDM, context 1", "GNG", 3]) == ["CDM, context 1", "GNG", "PR, fast", "3"]
