"""Go/no-go: respond after one cue, keep still after the other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, final

import numpy as np
from jaxtyping import Float, Int, Shaped

from dynashape.records import PHASES, Array, Trials
from dynashape.tasks.timing import Timing
from dynashape.tasks.vectorised import VectorisedTask


@final
class GNG(VectorisedTask):
    """NeuroGym's GoNogo-v0, with a fixation phase (its default is 0 ms) as long as the other tasks'.

    The no-go or the go channel is on in the stimulus phase, the fixation cue until the decision; the environment adds
    no noise. After "no go" the right action in the response window is 0, to keep fixating. With the common noise of
    0.05 an ideal observer is always right.

    Conditions: `choice` (0 no go, 1 go) and `evidence` (-1, 1).

    Source: neurogym 2.3.1.

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
        """Go or no go, equally often."""
        return {"choice": rng.integers(0, 2, n_trials)}

    def add_signal(
        self, inputs: Float[Array, "trials steps channels"], conditions: Mapping[str, Shaped[Array, " trials"]]
    ) -> None:
        """Fixation cue until the decision, the cue's channel in the stimulus phase."""
        go = conditions["choice"] == 1
        start, stop = self.phases["stimulus"]
        inputs[:, : self.phases["decision"][0], 0] += 1
        inputs[:, start:stop, 1] += (~go).astype(np.float32)[:, None]
        inputs[:, start:stop, 2] += go.astype(np.float32)[:, None]

    @property
    def environment_parameters(self) -> dict[str, Any]:
        """GoNogo has none."""
        return {}

    def evidence(self, conditions: Mapping[str, Shaped[Array, " trials"]]) -> Float[Array, " trials"]:
        """1 for go, -1 for no go."""
        return np.where(conditions["choice"] == 1, 1.0, -1.0)

    def ideal_choices(self, trials: Trials) -> Int[Array, " trials"]:
        """The cue whose channel is stronger, summed over the stimulus phase (optimal in Gaussian noise)."""
        cue = trials.inputs[:, slice(*self.phases["stimulus"]), 1:3].sum(axis=1, dtype=np.float64)
        return np.where(cue[:, 1] > cue[:, 0], 1, 0)
