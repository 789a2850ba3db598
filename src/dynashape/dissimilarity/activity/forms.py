"""The forms in which activity comes, each opened to plain arrays: what names its axes is put in order, or refused.

Libraries are known by what their objects can do, since none of them is a dependency.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dynashape.arguments import real_array, refuse_masked, shown
from dynashape.dissimilarity.activity.axes import TIME, TRIAL, UNIT, arrange, meant_by
from dynashape.dissimilarity.activity.frames import is_frame, open_frame
from dynashape.dissimilarity.activity.times import check_times
from dynashape.errors import InputError
from dynashape.records import Array


def open_activity(
    activity: object, name: str, axes: tuple[str, ...] | None = None
) -> tuple[list[tuple[str, Array]], list[str]]:
    """The arrays of one system as they are, each with what errors call it; and what is wrong with the others."""
    opened: list[tuple[str, Array]] = []
    faults: list[str] = []
    for label, part in _parts(activity, name):
        try:
            opened += [(label, array) for array in _open(part, label, axes)]
        except InputError as error:
            faults.append(str(error).removesuffix("."))
    return opened, faults


def _parts(activity: object, name: str) -> list[tuple[str, Any]]:
    """What a list or a cell array holds, or the one thing there is."""
    if isinstance(activity, np.ndarray) and activity.dtype == object and not isinstance(activity, np.ma.MaskedArray):
        activity = _open_cells(activity, name)
    if not isinstance(activity, list | tuple):
        return [(name, activity)]
    if not activity:
        raise InputError(f"{name} is an empty list; give at least one (steps, units) array.")
    _refuse_outputs(activity, name)
    if all(isinstance(part, list | tuple) and part and np.isscalar(part[0]) for part in activity):
        raise InputError(f"{name} is a nested list, {len(activity)} lists of numbers; give np.array({name}).")
    if len(activity) > 1 and all(isinstance(part, np.ndarray) and part.ndim == 1 for part in activity):
        if all(hasattr(part, "t_stop") for part in activity):
            raise InputError(_spike_times(name))
        raise InputError(
            f"{name} is a list of {len(activity)} arrays of one dimension; give np.stack({name}) where they are the "
            f"steps of one trial, [x[:, None] for x in {name}] where they are trials of one unit."
        )
    return [(f"{name}[{i}]", part) for i, part in enumerate(activity)]


def _open_cells(cells: Array, name: str) -> object:
    """The cells of an array of objects in a row or a column, as MATLAB keeps trials of unequal lengths."""
    if not cells.size:
        raise InputError(f"{name} is an empty cell array; give at least one (steps, units) array.")
    inside = [cell.item() if _is_wrapped(cell) else cell for cell in cells.flat]
    if not any(hasattr(cell, "__len__") and not isinstance(cell, str | bytes) for cell in inside):
        return cells  # numbers, texts or nothing: an array like any other
    if max(cells.shape) != cells.size:
        raise InputError(
            f"{name} is a cell array of shape {cells.shape}; give the trials of one system, such as list({name}[0])."
        )
    return inside


def _is_wrapped(cell: object) -> bool:
    """Whether this is a cell within a cell, as scipy.io.loadmat gives it."""
    return isinstance(cell, np.ndarray) and cell.dtype == object and cell.size == 1


def _refuse_outputs(parts: list[Any] | tuple[Any, ...], name: str) -> None:
    """InputError for what a recurrent layer of torch returns: its output and its last states, which are no trials."""
    if len(parts) != 2 or not isinstance(parts, tuple):
        return
    first, second = parts
    if isinstance(second, tuple) and len(second) == 2 and all(hasattr(part, "detach") for part in (first, *second)):
        raise InputError(f"{name} is what an LSTM returns, (output, (h, c)); give the output alone, {name}[0].")
    if not all(hasattr(part, "detach") and getattr(part, "ndim", 0) in (2, 3) for part in parts):
        return
    # The last states of a recurrent layer are the last steps of its output.
    output, last = (real_array(name, part) for part in parts)
    if output.shape[-1] == last.shape[-1] and any(
        steps.shape == last[-1].shape and np.array_equal(steps, last[-1]) for steps in (output[-1], output[:, -1])
    ):
        raise InputError(f"{name} is what a recurrent layer returns, (output, h); give the output alone, {name}[0].")


def _open(part: Any, label: str, axes: tuple[str, ...] | None) -> list[Array]:
    """One array, or the trials of one table, with axes in order where they have names."""
    if isinstance(part, np.ma.MaskedArray):
        refuse_masked(
            label,
            part,
            "give a list of trials cut to their length, which "
            "dynashape.read_trials(x, pad=np.nan) makes where only ends of trials are masked",
        )
    if is_frame(part) and axes is None:
        return open_frame(part, label)
    values, names = _named(part, label)
    array = real_array(label, values)
    if axes is None and names is None:
        return [array]
    order = _resolved(names, label) if axes is None and names is not None else axes or ()
    arranged = arrange(array, order, label)
    dims, coordinates = getattr(part, "dims", None), getattr(part, "coords", None)
    if isinstance(dims, tuple) and coordinates is not None and (time := dims[order.index(TIME)]) in coordinates:
        check_times(coordinates[time].values, label, f"x.sortby({time!r})")
    return [arranged]


def _resolved(names: tuple[object, ...], label: str) -> tuple[str, ...]:
    """The axes that these names stand for; InputError where that is not clear."""
    meant = tuple(axis for axis in map(meant_by, names) if axis is not None)
    if len(meant) < len(names) or meant.count(TIME) != 1 or meant.count(UNIT) != 1 or meant.count(TRIAL) > 1:
        listed = ", ".join(map(repr, names))
        more = "condition " if len(names) > 3 else ""
        raise InputError(
            f"{label} has axes named {listed}, which must be one of time, one of units and at most one of trials; "
            f'name them in their order, dynashape.read_trials(x, axes="{more}trial time unit")'
        )
    return meant


def _named(part: Any, label: str) -> tuple[Any, tuple[object, ...] | None]:
    """The values of an object and the names of their axes, or None where these have none."""
    if part is None or isinstance(part, str | bytes):
        raise InputError(f"{label} must be an array of activity; got {shown(part)}.")
    if hasattr(part, "data_vars"):
        raise InputError(f"{label} is a dataset of several variables ({', '.join(map(str, part))}); give one of them.")
    if isinstance(part, Mapping):
        raise InputError(f"{label} is a {type(part).__name__}; give the array of one system, or a list of its trials.")
    if hasattr(part, "get_data") and hasattr(part, "ch_names"):  # Raw, Epochs and Evoked of mne
        values = part.get_data()
        return values, {3: (TRIAL, UNIT, TIME), 2: (UNIT, TIME)}.get(np.ndim(values), ("?",) * np.ndim(values))
    if hasattr(part, "to_array") and hasattr(part, "bin_size"):  # BinnedSpikeTrain of elephant
        return part.to_array(), (UNIT, TIME)
    if hasattr(part, "analogsignals") or hasattr(part, "segments"):
        raise InputError(
            f"{label} is a {type(part).__name__} of neo; give its signals, a list with one of each trial, such as "
            "[segment.analogsignals[0] for segment in block.segments]."
        )
    if type(part).__name__ == "IrregularlySampledSignal":
        raise InputError(f"{label} has steps of unequal length; resample it to equal steps.")
    if hasattr(part, "t_stop") and getattr(part, "ndim", 0) == 1:
        raise InputError(_spike_times(label))
    dims = getattr(part, "dims", None)
    if isinstance(dims, tuple):  # xarray calls axes without a name dim_0, dim_1, ...
        return part.values, None if all(str(name).startswith("dim_") for name in dims) else dims
    if hasattr(part, "detach") and any(axis is not None for axis in getattr(part, "names", ())):
        return part, tuple(part.names)
    return part, None


def _spike_times(label: str) -> str:
    return f"{label} holds spike times; count them in bins first, such as with elephant's BinnedSpikeTrain."
