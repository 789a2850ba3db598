from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from jaxtyping import Float
from pydantic import BaseModel

from dynashape.errors import InputError, StoreError
from dynashape.records import Array, Condition, Status, System
from dynashape.steps import Reader, Step, perform
from dynashape.store import Store


class Unit(StrEnum):
    RADIAN = "rad"


class Model(BaseModel):
    rate: float = 0.5
    names: tuple[str, ...] = ("a",)


@dataclass(frozen=True)
class Options:
    rank: int
    ridge: float = 1e-8


@dataclass(frozen=True)
class OtherOptions:
    rank: int
    ridge: float = 1e-8


@dataclass(frozen=True)
class Numbers:
    values: Float[Array, " n"]
    status: Status


@dataclass(frozen=True, eq=False)
class Draw(Step[Numbers]):
    version: ClassVar[int] = 1
    title: ClassVar[str] = "drawing"

    seed: int
    scale: float = 1.0
    options: Options | OtherOptions = Options(3)
    model: Model = field(default_factory=Model)
    unit: Unit = Unit.RADIAN
    systems: tuple[System, ...] = ()
    table: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    log: ClassVar[list[str]] = []

    @property
    def name(self) -> str:
        return f"seed {self.seed}"

    def run(self, read: Reader) -> Numbers:
        self.log.append(self.name)
        return Numbers(np.full(3, self.scale * self.seed), Status())

    def finished(self, store: Store) -> None:
        assert store.has(self.kind, self.key)
        self.log.append(f"{self.name} finished")


@dataclass(frozen=True, eq=False)
class Double(Step[dict[Condition, Numbers]]):
    """Not kept where it doubles the numbers of a negative seed."""

    version: ClassVar[int] = 1
    title: ClassVar[str] = "doubling"

    draw: Draw

    @property
    def name(self) -> str:
        return f"double {self.draw.name}"

    @property
    def kept(self) -> bool:
        return self.draw.seed >= 0

    def run(self, read: Reader) -> dict[Condition, Numbers]:
        self.draw.log.append(self.name)
        own = read(self.draw)
        return {Condition.NOISE: replace(own, values=2 * own.values)}


@dataclass(frozen=True, eq=False)
class Total(Step[float]):
    version: ClassVar[int] = 1
    title: ClassVar[str] = "adding"

    doubles: tuple[Double, ...]
    more: Mapping[str, list[Double]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return "total"

    def run(self, read: Reader) -> float:
        return sum(float(own.values.sum()) for step in self.doubles for own in read(step).values())


@dataclass(frozen=True, eq=False)
class Wrong(Draw):
    """Returns another type than it promises."""

    def run(self, read: Reader) -> Numbers:
        super().run(read)
        return {"values": np.zeros(1)}  # type: ignore[return-value]


@dataclass(frozen=True, eq=False)
class Unresolved(Draw):
    def run(self, read: Reader) -> NoSuchType:  # type: ignore[name-defined] # noqa: F821
        return super().run(read)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    Draw.log.clear()
    return Store.create(tmp_path / "store")


BASE = Draw(3)
SYSTEM = System("GRU", "CDM", 0, None, "CDM")


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 4},
        {"scale": 1.0000000000000002},
        {"options": Options(4)},
        {"options": Options(3, 1e-7)},
        {"options": OtherOptions(3)},
        {"model": Model(rate=0.25)},
        {"model": Model(names=("a", "b"))},
        {"systems": (SYSTEM,)},
        {"systems": (replace(SYSTEM, trained_on="CDM"),)},
        {"systems": (SYSTEM, SYSTEM)},
        {"table": {"a": (1, 2)}},
        {"table": {"a": (2, 1)}},
        {"table": {"b": (1, 2)}},
    ],
    ids=str,
)
def test_each_field_changes_its_own_and_all_later_keys(changed: dict[str, Any]) -> None:
    other = replace(BASE, **changed)
    for make in (lambda draw: draw, Double, lambda draw: Total((Double(draw),))):
        assert make(other).key != make(BASE).key
        assert make(other) != make(BASE)
        assert make(replace(BASE)).key == make(BASE).key


def test_keys_of_all_variants_differ_and_are_names_of_files() -> None:
    a, b = Double(Draw(1)), Double(Draw(2))
    keys = [
        Total(()).key,
        Total((a,)).key,
        Total((a, a)).key,
        Total((a, b)).key,
        Total((b, a)).key,
        Total((), {"x": [a]}).key,
        Total((), {"y": [a]}).key,
        Total((), {"x": [b]}).key,
    ]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 32 and int(key, 16) >= 0 for key in keys)


