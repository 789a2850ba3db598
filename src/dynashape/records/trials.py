"""A batch of trials of one task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jaxtyping import Float, Int, Shaped

from dynashape.records.arrays import Array


@dataclass(frozen=True)
class Trials:
    """A batch of trials of one task.

    `inputs` is what the network receives, noise included. `targets` is the right action at each step; action 0 is
    "keep fixating". `conditions` holds one value a trial for each thing the experimenter chose (coherence, context,
    evidence, ...), and always `choice`, the right action in the response window.
    """

    inputs: Float[Array, "trials steps channels"]
    targets: Int[Array, "trials steps"]
    conditions: Mapping[str, Shaped[Array, " trials"]] = field(default_factory=dict)

    @property
    def n_trials(self) -> int:
        """Number of trials."""
        return int(self.inputs.shape[0])

    @property
    def n_steps(self) -> int:
        """Number of time steps in a trial."""
        return int(self.inputs.shape[1])
