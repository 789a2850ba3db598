"""The trials of one system as a list: from arrays whose axes come in any order, or that are filled up to one length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Shaped

from dynashape.arguments import read_arguments, real_number
from dynashape.dissimilarity.activity.axes import Activity, read_axes
from dynashape.dissimilarity.activity.checked import check_arrays
from dynashape.dissimilarity.activity.forms import open_activity
from dynashape.records import Array


def _axes(_: str, given: object) -> tuple[str, ...] | None:
    return None if given is None else read_axes(given)


def _padding(name: str, given: object) -> float | None:
    return None if given is None else real_number(name, given, finite=False)


@read_arguments(axes=_axes, pad=_padding)
def read_trials(
    activity: Activity, axes: str | Sequence[str] | None = None, pad: float | None = None, name: str = "activity"
) -> list[Shaped[Array, "_ _"]]:
    """Read the trials of one system, in the form that every function takes.

    Parameters
    ----------
    activity : array, or list of arrays
        The activity of one system. Besides arrays: tensors of torch; labelled arrays of xarray, with dimensions that
        are named as trials, time and units; data frames of steps by units; Epochs of mne; signals of neo; cell arrays
        of MATLAB.
    axes : str or sequence of str, optional
        The names of the axes in their order, such as ``"trial unit time"``: they are brought into the order trials,
        steps, units. Several axes of trials, as in ``"condition trial time unit"``, become one. Without it axes are
        taken as they come, or by the names that they have.
    pad : float, optional
        The value, such as NaN or 0, with which trials that ended early were filled up: steps at the end of a trial
        that hold it in all units are cut off. With NaN, so are masked steps.
    name : str, default "activity"
        What errors call the activity.

    Returns
    -------
    list of array of shape (steps, units)
        One array a trial, views of what was given where that is possible.

    Raises
    ------
    InputError
        Where it cannot be told which axis is which, where a trial holds nothing but padding, or where values are
        masked or not finite elsewhere than at the end of a trial.

    Examples
    --------
    >>> x = np.ones((2, 5, 3))
    >>> x[1, 3:] = np.nan
    >>> [len(trial) for trial in read_trials(x, pad=np.nan)]
    [5, 3]
    >>> read_trials(np.zeros((30, 2, 8)), axes="unit trial time")[0].shape
    (8, 30)
    """
    if pad is not None and np.isnan(pad):
        activity = _without_mask(activity)
    arrays, faults = open_activity(activity, name, None if axes is None else read_axes(axes))
    trials: list[tuple[str, Array]] = []
    for label, array in arrays:
        if array.ndim != 3:
            trials.append((label, array))
        else:
            trials += [(f"trial {k} of {label}", trial) for k, trial in enumerate(array)]
    if pad is not None:
        trials = [(label, _cut(trial, pad)) for label, trial in trials]
        empty = [label for label, trial in trials if not trial.size]
        if empty:
            n_more = f" and {len(empty) - 3} more" if len(empty) > 3 else ""
            faults.append(f"nothing but padding is in {', '.join(empty[:3])}{n_more}; leave such trials out")
            trials = [(label, trial) for label, trial in trials if trial.size]
    checked, _ = check_arrays(trials, faults, name)
    return [trial for array in checked for trial in array]


def _cut(trial: Array, pad: float) -> Array:
    """The trial without the steps at its end that hold `pad` in all units."""
    if trial.ndim != 2:
        return trial
    filled = np.asarray(np.all(np.isnan(trial) if np.isnan(pad) else trial == pad, axis=1))
    return trial[: len(trial) - int(np.argmin(filled[::-1]))] if not filled.all() else trial[:0]


def _without_mask(activity: Any) -> Any:
    """NaN in place of what is masked."""
    if isinstance(activity, list | tuple):
        return [_without_mask(part) for part in activity]
    if isinstance(activity, np.ma.MaskedArray):
        kept = activity.data if activity.dtype.kind == "f" else activity.data.astype(np.float64)
        return np.where(activity.mask, np.nan, kept)
    return activity
