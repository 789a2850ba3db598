"""One rule for numbers: equal numbers are the same number, whatever their type; anything else is an InputError.

Numbers come out of numpy, data frames, MATLAB files and JSON: 3, 3.0, `numpy.int64(3)` and an array of no dimensions
that holds 3 are the whole number 3. A truth value is no number, and a number is no truth value.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from dynashape.errors import InputError


def whole_number(name: str, given: object, least: int | float | None = None, remedy: str = "") -> int:
    """The whole number that is given, as an int; `remedy` is what an error says to do where it is None.

    >>> whole_number("rank", np.float32(3.0))
    3
    >>> whole_number("rank", True)
    Traceback (most recent call last):
    dynashape.errors.InputError: rank must be a whole number; got True.
    """
    value = _unpacked(given)
    if not _is_number(value) or not _is_whole(value):
        raise InputError(_refused(name, "a whole number", given, least, remedy))
    return int(_within(name, int(value), least))


def real_number(
    name: str, given: object, least: int | float | None = None, remedy: str = "", *, finite: bool = True
) -> float:
    """The number that is given, as a float, and finite unless it need not be.

    >>> real_number("ridge", 0)
    0.0
    """
    value = _unpacked(given)
    if not _is_number(value) or (finite and not _is_finite(value)):
        raise InputError(_refused(name, "a finite number" if finite else "a number", given, least, remedy))
    return float(_within(name, float(value), least))


def number(name: str, given: object, least: int | float | None = None, remedy: str = "") -> int | float:
    """The number that is given: an int where it is whole, a float where it is not.

    >>> number("rank", np.float64(4.0)), number("rank", 0.9)
    (4, 0.9)
    """
    value = real_number(name, given, least, remedy)
    return whole_number(name, given) if value.is_integer() else value


def truth(name: str, given: object) -> bool:
    """The truth value that is given, as a bool.

    >>> truth("zero_pad", np.True_)
    True
    """
    value = _unpacked(given)
    if not isinstance(value, bool):
        raise InputError(f"{name} must be True or False; got {shown(given)}.")
    return value


def whole_numbers(name: str, given: object, least: int | float | None = None) -> tuple[int, ...]:
    """The whole numbers of a sequence, as ints.

    >>> whole_numbers("delays", np.arange(1.0, 4.0))
    (1, 2, 3)
    """
    return tuple(
        whole_number(f"{name}[{i}]", each, least) for i, each in enumerate(_sequence(name, given, "whole numbers"))
    )


def real_numbers(name: str, given: object, least: int | float | None = None) -> tuple[float, ...]:
    """The finite numbers of a sequence, as floats.

    >>> real_numbers("shares", [0, np.float32(0.5)])
    (0.0, 0.5)
    """
    return tuple(real_number(f"{name}[{i}]", each, least) for i, each in enumerate(_sequence(name, given, "numbers")))


def shown(given: object) -> str:
    """What was given, as an error shows it: a number as it is written, a long text or list in short.

    >>> shown(np.float64(1.5)), shown("standart"), shown(np.zeros((3, 2)))
    ('1.5', "'standart'", 'an ndarray of shape (3, 2)')
    """
    shape = getattr(given, "shape", None)
    if isinstance(shape, tuple) and shape:
        kind = type(given).__name__
        return f"{'an' if kind[0].lower() in 'aeiou' or kind == 'ndarray' else 'a'} {kind} of shape {shape}"
    if isinstance(given, int) and given.bit_length() > 1_000:
        return f"an integer of {given.bit_length()} bits"
    return str(given) if _is_number(given) else reprlib.repr(given)


def _sequence(name: str, given: object, kind: str) -> Iterable[object]:
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable) or getattr(given, "ndim", 1) != 1:
        hint = f"; put a single number in a tuple, ({given},)" if _is_number(_unpacked(given)) else ""
        raise InputError(f"{name} must be a sequence of {kind}; got {shown(given)}{hint}.")
    return given


def _unpacked(given: Any) -> Any:
    """A number out of an array of no dimensions, or a number of numpy; what is masked stays as it is."""
    if getattr(given, "ndim", None) != 0 or isinstance(given, np.ma.MaskedArray):
        return given
    try:
        return given.item()
    except (AttributeError, RuntimeError, TypeError, ValueError):  # such as a tensor without values
        return given


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond all floats
        return False


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) or (_is_finite(value) and bool(int(value) == value))


def _within(name: str, value: int | float, least: int | float | None) -> int | float:
    if least is not None and value < least:
        raise InputError(f"{name} must be at least {least}; got {value}.")
    return value


def _refused(name: str, kind: str, given: object, least: int | float | None, remedy: str) -> str:
    bound = "" if least is None else f" from {least} up"
    hint = f"; {remedy}" if remedy and given is None else ""
    return f"{name} must be {kind}{bound}; got {shown(given)}{hint}."
