"""Activity of trained or untrained networks on given inputs."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float

from dynashape.errors import InputError
from dynashape.networks import Cell, Ensemble, Weights
from dynashape.records import Array, Status
from dynashape.training.activity_status import activity_status


def record_activity(
    cell: Cell, weights: Sequence[Weights], inputs: Float[Array, "networks trials steps channels"]
) -> tuple[Float[Array, "networks trials steps units"], list[Status]]:
    """Record the activity of each network on its own inputs.

    Parameters
    ----------
    cell : Cell
        The architecture of the networks.
    weights : sequence of Weights
        The weights of each network.
    inputs : array of shape (networks, trials, steps, channels)
        The inputs of each network.

    Returns
    -------
    activity : array of shape (networks, trials, steps, units)
        The activity, in float32.
    statuses : list of Status
        How each network went: ``diverged`` where its activity is not finite or is absurdly large, ``silent`` where it
        is zero on every step of every trial. One network does not affect the others.

    Raises
    ------
    InputError
        Where there is not one set of inputs for each network.

    Examples
    --------
    >>> import numpy as np
    >>> from dynashape.networks import make_cell
    >>> cell = make_cell("GRU")
    >>> weights = [cell.initialise(2, 8, 2, np.random.default_rng(0))]
    >>> activity, statuses = record_activity(cell, weights, np.ones((1, 3, 5, 2), dtype=np.float32))
    >>> activity.shape, statuses[0].ok
    ((1, 3, 5, 8), True)
    """
    if inputs.shape[0] != len(weights):
        raise InputError(
            f"inputs must hold one set of trials for each of {len(weights)} networks; got {inputs.shape[0]}."
        )
    with torch.no_grad():
        activity = Ensemble(cell, weights).run(torch.as_tensor(inputs))[0].numpy()
    return activity, [activity_status(one) for one in activity]
