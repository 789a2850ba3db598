"""Several systems as a user gives them: a list, of which each entry is the activity of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, ValuesView
from typing import Any

import numpy as np

from dynashape.arguments import shown
from dynashape.dissimilarity.activity.axes import Activity
from dynashape.errors import InputError


def read_entries(given: Any) -> tuple[list[Any], list[Any] | None] | None:
    """The systems of a list, a mapping or a series, cells, or an array of four axes, and their names where they have.

    None for anything else, such as the activity of one system: its trials would be taken for systems.
    """
    if isinstance(given, Mapping) or (hasattr(given, "items") and str(getattr(given, "dtype", "")) == "object"):
        pairs = list(given.items())
        return [entry for _, entry in pairs], [name for name, _ in pairs]
    if isinstance(given, np.ndarray) and given.dtype == object:
        return (list(given.ravel()), None) if given.size == max(given.shape, default=0) else None
    if len(getattr(given, "shape", ())) == 4:
        return [given[i] for i in range(len(given))], None
    return (list(given), None) if isinstance(given, list | tuple | ValuesView) else None


def list_systems(activities: object, name: str = "activities") -> list[Activity]:
    """The activity of each system, of a list, a mapping or an array (systems, trials, steps, units).

    >>> len(list_systems(np.zeros((3, 10, 20, 4)))), list_systems({"A": 1})
    (3, [1])
    """
    read = read_entries(activities)
    if read is None and getattr(activities, "ndim", 0) > 1:
        raise InputError(f"{name} must be a list of systems; got {shown(activities)}, which is one: put it in a list.")
    if read is None:
        hint = f"; give list({name})" if isinstance(activities, Iterator) else ""
        raise InputError(
            f"{name} must be a list of systems, each an array (trials, steps, units); got {shown(activities)}{hint}."
        )
    if not read[0]:
        raise InputError(f"{name} must hold at least one system; got none.")
    return read[0]


def name_systems(activities: object) -> list[str]:
    """What errors call the systems of a list: the keys of a mapping, "system 0" and so on otherwise."""
    entries, names = read_entries(activities) or ([], None)
    return [f"system {i}" for i in range(len(entries))] if names is None else [str(name) for name in names]
