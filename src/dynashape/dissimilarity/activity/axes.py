"""The axes of activity by name: what people call trials, time and units, and arrays brought into that order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from dynashape.arguments import shown
from dynashape.errors import InputError
from dynashape.records import Array

Activity: TypeAlias = object
"""The activity of one system: `(trials, steps, units)`, `(steps, units)`, or a list of those, trials of any lengths.

An array of numpy or of what becomes one: a tensor, a data frame of steps by units, a labelled array of xarray, Epochs
of mne, signals of neo, a cell array of MATLAB (see `read_trials`).
"""

TRIAL, TIME, UNIT = "trial", "time", "unit"
_NAMES = {
    TRIAL: "trial epoch repetition repeat rep presentation stimulus_presentation batch condition",
    TIME: "time t step time_step timestep timestamp time_stamp bin time_bin timebin frame sample_time sample_index",
    UNIT: "unit neuron cell channel electrode sensor neuroid roi voxel feature component input",
}
_COUNTED = re.compile(r"(_(ids?|index|indices|idx|num|nums|number|numbers|nr|no|label|labels|name|names))+$")
_IN_UNITS = re.compile(r"_(s|ms|us|sec|secs|seconds|msec)$")
_MEANT = {name: axis for axis, names in _NAMES.items() for name in names.split()}


def meant_by(name: object) -> str | None:
    """The axis that a name stands for, or None.

    >>> meant_by("Neurons"), meant_by("unit_id"), meant_by("x")
    ('unit', 'unit', None)
    >>> meant_by("Time (s)"), meant_by("cell_num"), meant_by("trialNumber")
    ('time', 'unit', 'trial')
    """
    if not isinstance(name, str):
        return None
    # Units in brackets, "trialNumber" as "trial_number", and what counts things rather than names them.
    bare = re.sub(r"\(.*?\)|\[.*?\]", "", name)
    word = re.sub(r"[\s.\-]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", bare).strip()).lower().strip("_#")
    for form in (word, _COUNTED.sub("", word), _IN_UNITS.sub("", word)):
        found = _MEANT.get(form) or _MEANT.get(form.removesuffix("s"))
        if found is not None:
            return found
    return None


def read_axes(axes: object) -> tuple[str, ...]:
    """The axes that a user names, in their order, as a text or a sequence of names; one of time, one of units.

    >>> read_axes("unit, trial, time")
    ('unit', 'trial', 'time')
    """
    names = axes.replace(",", " ").split() if isinstance(axes, str) else axes
    if not isinstance(names, Sequence):
        raise InputError(f'axes must name the axes in their order, such as "trial time unit"; got {shown(axes)}.')
    meant = tuple(meant_by(name) for name in names)
    unknown = [name for name, axis in zip(names, meant, strict=True) if axis is None]
    if unknown:
        known = "; ".join(f"{axis}: {', '.join(words.split())}" for axis, words in _NAMES.items())
        raise InputError(f"axes holds unknown names {', '.join(map(repr, unknown))}. Known are {known}.")
    if meant.count(TIME) != 1 or meant.count(UNIT) != 1:
        raise InputError(
            f'axes must name one axis of time and one of units, such as "trial time unit"; got {shown(axes)}.'
        )
    return tuple(axis for axis in meant if axis is not None)


def arrange(array: Array, axes: Sequence[str], label: str) -> Array:
    """The array with its axes in the order of trials, time, units; several axes of trials become one.

    >>> arrange(np.zeros((2, 3, 40, 8)), ("trial", "unit", "time", "trial"), "activity").shape
    (16, 40, 3)
    """
    if array.ndim != len(axes):
        raise InputError(
            f"{label} has {array.ndim} axes, of shape {array.shape}, and axes names {len(axes)}: {' '.join(axes)}."
        )
    order = sorted(range(array.ndim), key=lambda k: (TRIAL, TIME, UNIT).index(axes[k]))
    arranged = np.transpose(array, order)
    return arranged.reshape(-1, *arranged.shape[-2:]) if array.ndim > 3 else arranged
