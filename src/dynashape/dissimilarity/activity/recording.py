"""Activity of one system as it comes from a user, checked once and laid out as one table of steps.

Trials are kept end to end in one array, with their lengths beside it: whatever their lengths, a delay is then one
shifted slice of the table, and only the rows whose whole window lies within one trial are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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

    `scale` is the power of two that the activity is divided by, so that squares neither overflow nor vanish;
    `precision` is the rounding unit of the numbers as they came (float32 activity holds nothing below it).

    The table is float64 and divided by the scale, and centred if that was asked for. In single precision it is as it
    came (see `lay_out`): `rows` is then what divides and centres it, and `means` holds what it takes off.
    """

    table: Float[Array, "all_steps units"]
    lengths: Int[Array, " trials"]
    scale: float
    precision: float
    means: Float[Array, " units"] | None = None

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

    def rows(self, chosen: slice | Int[Array, " chosen"]) -> Float[Array, "chosen units"]:
        """These rows of the table in float64, divided by the scale; not to be written to."""
        part = self.table[chosen]
        if part.dtype == np.float64:
            return part
        out = np.multiply(part, 1.0 / self.scale, dtype=np.float64)
        if self.means is not None:
            out -= self.means
        return out


def read_activity(activity: Activity, name: str = "activity", *, doubted: bool = True) -> Recording:
    """The activity of one system as a `Recording`, checked (see `check_activity`); the arrays are never written to.

    >>> read_activity([np.ones((3, 40, 8)), np.ones((25, 8))]).lengths.tolist()
    [40, 40, 40, 25]
    """
    return lay_out(*check_activity(activity, name, doubted=doubted))


COMPACT_FROM = 2**24
"""Single-precision activity of at least so many values is not copied into double precision (see `lay_out`)."""


def lay_out(
    trials: Sequence[Shaped[Array, "_ _ units"]], largest: float, centred: bool = False, compact: bool = False
) -> Recording:
    """The trials of checked arrays end to end, one array after another; `largest` is their largest absolute value.

    With `centred`, each unit's mean over all steps is taken off. With `compact`, long activity in single precision
    stays so, a single trial even where it lies, for callers that read it by `Recording.rows`.
    """
    # A power of two: dividing by it loses nothing, so the scale of the activity cannot change the result. Of a power
    # within these bounds the reciprocal is one too, and what is left of larger and smaller values has finite squares.
    scale = float(np.exp2(np.clip(np.floor(np.log2(largest)), -1000, 1000))) if largest > 0 else 1.0
    lengths = np.concatenate([np.repeat(array.shape[1], len(array)) for array in trials]).astype(np.int64)
    precision = max(float(np.finfo(a.dtype).eps) if a.dtype.kind == "f" else 0.0 for a in trials)
    precision = max(precision, float(np.finfo(np.float64).eps))
    shape = (int(lengths.sum()), trials[0].shape[2])
    as_it_came = compact and shape[0] * shape[1] >= COMPACT_FROM and all(a.dtype == np.float32 for a in trials)
    if as_it_came and len(lengths) == 1:
        table = trials[0][0]
    else:
        table = np.empty(shape, np.float32 if as_it_came else np.float64)
        row = 0
        for array in trials:
            rows = table[row : row + len(array) * array.shape[1]]
            rows.reshape(array.shape)[:] = array
            if not as_it_came:
                rows *= 1.0 / scale
            row += len(rows)
    recording = Recording(table, lengths, scale, precision)
    return _centre(recording) if centred else recording


def row_parts(n_rows: int, n_units: int) -> list[slice]:
    """The rows of a table in parts of about a million values."""
    n_at_once = max(256, 2**20 // n_units)
    return [slice(start, min(start + n_at_once, n_rows)) for start in range(0, n_rows, n_at_once)]


def _centre(recording: Recording) -> Recording:
    """The recording without the mean of each unit; what is left is as precise as what was taken off allows."""
    parts = row_parts(*recording.table.shape)
    # From one of them: the mean of many equal values is not that value, to the last digit.
    one = recording.rows(slice(0, 1))[0].copy()
    means = one + sum((recording.rows(part) - one).sum(axis=0) for part in parts) / len(recording.table)
    before = after = 0.0
    for part in parts:
        rows = recording.rows(part)
        before = max(before, float(np.abs(rows).max()))
        rows = np.subtract(rows, means, out=rows)
        after = max(after, float(np.abs(rows).max()))
    precision = recording.precision * before / after if after > 0.0 else 1.0
    return replace(recording, means=means, precision=min(1.0, max(recording.precision, precision)))


def most_delays(n_steps: int, delay_interval: int, steps_ahead: int = 1) -> int:
    """How many delays fit into trials of this length, with a step left to predict.

    >>> most_delays(24, 1), most_delays(24, 5), most_delays(24, 1, steps_ahead=3)
    (23, 5, 21)
    """
    return (n_steps - 1 - steps_ahead) // delay_interval + 1


def check_delays(
    recording: Recording, n_delays: int, delay_interval: int, name: str = "activity", steps_ahead: int = 1
) -> None:
    """An `InputError` unless every trial is long enough for one window and the step that it predicts."""
    steps = int(recording.lengths.min())
    faults = []
    if delay_interval < 1:
        faults.append(f"delay_interval must be at least 1; got {delay_interval}")
    if steps_ahead < 1:
        faults.append(f"steps_ahead must be at least 1; got {steps_ahead}")
    elif steps <= steps_ahead:
        faults.append(
            f"{name} needs trials of at least {steps_ahead + 1} steps, to have a step to predict; the shortest has "
            f"{steps}"
        )
    elif delay_interval >= 1:
        most = most_delays(steps, delay_interval, steps_ahead)
        if not 1 <= n_delays <= most:
            shortest = "" if len(set(recording.lengths.tolist())) == 1 else " in the shortest trial"
            left = "one step" if steps_ahead == 1 else f"{steps_ahead} steps"
            faults.append(
                f"n_delays must lie in 1..{most} (the {steps} steps of {name}{shortest}, at delay_interval "
                f"{delay_interval}, with {left} left to predict); got {n_delays}"
            )
    if faults:
        raise InputError("; ".join(faults) + ".")
