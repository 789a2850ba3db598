"""The times that an axis of steps carries: steps follow each other at equal intervals, or the axis is no such axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from dynashape.errors import InputError

# Of the usual interval: clocks are not quite even, and a missing step is a whole one.
_SHORTEST, _LONGEST = 0.5, 1.5


def check_times(times: Any, label: str, sort: str) -> None:
    """InputError where times are out of order, or have a gap; what is no time (text, tuples) tells nothing.

    `sort` is what brings them into order.
    """
    values = np.asarray(times)
    if values.dtype.kind not in "fiumM" or values.ndim != 1 or len(values) < 2:
        return
    steps = np.diff(values.astype(np.int64) if values.dtype.kind in "umM" else values).astype(np.float64)
    if not (steps > 0).all():
        at = int(np.argmin(steps > 0))
        raise InputError(
            f"the times of {label} must increase from step to step; got {values[at]} and then {values[at + 1]}; "
            f"bring them into order, {sort}."
        )
    usual = float(np.median(steps))
    odd = (steps < _SHORTEST * usual) | (steps > _LONGEST * usual)
    if odd.any():
        at = int(np.argmax(odd))
        raise InputError(
            f"the times of {label} must be equally far apart; got {values[at]} and then {values[at + 1]}, where other "
            "steps are half or twice as long; give stretches without gaps as a list of trials, or interpolate to "
            "equal steps."
        )
