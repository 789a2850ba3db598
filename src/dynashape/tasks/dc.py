"""Delayed comparison: which of two noisy stimuli, a delay apart, was the stronger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import final

import numpy as np
from jaxtyping import Float, Int, Shaped

from dynashape.errors import SpecError
from dynashape.records import Array, Trials
from dynashape.tasks.timing import Timing
from dynashape.tasks.vectorised import VectorisedTask

PAIRS: tuple[tuple[float, float], ...] = ((18, 10), (22, 14), (26, 18), (30, 22), (34, 26))
"""The pairs of strengths of NeuroGym's environment."""


@final
class DC(VectorisedTask):
    """Delayed comparison: report which of two noisy stimuli, a delay apart, was the stronger.

    This is NeuroGym's DelayComparison-v0 with its second stimulus in the first half of the decision phase.

    Parameters
    ----------
    timing : Timing, optional
        The time step and the lengths of the phases; by default 24 steps of 20 ms in each phase.
    input_noise : float, default 0.05
        The standard deviation of the Gaussian noise on every input channel at every step.
    pairs : sequence of pairs of float, default PAIRS
        The strengths that are compared, the greater one first in each pair.
    sigma : float, default 1.0
        The environment's own noise: Gaussian, of standard deviation ``sigma / sqrt(dt_ms)`` a step, on both channels
        while a stimulus is on.

    Raises
    ------
    SpecError
        For pairs that are not a greater and a lesser strength, a negative `sigma`, or a decision phase with an odd
        number of steps.

    Notes
    -----
    Stimulus 1 fills the stimulus phase, and the delay holds its memory. The first half of the decision phase shows
    stimulus 2; its second half is the response window. Strengths are scaled to 0.5..1. Action 1 says that the first
    stimulus was stronger, action 2 the second.

    With 24 and 12 steps of 20 ms, comparing the two means is right in .980 of the trials; an observer that also knew
    the ten possible pairs by heart would gain .001.

    The conditions of a trial are ``choice``, ``v1`` and ``v2`` (the strengths in order of appearance) and ``evidence``,
    v2 - v1.

    References
    ----------
    Barak et al. (2010), as in neurogym 2.3.1.

    Examples
    --------
    >>> DC().response_window
    (84, 96)
    """

    name = "DC"
    label = "delayed comparison"
    description = "Report which of two noisy stimuli, a delay apart, was the stronger."
    input_names = ("fixation", "stimulus")
    action_names = ("fixation", "first", "second")
    environment = "DelayComparison-v0"
    period_to_phase = MappingProxyType(
        {
            "fixation": "fixation",
            "stimulus1": "stimulus",
            "delay": "delay",
            "stimulus2": "decision",
            "decision": "decision",
        }
    )

    def __init__(
        self,
        timing: Timing | None = None,
        input_noise: float = 0.05,
        *,
        pairs: Sequence[Sequence[float | int]] = PAIRS,
        sigma: float | int = 1.0,
    ) -> None:
        super().__init__(timing or Timing(), input_noise)
        if not len(pairs) or any(len(pair) != 2 or pair[0] <= pair[1] for pair in pairs):
            raise SpecError(f"pairs of task 'DC' must be pairs of strengths, the greater first; got {pairs}.")
        if sigma < 0:
            raise SpecError(f"sigma of task 'DC' must be at least 0; got {sigma}.")
        self.pairs = tuple((float(greater), float(lesser)) for greater, lesser in pairs)
        self.sigma = float(sigma)
        self._stimulus2, self._response = self.timing.parts("decision", 2, task=self.name)

    @property
    def response_window(self) -> tuple[int, int]:
        """The second half of the decision phase: in the first half the second stimulus is still shown."""
        return self._response

    def draw_conditions(self, n_trials: int, rng: np.random.Generator) -> dict[str, Shaped[Array, " trials"]]:
        """Draw a pair and its order, each uniformly."""
        choice = rng.integers(1, 3, n_trials)
        greater, lesser = np.array(self.pairs)[rng.integers(0, len(self.pairs), n_trials)].T
        return {
            "choice": choice,
            "v1": np.where(choice == 1, greater, lesser),
            "v2": np.where(choice == 1, lesser, greater),
        }

    def add_signal(
        self, inputs: Float[Array, "trials steps channels"], conditions: Mapping[str, Shaped[Array, " trials"]]
    ) -> None:
        inputs[:, : self._response[0], 0] += 1
        inputs[:, slice(*self.phases["stimulus"]), 1] += self._shown(conditions["v1"])[:, None]
        inputs[:, slice(*self._stimulus2), 1] += self._shown(conditions["v2"])[:, None]

    def environment_noise_sd(self) -> Float[Array, "steps channels"]:
        sd = super().environment_noise_sd()
        for steps in (self.phases["stimulus"], self._stimulus2):
            sd[slice(*steps)] = self.sigma / np.sqrt(self.timing.dt_ms)
        return sd

    @property
    def environment_parameters(self) -> dict[str, object]:
        return {"vpairs": list(self.pairs), "sigma": self.sigma}

    def sample_graded(self, n_trials: int, rng: np.random.Generator) -> Trials:
        """Draw pairs with their own means, and an eighth, a quarter, a half or all of their difference.

        NeuroGym's pairs all differ alike, which shows nothing of how choices follow the difference.
        """
        self._check_n_trials(n_trials)
        conditions = self.draw_conditions(n_trials, rng)
        v1, v2 = conditions["v1"], conditions["v2"]
        less = (v1 - v2) / 2 * (1 - np.array([0.125, 0.25, 0.5, 1.0])[rng.integers(0, 4, n_trials)])
        return self.trials_of({**conditions, "v1": v1 - less, "v2": v2 + less}, rng)

    def evidence(self, conditions: Mapping[str, Shaped[Array, " trials"]]) -> Float[Array, " trials"]:
        return np.asarray(conditions["v2"] - conditions["v1"], dtype=np.float64)

    def ideal_choices(self, trials: Trials) -> Int[Array, " trials"]:
        """Choose the stimulus with the greater mean over the steps in which it is shown."""
        first = trials.inputs[:, slice(*self.phases["stimulus"]), 1].mean(axis=1, dtype=np.float64)
        second = trials.inputs[:, slice(*self._stimulus2), 1].mean(axis=1, dtype=np.float64)
        return np.where(second > first, 2, 1)

    def _shown(self, strength: Float[Array, " trials"]) -> Float[Array, " trials"]:
        low, high = np.min(self.pairs), np.max(self.pairs)
        return np.asarray((1 + (strength - low) / (high - low)) / 2, dtype=np.float32)
