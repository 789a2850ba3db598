"""Context-dependent decision-making: of two noisy modalities, report the one that the context cue names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import final

import numpy as np
from jaxtyping import Float, Int, Shaped

from dynashape.errors import SpecError
from dynashape.records import PHASES, Array, Trials
from dynashape.tasks.timing import Timing
from dynashape.tasks.vectorised import VectorisedTask


@final
class CDM(VectorisedTask):
    """Context-dependent decision-making: report the stronger place of the cued modality.

    This is NeuroGym's ContextDecisionMaking-v0 with the context shown and the fixation cue kept on until the decision.

    Parameters
    ----------
    timing : Timing, optional
        The time step and the lengths of the phases; by default 24 steps of 20 ms in each phase.
    input_noise : float, default 0.05
        The standard deviation of the Gaussian noise on every input channel at every step.
    coherences : sequence of float, default (5, 15, 50)
        The strengths of evidence that each modality can have.
    sigma : float, default 1.0
        The environment's own noise: Gaussian, of standard deviation ``sigma / sqrt(dt_ms)`` a step, on the four places
        in the stimulus phase.

    Raises
    ------
    SpecError
        For no or negative coherences, or a negative `sigma`.

    Notes
    -----
    In the stimulus phase each modality shows two places, at ``0.5 +- coherence / 200``. The context cue is on
    throughout. Actions 1 and 2 name the stronger place of the cued modality.

    The ideal observer cannot always be right: with 24 stimulus steps of 20 ms it reaches .78 at coherence 5, .99 at 15
    and 1 at 50, and .92 on average. At coherence 0, which NeuroGym does not use, the label would be a coin flip.

    The conditions of a trial are ``choice``, ``other_choice``, ``context`` (0 or 1), ``coh_1`` and ``coh_2``, as
    NeuroGym draws them, and ``evidence``, the coherence of the cued modality, positive for action 2.

    References
    ----------
    Mante et al. (2013), as in neurogym 2.3.1.

    Examples
    --------
    >>> CDM().sample(5, np.random.default_rng(0)).inputs.shape
    (5, 96, 7)
    """

    name = "CDM"
    label = "context-dependent decision-making"
    description = "Of two noisy modalities, report the stronger place of the one that the context cue names."
    input_names = ("fixation", "stim1_mod1", "stim2_mod1", "stim1_mod2", "stim2_mod2", "context1", "context2")
    action_names = ("fixation", "choice1", "choice2")
    environment = "dynashape.tasks.neurogym_environments:ContextDecisionMakingWithGoCue"
    period_to_phase = MappingProxyType({phase: phase for phase in PHASES})

    def __init__(
        self,
        timing: Timing | None = None,
        input_noise: float = 0.05,
        *,
        coherences: Sequence[float | int] = (5, 15, 50),
        sigma: float | int = 1.0,
    ) -> None:
        super().__init__(timing or Timing(), input_noise)
        if not len(coherences) or min(coherences) < 0:
            raise SpecError(f"coherences of task 'CDM' must be one or more numbers of at least 0; got {coherences}.")
        if sigma < 0:
            raise SpecError(f"sigma of task 'CDM' must be at least 0; got {sigma}.")
        self.coherences = tuple(float(coherence) for coherence in coherences)
        self.sigma = float(sigma)

    def draw_conditions(self, n_trials: int, rng: np.random.Generator) -> dict[str, Shaped[Array, " trials"]]:
        """Draw both choices, the context and both coherences, each uniformly over its values."""
        coherences = np.array(self.coherences)
        return {
            "choice": rng.integers(1, 3, n_trials),
            "other_choice": rng.integers(1, 3, n_trials),
            "context": rng.integers(0, 2, n_trials),
            "coh_1": coherences[rng.integers(0, len(coherences), n_trials)],
            "coh_2": coherences[rng.integers(0, len(coherences), n_trials)],
        }

    def add_signal(
        self, inputs: Float[Array, "trials steps channels"], conditions: Mapping[str, Shaped[Array, " trials"]]
    ) -> None:
        start, stop = self.phases["stimulus"]
        inputs[:, : self.phases["decision"][0], 0] += 1
        first = conditions["context"] == 0
        choice_1 = np.where(first, conditions["choice"], conditions["other_choice"])
        choice_2 = np.where(first, conditions["other_choice"], conditions["choice"])
        half_1 = np.where(choice_1 == 1, 1, -1) * conditions["coh_1"] / 200
        half_2 = np.where(choice_2 == 1, 1, -1) * conditions["coh_2"] / 200
        # Channel by channel: a broadcast over two or four channels is far slower.
        for channel, half in enumerate((half_1, -half_1, half_2, -half_2), start=1):
            inputs[:, start:stop, channel] += (0.5 + half).astype(np.float32)[:, None]
        inputs[:, :, 5] += first.astype(np.float32)[:, None]
        inputs[:, :, 6] += (~first).astype(np.float32)[:, None]

    def environment_noise_sd(self) -> Float[Array, "steps channels"]:
        sd = super().environment_noise_sd()
        sd[slice(*self.phases["stimulus"]), 1:5] = self.sigma / np.sqrt(self.timing.dt_ms)
        return sd

    @property
    def environment_parameters(self) -> dict[str, object]:
        return {"coherences": self.coherences, "sigma": self.sigma}

    def evidence(self, conditions: Mapping[str, Shaped[Array, " trials"]]) -> Float[Array, " trials"]:
        coherence = np.where(conditions["context"] == 0, conditions["coh_1"], conditions["coh_2"])
        return np.where(conditions["choice"] == 2, coherence, -coherence).astype(np.float64)

    def ideal_choices(self, trials: Trials) -> Int[Array, " trials"]:
        """Choose the stronger place, summed over the stimulus phase, of the modality whose context cue is stronger.

        This is optimal: the noise is alike in every step and place, and the likelihood ratio of the two choices rises
        with the difference of the sums at every coherence, so not knowing the coherence costs nothing.
        """
        context = trials.inputs[:, :, 5:7].sum(axis=1, dtype=np.float64)
        places = trials.inputs[:, slice(*self.phases["stimulus"]), 1:5].sum(axis=1, dtype=np.float64)
        cued = np.where((context[:, 0] > context[:, 1])[:, None], places[:, :2], places[:, 2:])
        return np.where(cued[:, 1] > cued[:, 0], 2, 1)
