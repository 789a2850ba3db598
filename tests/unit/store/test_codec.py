from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum, IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from jaxtyping import Float, Int, Shaped

from dynashape.errors import InputError
from dynashape.records import Array, Code, Condition, Status, System
from dynashape.store.codec import pack, unpack

if TYPE_CHECKING:
    from fractions import Fraction


class Size(IntEnum):
    SMALL = 1
    LARGE = 2


class Corner(Enum):
    LEFT = (0, 1)
    RIGHT = (1, 1)


class Mark(StrEnum):
    ZERO = "0"


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float | None = None


@dataclass(frozen=True)
class Base:
    name: str
    where: Point


@dataclass(frozen=True, kw_only=True)
class Derived(Base):
    doubled: float = field(init=False)
    values: Float[Array, " n"] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "doubled", 2 * self.where.x)


@dataclass(frozen=True)
class Nothing:
    pass


@dataclass(frozen=True)
class Every:
    array: Float[Array, "rows columns"]
    text: str
    whole: int
    number: float
    truth: bool
    nothing: None
    code: Code
    size: Size
    corner: Corner
    record: Point
    fixed: tuple[int, str]
    many: tuple[Point, ...]
    none_of_many: tuple[()]
    listed: list[float]
    sequence: Sequence[int]
    by_name: Mapping[str, Float[Array, " n"]]
    by_number: dict[int, tuple[float, ...]]
    by_system: Mapping[System, Int[Array, " n"]]
    by_condition: Mapping[Condition, Point]
    optional: Shaped[Array, " n"] | None
    array_or_record: Float[Array, " n"] | Point
    text_or_array: str | Array
    either: Point | Status
    deep: Mapping[str, tuple[Mapping[int, list[Base | None]], ...]]
    text_or_whole: str | int
    bare: np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Unresolved:
    share: Fraction


class Named(NamedTuple):
    x: int


def through(kind: Any, value: Any) -> Any:
    """The value after its way through a file."""
    arrays: dict[str, np.ndarray] = {}
    plain = pack(value, arrays)
    read = json.loads(json.dumps(plain, allow_nan=False))
    # What is checked before a file is written must be what is read from it.
    assert same(unpack(kind, plain, arrays), unpack(kind, read, arrays))
    return unpack(kind, read, arrays)


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same types all the way down."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    if is_dataclass(one):
        return all(same(getattr(one, own.name), getattr(other, own.name)) for own in fields(one))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


EVERY = Every(
    array=np.arange(6.0).reshape(2, 3),
    text="0",
    whole=-3,
    number=0.1,
    truth=True,
    nothing=None,
    code=Code.SILENT,
    size=Size.LARGE,
    corner=Corner.RIGHT,
    record=Point(1.0),
    fixed=(3, "x"),
    many=(Point(0.0, 1.0), Point(2.0)),
    none_of_many=(),
    listed=[1.0, 2.5],
    sequence=[1, 2],
    by_name={"10": np.arange(2.0), "a/b": np.zeros(0)},
    by_number={7: (0.5,), -1: ()},
    by_system={System("GRU", "CDM", 0, None, "CDM"): np.arange(3)},
    by_condition={Condition.NOISE: Point(0.0), Condition.TRAINED: Point(1.0)},
    optional=np.array(["PFC", "V1"]),
    array_or_record=np.ones(2),
    text_or_array="0",
    either=Status(Code.DEAD, "3 of 4"),
    deep={"a": ({1: [Base("b", Point(2.0)), None]}, {}), "": ()},
    text_or_whole=5,
    bare=np.array([1 + 2j]),
)