def test_a_key_changes_with_version_and_class() -> None:
    newer = type("Draw", (Draw,), {"version": 2})
    renamed = type("Drawn", (Draw,), {})
    same = type("Draw", (Draw,), {})
    assert newer(3).key != BASE.key
    assert renamed(3).key != BASE.key
    assert same(3).key == BASE.key


def test_the_order_of_a_mapping_and_the_kind_of_a_number_change_nothing() -> None:
    one = replace(BASE, scale=2, table={"a": (1,), "b": (2,)})
    other = replace(BASE, scale=2.0, table={"b": (2,), "a": (1.0,)})  # type: ignore[dict-item]
    assert one.key == other.key
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other, BASE}) == 2


def test_a_step_equals_only_steps() -> None:
    assert BASE != 3
    assert BASE.key != BASE
    assert Double(BASE) != BASE
    assert {Draw(3): "found"}[Draw(3, scale=1)] == "found"


def test_two_people_may_call_their_options_the_same() -> None:
    @dataclass(frozen=True)
    class Mine:
        pass

    mine = replace(BASE, options=Mine()).key  # type: ignore[arg-type]
    Mine.__module__ = "yours"
    assert replace(BASE, options=Mine()).key != mine  # type: ignore[arg-type]


def test_a_field_that_no_key_can_hold_is_refused_by_its_name() -> None:
    with pytest.raises(InputError, match=r"params\.scale is nan"):
        _ = Draw(3, scale=float("nan")).key
    with pytest.raises(InputError, match=r"params\.table\.a is a set"):
        _ = Draw(3, table={"a": {1}}).key  # type: ignore[dict-item]
    with pytest.raises(InputError, match=r"params\.table has the key 1; keys must be strings"):
        _ = Draw(3, table={1: (1,)}).key  # type: ignore[dict-item]


def test_inputs_are_the_steps_among_the_fields_wherever_they_stand() -> None:
    a, b, c = (Double(Draw(seed)) for seed in range(3))
    assert Total((a, b), {"x": [c], "y": []}).inputs == (a, b, c)
    assert Double(BASE).inputs == (BASE,)
    assert BASE.inputs == ()


def test_a_step_travels_with_its_key() -> None:
    total = Total((Double(BASE),))
    key = total.key
    there = pickle.loads(pickle.dumps(total))
    assert there == total
    assert there.__dict__["key"] == key  # made once, not again on every worker
    assert hash(there) == hash(total)


def test_a_step_is_computed_once(store: Store) -> None:
    read = Reader(store)
    assert not read.has(BASE)
    with pytest.raises(StoreError, match="'draw' is missing"):
        read(BASE)
    perform(store.root, BASE)
    perform(store.root, Draw(3))
    assert Draw.log == ["seed 3", "seed 3 finished"]
    assert read.has(BASE)
    found = read(BASE)
    assert isinstance(found, Numbers)
    assert found.values.tolist() == [3.0, 3.0, 3.0]


def test_what_is_read_has_the_types_that_were_written(store: Store) -> None:
    read = Reader(store)
    for step in (BASE, double := Double(BASE), total := Total((double,))):
        perform(store.root, step)
    ((condition, numbers),) = read(double).items()
    assert condition is Condition.NOISE
    assert numbers.status == Status()
    assert read(total) == 18.0


def test_a_step_that_is_not_kept_runs_where_it_is_read(store: Store) -> None:
    read = Reader(store)
    double = Double(Draw(-1))
    assert not read.has(double)
    perform(store.root, double.draw)
    assert read.has(double)
    for _ in range(2):
        assert read(double)[Condition.NOISE].values.tolist() == [-2.0, -2.0, -2.0]
    total = Total((double,))
    perform(store.root, total)
    assert read(total) == -6.0
    assert Draw.log.count("double seed -1") == 3
    assert not (store.root / "double").exists()


def test_a_result_of_another_type_is_refused_before_it_is_stored(store: Store) -> None:
    with pytest.raises(InputError, match=r"'wrong' cannot be read as its type .*Numbers"):
        perform(store.root, Wrong(1))
    assert not Reader(store).has(Wrong(1))
    assert Draw.log == ["seed 1"]


def test_a_type_that_no_program_knows_fails_before_anything_is_computed(store: Store) -> None:
    with pytest.raises(NameError, match="NoSuchType"):
        perform(store.root, Unresolved(1))
    assert Draw.log == []


def test_a_step_without_run_or_name_is_none() -> None:
    @dataclass(frozen=True, eq=False)
    class Half(Step[int]):
        version: ClassVar[int] = 1
        title: ClassVar[str] = "half"

    with pytest.raises(TypeError, match="abstract"):
        Half()  # type: ignore[abstract]
