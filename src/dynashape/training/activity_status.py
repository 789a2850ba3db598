"""Whether activity is of sane size."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from dynashape.records import OK, Array, Code, Status

LARGEST_ACTIVITY = 1e2
"""Root mean square above which activity counts as diverged; that of trained networks is about one."""

CALM_DOWN = "raise training.activity_penalty or lower training.learning_rate"


def activity_status(activity: Float[Array, "trials steps units"]) -> Status:
    """Tell whether the activity of one network is finite, of sane size and not silent.

    >>> activity_status(np.full((1, 2, 3), np.inf)).code.value
    'diverged'
    """
    if not np.isfinite(activity).all():
        step = int(np.flatnonzero(~np.isfinite(activity).all(axis=(0, 2)))[0])
        return Status(Code.DIVERGED, f"activity is not finite from step {step} on; {CALM_DOWN}")
    size = float(np.sqrt(np.mean(np.square(activity, dtype=np.float64))))
    if size == 0:
        return Status(Code.SILENT, "no unit is ever active; lower training.learning_rate or use another seed")
    return size_status(size)


def size_status(size: float, largest: float = LARGEST_ACTIVITY) -> Status:
    """Tell whether activity of this root mean square is finite and at most `largest`.

    >>> str(size_status(1e3))
    'diverged: activity has root mean square 1e+03; raise training.activity_penalty or lower training.learning_rate'
    """
    if np.isfinite(size) and size <= largest:
        return OK
    return Status(Code.DIVERGED, f"activity has root mean square {size:.3g}; {CALM_DOWN}")