def test_a_record_with_every_kind_of_field_comes_back() -> None:
    assert same(through(Every, EVERY), EVERY)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (bool, True),
        (int, 2**80),
        (int, -(2**200) - 1),
        (float, 1e-320),
        (str, "lone \ud800 surrogate, \0 and ü"),
        (tuple[()], ()),
        (tuple[int, ...], ()),
        (list[Point], []),
        (dict[str, Point], {}),
        (dict[str, str], {"1": "a", "": "b"}),
        (dict[str | int, str], {"1": "a", 1: "b"}),
        (dict[Mark, int], {Mark.ZERO: 0}),
        (dict[Size, int], {Size.SMALL: 0}),
        (dict[tuple[str, int], float], {("a", 1): 0.5}),
        (Mapping[Point, Mapping[Point, int]], {Point(0.0): {Point(1.0): 2}}),
        (Nothing, Nothing()),
        (Point | None, None),
        (Point | Nothing | Base, Nothing()),
        (Array | None, None),
        (Array | None, np.arange(3)),
        (Array | Point, Point(1.0)),
        (Array | Point | str, np.array(0.5)),
        (str | Array, np.array("0")),
        (Float[Array, " n"] | Point, np.arange(2.0)),
        (list[Array | str], ["0", np.arange(2), "1"]),
        (int | float, 1.0),
        (float | int, 1),
        (int | bool, True),
        (bool | int, 1),
        (str | None, ""),
        (Size | str, "1"),
        (tuple[int, ...] | str, (1, 2)),
        (dict[str, int] | Point, {"x": 1}),
    ],
    ids=str,
)
def test_values_keep_their_types(kind: Any, value: Any) -> None:
    if kind == float | int:
        # An integer where a float is expected is that float, wherever floats come first.
        assert same(through(kind, value), float(value))
    else:
        assert same(through(kind, value), value)


def test_the_members_of_a_union_that_are_records_are_told_apart_by_their_fields() -> None:
    assert through(Point | Status, Point(0.0)) == Point(0.0)
    with pytest.raises(ValueError, match="fit 0 kinds"):
        unpack(Point | Status, {"x": 0.0}, {})

    @dataclass(frozen=True)
    class Twin:
        x: float
        y: float

    with pytest.raises(ValueError, match="fit 2 kinds"):
        unpack(Point | Twin, {"x": 0.0, "y": 0.0}, {})


def test_numpy_scalars_are_the_plain_values_of_their_size() -> None:
    assert same(through(list[int | float | bool | str], [np.int64(3), np.float64(0.5), np.bool_(True), np.str_("a")]),
                [3, 0.5, True, "a"])  # fmt: skip
    assert through(float, np.float32(0.1)) == float(np.float32(0.1))
    assert same(through(dict[int, float], {np.int32(3): np.float64(1)}), {3: 1.0})


def test_an_integer_in_the_place_of_a_float_is_a_float() -> None:
    assert same(through(Point, Point(1, 2)), Point(1.0, 2.0))


def test_text_of_an_enumeration_in_the_place_of_text_is_text() -> None:
    assert same(through(dict[str, str], {"condition": Condition.NOISE}), {"condition": "noise"})


def test_a_field_that_follows_from_others_is_made_again() -> None:
    record = Derived("a", Point(2.0), values=np.arange(2.0))
    assert same(through(Derived, record), record)
    assert through(Derived, record).doubled == 4.0
    assert "doubled" not in pack(record, {})


def test_arrays_are_packed_once_each_in_order() -> None:
    arrays: dict[str, np.ndarray] = {}
    pack([np.arange(1), {"a": np.arange(2)}, (np.arange(3),)], arrays)
    assert [len(array) for array in arrays.values()] == [1, 2, 3]


