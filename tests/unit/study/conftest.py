"""A tiny study with snapshots, made once a run; and progress that remembers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from dynashape.engine.serial import SerialEngine
from dynashape.steps import Reader, compute
from dynashape.store import Store
from dynashape.study import load_spec
from dynashape.study.work.plan import Plan, make_plan

# Met at once by networks that respond at all: all of GNG are done at the first evaluation, those of DC run to the end.
EASY = ("training.stop_fraction=0.01", "training.stop_fixation=0.01", "training.patience=1")
FIELDS = (
    *("architectures=[GRU]", "tasks=[GNG, DC]", "phases=[delay]", "training.max_updates=6", *EASY),
    *("training.evaluate_every=3", "training.snapshots=[2, 5, 6]"),
)


class Told:
    """Progress that remembers: stages with their numbers of units and of those found, and the names of units."""

    def __init__(self) -> None:
        self.stages: dict[str, tuple[int, int]] = {}
        self.units: list[str] = []
        self.ended = 0

    def stage(self, title: str, n_units: int, n_done: int) -> None:
        self.stages[title] = (n_units, n_done)

    def unit(self, name: str, ok: bool, message: str) -> None:
        assert ok, message
        self.units.append(name)

    def end(self) -> None:
        self.ended += 1


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def entry_point(monkeypatch: pytest.MonkeyPatch) -> Callable[[type], str]:
    """Put a class into a module of its own and return the name by which a study finds it there."""
    module = ModuleType("somebodys")

    def name(kind: type) -> str:
        setattr(module, kind.__name__, kind)
        monkeypatch.setitem(sys.modules, "somebodys", module)
        return f"somebodys:{kind.__name__}"

    return name


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
