"""One way to write any record and read it again: arrays apart, everything else as JSON, types from the annotations.

A record is a dataclass of arrays, numbers, text, enumerations, other records, and tuples, lists and mappings of these.
What is read has the type that was asked for; nothing in a file names a class, so nothing in a file can run code.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
from jaxtyping import AbstractArray

from dynashape.errors import InputError
from dynashape.records import Array

T = TypeVar("T")
_PLAIN = (str, bool, int, float, type(None))
# No field has this name, so what stands for an array is never taken for a record, a text or a number.
_ARRAY = "#"


def pack(value: Any, arrays: dict[str, Array]) -> Any:
    """The value as JSON; its arrays are added to `arrays`, under numbers that stand in their place.

    >>> from dynashape.records import Status
    >>> arrays: dict[str, Array] = {}
    >>> pack({3: (Status(), np.arange(2))}, arrays), arrays
    ([[3, [{'code': 'ok', 'message': ''}, {'#': '0'}]]], {'0': array([0, 1])})
    """
    if isinstance(value, np.ndarray):
        name = str(len(arrays))
        arrays[name] = value
        return {_ARRAY: name}
    if isinstance(value, Enum):
        return pack(value.value, arrays)
    if is_dataclass(value) and not isinstance(value, type):
        return {name: pack(getattr(value, name), arrays) for name in _field_names(type(value))}
    if isinstance(value, Mapping):
        # As pairs: the keys of JSON objects are text, and those of ours are seeds and systems.
        return [[pack(key, arrays), pack(item, arrays)] for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [pack(item, arrays) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, _PLAIN):
        return value
    raise InputError(f"a {type(value).__name__} is no part of a record; use arrays, plain values and dataclasses.")


def unpack(kind: Any, plain: Any, arrays: Mapping[str, Array]) -> Any:
    """The value of this type that `pack` turned into `plain`; ValueError, KeyError or TypeError where it is none.

    >>> unpack(dict[int, tuple[float, Array]], [[3, [1.0, {"#": "0"}]]], {"0": np.arange(2)})
    {3: (1.0, array([0, 1]))}
    """
    origin, inner = get_origin(kind), get_args(kind)
    of = origin if isinstance(origin, type) else kind if isinstance(kind, type) else object
    if origin in (Union, types.UnionType):
        return _unpack_union(inner, plain, arrays)
    if issubclass(of, np.ndarray | AbstractArray):
        return arrays[_expect(dict, plain)[_ARRAY]]
    if issubclass(of, Enum):
        # Not by `of(plain)`: True would pass for 1, and a list is no tuple.
        members = [member for member in of if (type(plain), plain) == (type(packed := pack(member.value, {})), packed)]
        if not members:
            raise ValueError(f"{plain!r} is no {of.__name__}")
        return members[0]
    if is_dataclass(of):
        known = _field_types(of)
        if set(_expect(dict, plain)) != set(known):
            raise ValueError(f"a {of.__name__} has the fields {', '.join(known)}; got {', '.join(plain)}")
        return of(**{name: unpack(known[name], item, arrays) for name, item in plain.items()})
    if of in _PLAIN:
        whole = of is float and type(plain) is int and abs(plain) <= sys.float_info.max
        return float(plain) if whole else _expect(of, plain)
    if issubclass(of, tuple | Mapping | Sequence) and origin is not None:
        items = _expect(list, plain)
        if of is tuple:
            each = [inner[0]] * len(items) if inner[1:] == (...,) else inner
            return tuple(unpack(of_item, item, arrays) for of_item, item in zip(each, items, strict=True))
        if issubclass(of, Mapping):
            pairs = (_expect(list, pair) for pair in items)
            return {unpack(inner[0], key, arrays): unpack(inner[1], item, arrays) for key, item in pairs}
        return [unpack(inner[0], item, arrays) for item in items]
    raise TypeError(f"{kind} is no type of a record; name arrays, plain values, dataclasses and what holds them")


def _unpack_union(kinds: tuple[Any, ...], plain: Any, arrays: Mapping[str, Array]) -> Any:
    """The value of the first kind that fits; records must be told apart by the names of their fields."""
    records: list[Any] = [kind for kind in kinds if is_dataclass(kind)]
    if isinstance(plain, dict) and _ARRAY not in plain and records:
        fitting = [kind for kind in records if set(_field_types(kind)) == set(plain)]
        if len(fitting) != 1:
            raise ValueError(f"the fields {', '.join(plain)} fit {len(fitting)} kinds of record")
        return unpack(fitting[0], plain, arrays)
    for kind in kinds:
        try:
            return unpack(kind, plain, arrays)
        except (ValueError, KeyError, TypeError):
            continue
    raise ValueError(f"a {type(plain).__name__} is none of {', '.join(map(str, kinds))}")


def _expect(kind: type[T], plain: Any) -> T:
    if not isinstance(plain, kind) or isinstance(plain, bool) != (kind is bool):
        raise TypeError(f"expected a {kind.__name__}; got a {type(plain).__name__}")
    return plain


def _field_names(kind: type) -> list[str]:
    """The fields that make a record; others follow from them."""
    return [field.name for field in fields(kind) if field.init]


@cache
def _field_types(kind: Any) -> dict[str, object]:
    try:
        hints = get_type_hints(kind)
    except NameError as error:
        raise TypeError(f"{kind.__name__} cannot be read: {error} when the program runs; import it there") from None
    return {name: hints[name] for name in _field_names(kind)}
