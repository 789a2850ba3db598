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
    device: str = "cpu",
) -> tuple[Int[Array, "networks trials"], Float[Array, " networks"]]:
    """Each network's choice in each trial (all see the same), and the root mean square of its activity over them.

    A network whose logits are not finite chooses action 0; its activity then is not finite either, or absurdly large.

    >>> from dynashape.networks import make_cell
    >>> cell = make_cell("GRU")
    >>> weights = [cell.initialise(2, 8, 3, np.random.default_rng(0))]
    >>> chosen, size = respond(cell, weights, np.ones((4, 5, 2), dtype=np.float32), (3, 5))
    >>> chosen.shape, bool(size[0] > 0)
    ((1, 4), True)
    """
    ensemble = Ensemble(cell, weights, device=device)
    chosen, squares = [], np.zeros(len(weights))
    with torch.no_grad():
        # In parts, since the activity of all networks in thousands of trials would fill the memory.
        for start in range(0, len(inputs), _TRIALS_AT_ONCE):
            part = torch.as_tensor(inputs[start : start + _TRIALS_AT_ONCE])
            activity, logits = ensemble.run(part.expand(len(weights), *part.shape))
            chosen.append(choices(logits, window).cpu().numpy())
            squares += activity.double().square().sum(dim=(1, 2, 3)).cpu().numpy()
    n_values = len(inputs) * inputs.shape[1] * ensemble.n_units
    return np.concatenate(chosen, axis=1), np.sqrt(squares / n_values)
