"""The systems that a `DSA` is given, each with a name: activities or operators, in a list, a mapping or an array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dynashape.dissimilarity.activity import Activity, read_entries
from dynashape.dissimilarity.operator.fit import Operator
from dynashape.errors import InputError


@dataclass(frozen=True, eq=False)
class Systems:
    """Systems with their names; either `activities` or `operators` has an entry for each of them."""

    names: tuple[str, ...]
    activities: tuple[Activity, ...] = ()
    operators: tuple[Operator, ...] = ()

    def __add__(self, other: Systems) -> Systems:
        if bool(self.operators) != bool(other.operators):
            raise InputError("X and reference of DSA.fit must both hold activities, or both Operators.")
        return Systems(self.names + other.names, self.activities + other.activities, self.operators + other.operators)

    def first(self, n: int) -> Systems:
        """The first so many systems."""
        return Systems(self.names[:n], self.activities[:n], self.operators[:n])

    @property
    def may_be_trials(self) -> bool:
        """Whether all are (steps, units) of equal units: the trials of one system have that form too."""
        shapes: list[tuple[int, ...]] = [tuple(getattr(activity, "shape", ())) for activity in self.activities]
        return len(shapes) > 1 and all(len(s) == 2 for s in shapes) and len({s[1] for s in shapes}) == 1


def read_systems(given: Any, what: str, prefix: str, taken: Sequence[str] = ()) -> Systems:
    """The systems of `what` ("X" or "reference") of DSA.fit; without names of their own they are numbered.

    A name that is `taken` already gets the prefix before it.
    """
    where = f"{what} of DSA.fit"
    read = read_entries(given)
    if read is None:
        raise InputError(
            f"{where} must be a list of systems, each an activity (trials, steps, units) or an Operator, a mapping of "
            f"names to systems, or an array (systems, trials, steps, units). Got {_described(given)}; put a single "
            "system in a list."
        )
    entries, own = read
    numbered = [f"{prefix} {i}" for i in range(len(entries))]
    names = tuple(_unless_taken(str(name), prefix, taken) for name in (numbered if own is None else own))
    if not entries:
        raise InputError(f"{where} must hold at least one system. Got an empty {type(given).__name__}.")
    if len(set(names)) < len(names):
        raise InputError(f"{where} must have a name of its own for each system; got {', '.join(names)}.")
    given_operators = [isinstance(entry, Operator) for entry in entries]
    if all(given_operators):
        return Systems(names, operators=tuple(entries))
    if any(given_operators):
        raise InputError(
            f"{where} must hold activities or Operators, not both. Got {sum(given_operators)} Operators among "
            f"{len(entries)}."
        )
    return Systems(names, activities=tuple(entries))


def _unless_taken(name: str, prefix: str, taken: Sequence[str]) -> str:
    while name in taken:
        name = f"{prefix} {name}"
    return name


def _described(given: object) -> str:
    shape = getattr(given, "shape", None)
    return type(given).__name__ if shape is None else f"{type(given).__name__} of shape {tuple(shape)}"
