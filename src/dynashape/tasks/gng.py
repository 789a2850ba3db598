"""Go/no-go: respond after one cue, keep still after the other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import final

import numpy as np
from jaxtyping import Float, Int, Shaped

from dynashape.records import PHASES, Array, Trials
from dynashape.tasks.timing import Timing
from dynashape.tasks.vectorised import VectorisedTask


@final
class GNG(VectorisedTask):
    """Go/no-go: respond after one cue, keep still after the other.

    This is NeuroGym's GoNogo-v0 with a fixation phase as long as that of the other tasks (its default is 0 ms).

    Parameters
    ----------
    timing : Timing, optional
        The time step and the lengths of the phases; by default 24 steps of 20 ms in each phase.
    input_noise : float, default 0.05
        The standard deviation of the Gaussian noise on every input channel at every step.

    Notes
    -----
    The no-go or the go channel is on in the stimulus phase, the fixation cue until the decision. The environment adds
    no noise of its own. After "no go" the right action in the response window is 0, to keep fixating. With an input
    noise of 0.05 the ideal observer is always right.

    The conditions of a trial are ``choice`` (0 no go, 1 go) and ``evidence`` (-1 or 1).

    References
    ----------
    The environment of neurogym 2.3.1.

    Examples
    --------
    >>> GNG().sample(5, np.random.default_rng(0)).inputs.shape
    (5, 96, 3)
    """

    name = "GNG"
    label = "go/no-go"
    description = "Respond after the go cue, keep fixating after the no-go cue."
    input_names = ("fixation", "nogo", "go")
    action_names = ("fixation", "go")
    environment = "GoNogo-v0"
    period_to_phase = MappingProxyType({phase: phase for phase in PHASES})

    def __init__(self, timing: Timing | None = None, input_noise: float = 0.05) -> None:
        super().__init__(timing or Timing(), input_noise)

    def draw_conditions(self, n_trials: int, rng: np.random.Generator) -> dict[str, Shaped[Array, " trials"]]:
        """Draw go or no go, equally often."""
        return {"choice": rng.integers(0, 2, n_trials)}

    def add_signal(
        self, inputs: Float[Array, "trials steps channels"], conditions: Mapping[str, Shaped[Array, " trials"]]
    ) -> None:
        go = conditions["choice"] == 1
        start, stop = self.phases["stimulus"]
        inputs[:, : self.phases["decision"][0], 0] += 1
        inputs[:, start:stop, 1] += (~go).astype(np.float32)[:, None]
        inputs[:, start:stop, 2] += go.astype(np.float32)[:, None]

    @property
    def environment_parameters(self) -> dict[str, object]:
        return {}

    def evidence(self, conditions: Mapping[str, Shaped[Array, " trials"]]) -> Float[Array, " trials"]:
        return np.where(conditions["choice"] == 1, 1.0, -1.0)

    def ideal_choices(self, trials: Trials) -> Int[Array, " trials"]:
        """Choose the cue whose channel is stronger, summed over the stimulus phase (optimal in Gaussian noise)."""
        cue = trials.inputs[:, slice(*self.phases["stimulus"]), 1:3].sum(axis=1, dtype=np.float64)
        return np.where(cue[:, 1] > cue[:, 0], 1, 0)
