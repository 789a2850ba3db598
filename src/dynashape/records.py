"""Values that travel between rooms: trials, and the status of whatever was computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from jaxtyping import Float, Int, Shaped

if TYPE_CHECKING:  # the checker wants the type arguments, jaxtyping's run-time checks want the bare class
    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
else:
    Array = np.ndarray

PHASES: tuple[str, ...] = ("fixation", "stimulus", "delay", "decision")
CONDITIONS: tuple[str, ...] = ("untrained", "trained", "noise")


@dataclass(frozen=True, slots=True)
class Status:
    """How a computation went: a failure is a value, with what happened and what to do about it.

    >>> Status().ok
    True
    >>> str(Status("diverged", "activity of seed 3 is not finite from step 12; lower training.learning_rate"))
    'diverged: activity of seed 3 is not finite from step 12; lower training.learning_rate'
    """

    code: str = "ok"
    message: str = ""

    @property
    def ok(self) -> bool:
        """Whether the result beside this status can be used."""
        return self.code == "ok"

    def __str__(self) -> str:
        return self.code if not self.message else f"{self.code}: {self.message}"


OK = Status()


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
