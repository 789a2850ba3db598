"""One way to write any record and read it again: arrays apart, everything else as JSON, types from the annotations.

A record is a dataclass of arrays, numbers, text, enumerations, other records, and tuples, lists and mappings of these.
What is read has the type that was asked for; nothing in a file names a class, so nothing in a file can run code.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
from jaxtyping import AbstractArray

from dynashape.errors import InputError
from dynashape.records import Array

T = TypeVar("T")
_PLAIN = (str, bool, int, float, type(None))


def pack(value: Any, arrays: dict[str, Array]) -> Any:
    """The value as JSON; its arrays are added to `arrays`, under numbers that stand in their place.

    >>> from dynashape.records import Status
    >>> arrays: dict[str, Array] = {}
    >>> pack({3: (Status(), np.arange(2))}, arrays), arrays
    ([[3, [{'code': 'ok', 'message': ''}, '0']]], {'0': array([0, 1])})
    """
    if isinstance(value, np.ndarray):
        arrays[str(len(arrays))] = value
        return str(len(arrays) - 1)
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: pack(getattr(value, field.name), arrays) for field in fields(value)}
    if isinstance(value, Mapping):
        # As pairs: the keys of JSON objects are text, and those of ours are seeds and systems.
        return [[pack(key, arrays), pack(item, arrays)] for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [pack(item, arrays) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, _PLAIN):
        return value
    raise InputError(f"a {type(value).__name__} is no part of a record; use arrays, plain values and dataclasses.")


def unpack(kind: Any, plain: Any, arrays: Mapping[str, Array]) -> Any:
    """The value of this type that `pack` turned into `plain`; ValueError, KeyError or TypeError where it is none.

    >>> unpack(dict[int, tuple[float, Array]], [[3, [1.0, "0"]]], {"0": np.arange(2)})
    {3: (1.0, array([0, 1]))}
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _unpack_union(inner, plain, arrays)
    if _is_array(kind):
        return arrays[plain]
    if isinstance(kind, type) and is_dataclass(kind):
        known = _hints(kind)
        if set(plain) != set(known):
            raise ValueError(f"a {kind.__name__} has the fields {', '.join(known)}; got {', '.join(plain)}")
        return kind(**{name: unpack(known[name], item, arrays) for name, item in plain.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    if origin is tuple:
        each = [inner[0]] * len(plain) if inner[-1] is Ellipsis else inner
        return tuple(unpack(own, item, arrays) for own, item in zip(each, plain, strict=True))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {unpack(inner[0], key, arrays): unpack(inner[1], item, arrays) for key, item in plain}
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return [unpack(inner[0], item, arrays) for item in plain]
    return float(plain) if kind is float else plain


def _unpack_union(kinds: tuple[Any, ...], plain: Any, arrays: Mapping[str, Array]) -> Any:
    """The value of the one kind that fits: records are told apart by the names of their fields."""
    if plain is None:
        return None
    records = [kind for kind in kinds if is_dataclass(kind)]
    if records and isinstance(plain, dict):
        fitting = [kind for kind in records if set(_hints(kind)) == set(plain)]
        if len(fitting) != 1:
            raise ValueError(f"the fields {', '.join(plain)} fit {len(fitting)} kinds of record")
        return unpack(fitting[0], plain, arrays)
    others = [kind for kind in kinds if kind is not type(None) and kind not in records]
    if len(others) == 1:
        return unpack(others[0], plain, arrays)
    return plain


def _is_array(kind: Any) -> bool:
    return (isinstance(kind, type) and issubclass(kind, np.ndarray | AbstractArray)) or get_origin(kind) is np.ndarray


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """The types of a record's fields."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