@pytest.mark.parametrize(
    "value", [{1}, b"x", 1j, object(), Point, len, Path("x"), np.datetime64("2020-01-01"), np.complex64(1), ...]
)
def test_what_is_no_part_of_a_record_is_refused(value: object) -> None:
    with pytest.raises(InputError, match="is no part of a record"):
        pack({"a": [value]}, {})


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        (int, True), (int, 1.0), (int, "1"), (float, "1.5"), (float, False), (float, 10**400), (bool, 1),
        (str, 1), (str, None), (type(None), 0), (Code, "no such"), (Code, None), (Code, []), (Size, True), (Size, "1"),
        (Corner, [0, 2]), (Array, "0"), (Array, {"#": "7"}), (Array, {"#": []}), (Array, {}), (Array, None),
        (Point, {"x": 1.0}), (Point, {"x": 1.0, "y": None, "z": 0}), (Point, [1.0, None]), (Point, 3), (Point, "xy"),
        (Point, {"x": "1", "y": None}), (Point, None), (tuple[int, str], [1]), (tuple[int, str], [1, "a", 2]),
        (tuple[()], [1]), (tuple[int, ...], {"0": 1}), (tuple[int, ...], "12"), (list[str], "ab"), (list[int], 3),
        (list[int], [[]]), (dict[str, str], {"ab": "c"}), (dict[str, str], ["ab"]), (dict[str, str], [["a"]]),
        (dict[str, str], [["a", "b", "c"]]), (dict[str, str], [1]), (dict[str, str], "ab"), (Point | None, False),
        (Point | Array, {"#": "7"}), (str | int, 1.5), (str | Array, ["0"]), (Mapping[Point, int], [[[], 1]]),
    ],
    ids=str,
)  # fmt: skip
def test_wrong_content_is_a_value_key_or_type_error(kind: Any, plain: Any) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        unpack(kind, plain, {"0": np.arange(2)})


@pytest.mark.parametrize("kind", [Any, object, list, dict, tuple, bytes, set[int], Named, complex, Path], ids=str)
def test_types_that_say_too_little_are_refused_instead_of_passing_anything(kind: Any) -> None:
    with pytest.raises(TypeError, match="no type of a record"):
        unpack(kind, [], {})


def test_annotations_that_no_running_program_knows_are_named() -> None:
    with pytest.raises(TypeError, match="Unresolved cannot be read: name 'Fraction' is not defined"):
        unpack(Unresolved, {"share": 1}, {})


@settings(max_examples=300)
@given(
    kind=st.sampled_from([Every, Every | Nothing, Point, Derived, list[Status], dict[System, Code], Array, int]),
    plain=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=2) | st.just({"#": "0"}),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["x", "y", "#", "code", "message", *Every.__annotations__]), inner, max_size=3
            )
        ),
        max_leaves=8,
    ),
)
def test_any_content_gives_a_value_or_one_of_three_errors(kind: Any, plain: Any) -> None:
    with suppress(ValueError, KeyError, TypeError):
        unpack(kind, plain, {"0": np.arange(2)})


POINTS = st.builds(Point, st.floats(allow_nan=False, allow_infinity=False), st.none() | st.floats(-1, 1))
STATUSES = st.builds(Status, st.sampled_from(Code), st.text(max_size=3))
SYSTEMS = st.builds(
    System,
    st.text(max_size=3),
    st.text(max_size=3),
    st.integers(),
    st.none() | st.text(max_size=3),
    st.text(max_size=3),
)
ARRAYS = hnp.arrays(
    st.one_of(hnp.floating_dtypes(), hnp.integer_dtypes(), hnp.unicode_string_dtypes()), hnp.array_shapes(max_side=3)
)


@dataclass(frozen=True)
class Node:
    payload: Array | Point | Status | str | int | None
    children: tuple[Node, ...]
    by_system: Mapping[System, Node | Array]
    by_text: dict[str, list[bool | None]]
    by_code: Mapping[Code, tuple[float, str]]


NODES = st.recursive(
    st.builds(Node, st.text(max_size=2), st.just(()), st.just({}), st.just({}), st.just({})),
    lambda inner: st.builds(
        Node,
        ARRAYS | POINTS | STATUSES | st.text(max_size=2) | st.integers() | st.none(),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(SYSTEMS, inner | ARRAYS, max_size=2),
        st.dictionaries(st.text(max_size=2), st.lists(st.none() | st.booleans(), max_size=3), max_size=3),
        st.dictionaries(st.sampled_from(Code), st.tuples(st.floats(-1, 1), st.text(max_size=2)), max_size=3),
    ),
    max_leaves=6,
)


@given(NODES)
def test_any_nested_record_comes_back(node: Node) -> None:
    assert same(through(Node, node), node)
