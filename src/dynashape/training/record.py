"""Activity of trained or untrained networks on given inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float

from dynashape.errors import InputError
from dynashape.networks import Cell, Ensemble, Weights
from dynashape.records import OK, Array, Code, Status

LARGEST_ACTIVITY = 1e2
"""Root mean square above which activity counts as diverged: trained networks here have about one."""


def record_activity(
    cell: Cell,
    weights: Sequence[Weights],
    inputs: Float[Array, "networks trials steps channels"],
    device: str = "cpu",
) -> tuple[Float[Array, "networks trials steps units"], list[Status]]:
    """Activity of each network on its own inputs, float32, and how each went.

    A network whose activity is not finite or is absurdly large has the status `diverged`, one that is silent on every
    step and trial the status `silent`. The others are untouched by it.

    >>> from dynashape.networks import make_cell
    >>> cell = make_cell("GRU")
    >>> weights = [cell.initialise(2, 8, 2, np.random.default_rng(0))]
    >>> activity, statuses = record_activity(cell, weights, np.ones((1, 3, 5, 2), dtype=np.float32))
    >>> activity.shape, statuses[0].code
    ((1, 3, 5, 8), 'ok')
    """
    if inputs.shape[0] != len(weights):
        raise InputError(
            f"inputs must hold one set of trials for each of {len(weights)} networks; got {inputs.shape[0]}."
        )
    with torch.no_grad():
        activity = Ensemble(cell, weights, device=device).run(torch.as_tensor(inputs))[0].cpu().numpy()
    return activity, [activity_status(one) for one in activity]


def activity_status(activity: Float[Array, "trials steps units"]) -> Status:
    """Whether activity is finite, of sane size and not silent.

    >>> activity_status(np.full((1, 2, 3), np.inf)).code
    'diverged'
    """
    if not np.isfinite(activity).all():
        step = int(np.flatnonzero(~np.isfinite(activity).all(axis=(0, 2)))[0])
        return Status(
            Code.DIVERGED,
            f"activity is not finite from step {step} on; raise training.activity_penalty",
        )
    size = float(np.sqrt(np.mean(np.square(activity, dtype=np.float64))))
    if size > LARGEST_ACTIVITY:
        return Status(
            Code.DIVERGED,
            f"activity has root mean square {size:.3g} ; raise training.activity_penalty",
        )
    if size == 0:
        return Status(Code.SILENT, "no unit is ever active; lower training.learning_rate or use another seed")
    return OK
