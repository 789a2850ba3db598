"""Activity of one system, checked and laid out as one float64 table of steps.

Trials are kept end to end in one array, with their lengths beside it: whatever their lengths, a delay is then one
shifted slice of the table, and only the rows whose whole window lies within one trial are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int, Shaped

from dynashape.dissimilarity.activity.axes import Activity
from dynashape.dissimilarity.activity.checked import check_activity
from dynashape.errors import InputError
from dynashape.records import Array


@dataclass(frozen=True, eq=False)
class Recording:
    """The trials of one system end to end: `table` has a row a step; trial k is the next `lengths[k]` rows.

    `scale` is the power of two that the table was divided by, so that squares neither overflow nor vanish;
    `precision` is the rounding unit of the numbers as they came (float32 activity holds nothing below it).
    """

    table: Float[Array, "all_steps units"]
    lengths: Int[Array, " trials"]
    scale: float
    precision: float

    @property
    def n_units(self) -> int:
        """Number of units."""
        return int(self.table.shape[1])

    @property
    def n_trials(self) -> int:
        """Number of trials."""
        return len(self.lengths)

    @cached_property
    def starts(self) -> Int[Array, " trials"]:
        """The row at which each trial starts."""
        return np.cumsum(self.lengths) - self.lengths


def read_activity(activity: Activity, name: str = "activity", *, doubted: bool = True) -> Recording:
    """The activity of one system as a `Recording`, checked (see `check_activity`); the arrays are never written to.

    >>> read_activity([np.ones((3, 40, 8)), np.ones((25, 8))]).lengths.tolist()
    [40, 40, 40, 25]
    """
    return lay_out(*check_activity(activity, name, doubted=doubted))


def lay_out(trials: Sequence[Shaped[Array, "_ _ units"]], largest: float) -> Recording:
    """The trials of checked arrays end to end, one array after another; `largest` is their largest absolute value."""
    # A power of two: dividing by it loses nothing, so the scale of the activity cannot change the result. Of a power
    # within these bounds the reciprocal is one too, and what is left of larger and smaller values has finite squares.
    scale = float(np.exp2(np.clip(np.floor(np.log2(largest)), -1000, 1000))) if largest > 0 else 1.0
    lengths = np.concatenate([np.repeat(array.shape[1], len(array)) for array in trials])
    table = np.empty((int(lengths.sum()), trials[0].shape[2]))
    row = 0
    for array in trials:
        rows = table[row : row + len(array) * array.shape[1]]
        rows.reshape(array.shape)[:] = array
        rows *= 1.0 / scale
        row += len(rows)
    precision = max(float(np.finfo(a.dtype).eps) if a.dtype.kind == "f" else 0.0 for a in trials)
    precision = max(precision, float(np.finfo(np.float64).eps))
    return Recording(table, lengths.astype(np.int64), scale, precision)


def most_delays(n_steps: int, delay_interval: int) -> int:
    """How many delays fit into trials of this length, with one step left to predict.

    >>> most_delays(24, 1), most_delays(24, 5)
    (23, 5)
    """
    return (n_steps - 2) // delay_interval + 1


def check_delays(recording: Recording, n_delays: int, delay_interval: int, name: str = "activity") -> None:
    """An `InputError` unless every trial is long enough for one window and the step after it."""
    steps = int(recording.lengths.min())
    faults = []
    if delay_interval < 1:
        faults.append(f"delay_interval must be at least 1; got {delay_interval}")
    if steps < 2:
        faults.append(f"{name} needs trials of at least 2 steps, to have a step to predict; the shortest has {steps}")
    elif delay_interval >= 1:
        most = most_delays(steps, delay_interval)
        if not 1 <= n_delays <= most:
            shortest = "" if len(set(recording.lengths.tolist())) == 1 else " in the shortest trial"
            faults.append(
                f"n_delays must lie in 1..{most} (the {steps} steps of {name}{shortest}, at delay_interval "
                f"{delay_interval}, with one step left to predict); got {n_delays}"
            )
    if faults:
        raise InputError("; ".join(faults) + ".")
