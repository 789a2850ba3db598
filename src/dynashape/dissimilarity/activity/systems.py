"""Several systems as a user gives them: a list, of which each entry is the activity of one."""

from __future__ import annotations

import numpy as np

from dynashape.arguments import shown
from dynashape.dissimilarity.activity.axes import Activity
from dynashape.errors import InputError


def list_systems(activities: object, name: str = "activities") -> list[Activity]:
    """The activity of each system, of a list or of an array (systems, trials, steps, units).

    An array of fewer axes is the activity of one system: its trials would be taken for systems.

    >>> len(list_systems(np.zeros((3, 10, 20, 4))))
    3
    """
    is_cells = isinstance(activities, np.ndarray) and activities.dtype == object
    n_axes = 1 if is_cells else getattr(activities, "ndim", None)
    is_array = n_axes is not None and n_axes > 1
    if is_array and n_axes != 4:
        raise InputError(f"{name} must be a list of systems; got {shown(activities)}, which is one: put it in a list.")
    if not is_array and not isinstance(activities, list | tuple | np.ndarray):
        raise InputError(
            f"{name} must be a list of systems, each an array (trials, steps, units); got {shown(activities)}."
        )
    if not len(activities):  # type: ignore[arg-type]
        raise InputError(f"{name} must hold at least one system; got none.")
    return list(activities)  # type: ignore[call-overload,no-any-return]
