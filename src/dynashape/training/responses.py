"""What networks choose in trials, and how large their activity is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int

from dynashape.networks import Cell, Ensemble, Weights
from dynashape.records import Array
from dynashape.training.score import choices

_TRIALS_AT_ONCE = 256


def respond(
    cell: Cell,
    weights: Sequence[Weights],
    inputs: Float[Array, "trials steps channels"],
    window: tuple[int, int],
) -> tuple[Int[Array, "networks trials"], Float[Array, " networks"]]:
    """Let networks choose in trials that all of them see.

    Parameters
    ----------
    cell : Cell
        The architecture of the networks.
    weights : sequence of Weights
        The weights of each network.
    inputs : array of shape (trials, steps, channels)
        The inputs, the same for every network.
    window : tuple of two int
        The first step of the response window, and the step after its last.

    Returns
    -------
    chosen : integer array of shape (networks, trials)
        The action with the largest mean logit in the window. A network whose logits are not finite chooses action 0;
        its activity then is not finite either, or absurdly large.
    size : array of shape (networks,)
        The root mean square of each network's activity over all trials, steps and units.

    Examples
    --------
    >>> from dynashape.networks import make_cell
    >>> cell = make_cell("GRU")
    >>> weights = [cell.initialise(2, 8, 3, np.random.default_rng(0))]
    >>> chosen, size = respond(cell, weights, np.ones((4, 5, 2), dtype=np.float32), (3, 5))
    >>> chosen.shape, bool(size[0] > 0)
    ((1, 4), True)
    """
    ensemble = Ensemble(cell, weights)
    chosen, squares = [], np.zeros(len(weights))
    with torch.no_grad():
        # In parts, since the activity of all networks in thousands of trials would fill the memory.
        for start in range(0, len(inputs), _TRIALS_AT_ONCE):
            part = torch.as_tensor(inputs[start : start + _TRIALS_AT_ONCE])
            activity, logits = ensemble.run(part.expand(len(weights), *part.shape))
            chosen.append(choices(logits, window).numpy())
            squares += activity.double().square().sum(dim=(1, 2, 3)).numpy()
    n_values = len(inputs) * inputs.shape[1] * ensemble.n_units
    return np.concatenate(chosen, axis=1), np.sqrt(squares / n_values)
