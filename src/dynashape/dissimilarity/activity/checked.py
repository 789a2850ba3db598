"""Whether arrays can be the activity of one system: one error lists everything that is wrong, with the remedy."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from jaxtyping import Shaped

from dynashape.dissimilarity.activity.axes import Activity
from dynashape.dissimilarity.activity.forms import open_activity
from dynashape.dissimilarity.activity.zero_tails import zero_tails
from dynashape.errors import DoubtWarning, InputError
from dynashape.records import Array

# Of faults of one kind, such as one for each trial, the first so many are listed.
_LISTED = 3
_CUT = "give a list of trials cut to their length, which"


def check_activity(
    activity: Activity, name: str, *, doubted: bool = True
) -> tuple[list[Shaped[Array, "_ _ _"]], float]:
    """The arrays of one system as they came, each with an axis of trials, and the largest absolute value in them.

    One `InputError` lists everything that is wrong with them: forms and axes that cannot be told, numbers of units that
    differ, values that are masked, complex or no numbers, empty arrays, and how many values are not finite and where
    the first of them is. A `DoubtWarning` says where trials seem to be filled up with zeros, unless zeros
    are as good as other values (as in an input).
    """
    arrays, largest = check_arrays(*open_activity(activity, name), name)
    if doubted and (doubt := zero_tails(arrays, name)):
        # Where people called is as many floors up as their function has; the sentence names the activity instead.
        warnings.warn(doubt, DoubtWarning, stacklevel=3)
    return arrays, largest


def check_arrays(
    labelled: Sequence[tuple[str, Array]], faults: list[str], name: str
) -> tuple[list[Shaped[Array, "_ _ _"]], float]:
    """The same for arrays that are opened already, with what errors call each, and the faults of opening them."""
    wrong: list[str] = []
    largest = 0.0
    for label, array in labelled:
        fault = _wrong_form(array, label)
        if not fault:
            # A NaN or an infinity shows in the extremes, and those need no array of their own.
            extreme = max(abs(float(array.max())), abs(float(array.min())))
            fault = "" if np.isfinite(extreme) else _not_finite(array, label)
            largest = max(largest, extreme)
        if fault:
            wrong.append(fault)
    wrong = [*faults, *wrong]
    shaped = [(label, array) for label, array in labelled if array.ndim in (2, 3) and array.size]
    if len({array.shape[-1] for _, array in shaped}) > 1:
        wrong.append(_unequal_units(shaped, name))
    if wrong:
        raise InputError(_listed(wrong))
    return [array if array.ndim == 3 else array[None] for _, array in labelled], largest


def _listed(faults: Sequence[str]) -> str:
    """Faults in one sentence, each "what is wrong; got this; what to do": the last is said once, behind all of them."""
    wrong, remedies = [], []
    for fault in faults:
        first, *rest = fault.split("; ")
        n_said = int(bool(rest) and rest[0].startswith("got "))
        wrong.append("; ".join([first, *rest[:n_said]]))
        remedies += rest[n_said:]
    if len(wrong) > _LISTED + 1:
        wrong = [*wrong[:_LISTED], f"and so on, {len(wrong)} faults in all"]
    return "; ".join([*wrong, *dict.fromkeys(remedies)]) + "."


def _wrong_form(array: Shaped[Array, "*shape"], label: str) -> str:
    if array.size == 0:
        return f"{label} is empty: its shape is {array.shape}"
    if array.ndim in (2, 3):
        return ""
    wanted = f"{label} must be (steps, units) or (trials, steps, units); got shape {array.shape}"
    if array.ndim == 1:
        return f"{wanted}; of one unit give {label}[:, None]"
    if array.ndim > 3:
        return (
            f'{wanted}; pool axes of trials, dynashape.read_trials(x, axes="condition trial time unit"), or give '
            "systems apart, in a list"
        )
    return wanted


def _unequal_units(shaped: Sequence[tuple[str, Array]], name: str) -> str:
    counts = [f"{label} has {array.shape[-1]}" for label, array in shaped]
    listed = ", ".join(counts if len(counts) <= 8 else [*counts[:8], "..."])
    fault = f"all trials of {name} must have the same number of units ({listed})"
    if all(array.ndim == 2 for _, array in shaped) and len({len(array) for _, array in shaped}) == 1:
        fault += '; where they are (units, steps), give dynashape.read_trials(x, axes="unit time")'
    return fault


def _not_finite(array: Shaped[Array, "*shape"], label: str) -> str:
    bad = ~np.isfinite(array)
    n_bad = int(bad.sum())
    first = np.unravel_index(int(np.argmax(bad)), array.shape)
    where = ", ".join(
        f"{axis} {int(i)}" for axis, i in zip(("trial", "step", "unit")[-array.ndim :], first, strict=True)
    )
    values = "1 value that is" if n_bad == 1 else f"{n_bad} values that are"
    fault = f"{label} has {values} not finite, the first at {where}"
    steps = np.asarray(bad.all(axis=-1))
    ended = steps[..., -1]
    # Whole steps of NaN, after which no other follows: nothing comes back once a trial is over.
    if np.isnan(array).sum() == n_bad == steps.sum() * array.shape[-1] and (np.diff(steps.astype(int)) >= 0).all():
        n_ended = int(ended.sum())
        if steps.all(axis=-1).sum() == n_ended:
            return f"{fault}, all in whole trials; leave such trials out"
        ends = "the end of the trial" if array.ndim == 2 else f"the end of {n_ended} trial{'s' * (n_ended > 1)}"
        fault += f", all at {ends}; {_CUT} dynashape.read_trials(x, pad=np.nan) makes"
    return fault
