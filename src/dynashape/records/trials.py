"""A batch of trials of one task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jaxtyping import Float, Int, Shaped

from dynashape.records.arrays import Array
from dynashape.records.status import Status


@dataclass(frozen=True)
class Trials:
    """A batch of trials of one task.

    Attributes
    ----------
    inputs : array of shape (trials, steps, channels)
        What the network receives, noise included.
    targets : integer array of shape (trials, steps)
        The right action at each step; action 0 keeps fixating.
    conditions : mapping of str to array, each of shape (trials,)
        One value a trial for each thing that the experimenter chose (coherence, context, evidence, ...), and always
        ``choice``, the right action in the response window.
    """

    inputs: Float[Array, "trials steps channels"]
    targets: Int[Array, "trials steps"]
    conditions: Mapping[str, Shaped[Array, " trials"]] = field(default_factory=dict)

    @property
    def n_trials(self) -> int:
        """The number of trials."""
        return int(self.inputs.shape[0])

    @property
    def n_steps(self) -> int:
        """The number of time steps in a trial."""
        return int(self.inputs.shape[1])


@dataclass(frozen=True)
class RecordedActivity:
    """The activity of one system over whole trials, the right choice in each, and how recording went."""

    activity: Float[Array, "trials steps units"]
    choices: Int[Array, " trials"]
    status: Status
