"""The rule for numbers applied to whole signatures: what a parameter takes is read from its annotation."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from dynashape.arguments.numbers import number, real_number, real_numbers, shown, truth, whole_number, whole_numbers
from dynashape.errors import InputError

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

Reader = Callable[[str, Any], Any]
"""Makes of a parameter's name, and of what was given for it, what the function gets."""

_READ = {"int", "float", "str", "bool", "None", "Sequence[int]", "Sequence[float]"}
# Where there is no default, what to do instead of None.
_CHOSEN = dict.fromkeys(("n_delays", "rank"), "select_delays_and_rank chooses one")


def read_arguments(**rules: int | float | Reader) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function read its numbers, truth values and texts by one rule, whatever types they come in.

    Parameters that are annotated as int, float, bool, str, a sequence of numbers, or a choice of these are read; others
    are left as they are. A rule for a parameter is its lowest value, or what reads it.

    >>> @read_arguments(n=1)
    ... def double(n: int) -> int:
    ...     return 2 * n
    >>> double(3.0)
    6
    >>> double(0)
    Traceback (most recent call last):
    dynashape.errors.InputError: n must be at least 1; got 0.
    """

    def reading(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        readers = dict(_readers(signature, rules))

        @wraps(function)
        def read(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                given = signature.bind(*args, **kwargs)
            except TypeError:
                return function(*args, **kwargs)  # Python says best which argument is missing or unknown
            for name, reader in readers.items():
                if name in given.arguments:
                    given.arguments[name] = reader(name, given.arguments[name])
            return function(*given.args, **given.kwargs)

        return read

    return reading


def read_values(
    taker: Callable[..., object], given: Mapping[str, object], **rules: int | float | Reader
) -> dict[str, object]:
    """The values that are given for parameters of a function or class, read as `read_arguments` reads them."""
    readers = dict(_readers(inspect.signature(taker), rules))
    return {name: readers[name](name, value) if name in readers else value for name, value in given.items()}


def read_options(estimator: T, **rules: int | float | Reader) -> T:
    """A copy of an estimator whose constructor's parameters are read as `read_arguments` reads a function's.

    The estimator keeps what it was given, as scikit-learn wants it.
    """
    twin = copy.copy(estimator)
    given = {name: getattr(estimator, name) for name in inspect.signature(type(estimator)).parameters}
    for name, value in read_values(type(estimator), given, **rules).items():
        setattr(twin, name, value)
    return twin


def _readers(signature: inspect.Signature, rules: Mapping[str, int | float | Reader]) -> Iterator[tuple[str, Reader]]:
    """The readers of the parameters that are read."""
    for parameter in signature.parameters.values():
        rule = rules.get(parameter.name)
        if callable(rule):
            yield parameter.name, rule
        elif kinds := _kinds(parameter):
            yield parameter.name, _reader(kinds, rule, _remedy(parameter))


def _kinds(parameter: inspect.Parameter) -> frozenset[str]:
    """The names of the types that a parameter takes; none where it takes other things than numbers and texts."""
    annotation = parameter.annotation
    written = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    kinds = frozenset(part.strip() for part in written.replace("collections.abc.", "").split("|"))
    return kinds if kinds <= _READ and kinds != {"None"} else frozenset()


def _reader(kinds: frozenset[str], least: int | float | None, remedy: str) -> Reader:
    def read(name: str, given: object) -> object:
        if (given is None and "None" in kinds) or ("str" in kinds and isinstance(given, str)):
            return given
        if "bool" in kinds:
            return truth(name, given)
        if "Sequence[int]" in kinds:
            return whole_numbers(name, given, least)
        if "Sequence[float]" in kinds:
            return real_numbers(name, given, least)
        if {"int", "float"} <= kinds:
            return number(name, given, least, remedy)
        if "int" in kinds:
            return whole_number(name, given, least, remedy)
        if "float" in kinds:
            return real_number(name, given, least, remedy)
        raise InputError(f"{name} must be text; got {shown(given)}.")

    return read


def _remedy(parameter: inspect.Parameter) -> str:
    if parameter.default is not inspect.Parameter.empty:
        return f"leave it out for the default, {cast(object, parameter.default)!r}"
    return _CHOSEN.get(parameter.name, "")
