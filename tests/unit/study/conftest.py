"""A tiny study with snapshots, made once a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dynashape.engine.serial import SerialEngine
from dynashape.steps import Reader, compute
from dynashape.store import Store
from dynashape.study import Plan, load_spec, make_plan

# Met at once by networks that respond at all: all of GNG are done at the first evaluation, those of DC run to the end.
EASY = ("training.stop_fraction=0.01", "training.stop_fixation=0.01", "training.patience=1")
FIELDS = (
    *("architectures=[GRU]", "tasks=[GNG, DC]", "phases=[delay]", "training.max_updates=6", *EASY),
    *("training.evaluate_every=3", "training.snapshots=[2, 5, 6]"),
)


@pytest.fixture(scope="session")
def early_fields() -> tuple[str, ...]:
    """The study with snapshots before any network was done, when those of GNG were, and when all were."""
    return FIELDS


@pytest.fixture(scope="session")
def early(made_once: Callable[[str, Callable[[Path], object]], Path]) -> tuple[Plan, Reader]:
    """The plan of that study and what its steps found; its tests change nothing in the store."""
    plan = make_plan(load_spec("smoke", FIELDS))

    def make(folder: Path) -> None:
        unread = ("examining", "measuring", "meta")
        wanted = [stage for stage in plan.stages if not stage.title.startswith(unread)]
        assert not compute(wanted, Store.create(folder), SerialEngine).failures

    return plan, Reader(Store(made_once("early", make)))
