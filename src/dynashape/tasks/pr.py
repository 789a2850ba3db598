"""Probabilistic reasoning: shapes appear one by one, each a weight of evidence; report what their sum favours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import final

import numpy as np
from jaxtyping import Float, Int, Shaped

from dynashape.errors import SpecError
from dynashape.records import Array, Trials
from dynashape.tasks.timing import Timing
from dynashape.tasks.vectorised import VectorisedTask

SHAPE_WEIGHTS: tuple[float, ...] = (-10, -0.9, -0.7, -0.5, -0.3, 0.3, 0.5, 0.7, 0.9, 10)
"""The weights of the shapes of NeuroGym's environment."""


@final
class PR(VectorisedTask):
    """Probabilistic reasoning: report the side that the summed weights of four shapes favour.

    This is NeuroGym's ProbabilisticReasoning-v0. Each shape is shown from its quarter of the stimulus phase on.

    Parameters
    ----------
    timing : Timing, optional
        The time step and the lengths of the phases; by default 24 steps of 20 ms in each phase.
    input_noise : float, default 0.05
        The standard deviation of the Gaussian noise on every input channel at every step.
    shape_weights : sequence of float, default SHAPE_WEIGHTS
        The weight of evidence of each shape: the log10 odds that it adds for action 2.
    n_places : int, default 4
        The number of places, and so of the shapes in a trial.

    Raises
    ------
    SpecError
        For fewer than two weights or one place, or a stimulus phase whose steps do not divide by the number of places.

    Notes
    -----
    A shape is a one-hot vector of ten channels at one of four places, which are filled in random order. The fixation
    cue is on until the decision. The environment adds no noise of its own.

    The label is *drawn*: action 2 is right with probability ``p = 1 / (1 + 10**-evidence)``, else action 1. So even an
    observer who reads the shapes without error is right in only E[max(p, 1 - p)] = .915 of the trials.

    The conditions of a trial are ``choice``, ``place0``... and ``shape0``... (where the k-th shape appears, and which
    shape it is), and ``evidence``, the summed weights (log10 odds of action 2).

    References
    ----------
    Yang & Shadlen (2007), as in neurogym 2.3.1.

    Examples
    --------
    >>> PR().sample(5, np.random.default_rng(0)).inputs.shape
    (5, 96, 41)
    """

    name = "PR"
    label = "probabilistic reasoning"
    description = (
        "Four shapes appear one by one, each with a weight of evidence; report the side that their sum favours."
    )
    action_names = ("fixation", "choice1", "choice2")
    environment = "ProbabilisticReasoning-v0"
    # Log10 odds; beyond them a shape of weight 10 decides, and the answer is certain.
    evidence_edges = (-3.5, -2.5, -1.75, -1.25, -0.75, -0.25, 0.25, 0.75, 1.25, 1.75, 2.5, 3.5)

    def __init__(
        self,
        timing: Timing | None = None,
        input_noise: float = 0.05,
        *,
        shape_weights: Sequence[float | int] = SHAPE_WEIGHTS,
        n_places: int = 4,
    ) -> None:
        super().__init__(timing or Timing(), input_noise)
        if len(shape_weights) < 2:
            raise SpecError(f"shape_weights of task 'PR' must hold at least two weights; got {shape_weights}.")
        if n_places < 1:
            raise SpecError(f"n_places of task 'PR' must be at least 1; got {n_places}.")
        self.shape_weights = tuple(float(weight) for weight in shape_weights)
        self.n_places = int(n_places)
        self._appearances = self.timing.parts("stimulus", self.n_places, task=self.name)
        self.period_to_phase = {
            "fixation": "fixation",
            **{f"stimulus{k}": "stimulus" for k in range(self.n_places)},
            "delay": "delay",
            "decision": "decision",
        }
        self.input_names = (
            "fixation",
            *(f"loc{place}_shape{shape}" for place in range(self.n_places) for shape in range(self.n_shapes)),
        )

    @property
    def n_shapes(self) -> int:
        """The number of different shapes."""
        return len(self.shape_weights)

    def draw_conditions(self, n_trials: int, rng: np.random.Generator) -> dict[str, Shaped[Array, " trials"]]:
        """Draw the order of the places, a shape for each with replacement, and the label from their sum."""
        places = rng.random((n_trials, self.n_places)).argsort(axis=1)
        shapes = rng.integers(0, self.n_shapes, (n_trials, self.n_places))
        conditions: dict[str, Shaped[Array, " trials"]] = {}
        for k in range(self.n_places):
            conditions[f"place{k}"] = places[:, k]
            conditions[f"shape{k}"] = shapes[:, k]
        probability = 1 / (1 + 10 ** -self.evidence(conditions))
        conditions["choice"] = 1 + (rng.random(n_trials) < probability).astype(np.int64)
        return conditions

    def add_signal(
        self, inputs: Float[Array, "trials steps channels"], conditions: Mapping[str, Shaped[Array, " trials"]]
    ) -> None:
        inputs[:, : self.phases["decision"][0], 0] += 1
        stop = self.phases["stimulus"][1]
        trials = np.arange(inputs.shape[0])
        for k, (start, _) in enumerate(self._appearances):
            channel = 1 + conditions[f"place{k}"] * self.n_shapes + conditions[f"shape{k}"]
            # One channel a trial and no trial twice, so the unbuffered += of fancy indexing is safe.
            inputs[trials, start:stop, channel] += 1

    @property
    def environment_parameters(self) -> dict[str, object]:
        return {"shape_weight": list(self.shape_weights), "n_loc": self.n_places}

    def evidence(self, conditions: Mapping[str, Shaped[Array, " trials"]]) -> Float[Array, " trials"]:
        weights = np.array(self.shape_weights)
        return np.asarray(sum(weights[conditions[f"shape{k}"]] for k in range(self.n_places)), dtype=np.float64)

    def ideal_choices(self, trials: Trials) -> Int[Array, " trials"]:
        """Choose the side that the summed weights favour; each shape is read as the strongest channel of its place.

        The shapes are read in the last part of the stimulus phase, when all of them are on. At an input noise of 0.05
        none is ever misread, and then the rule is optimal; beyond about 0.4 misreadings begin to cost.
        """
        last = trials.inputs[:, slice(*self._appearances[-1]), 1:].sum(axis=1, dtype=np.float64)
        shapes = last.reshape(-1, self.n_places, self.n_shapes).argmax(axis=2)
        evidence = np.array(self.shape_weights)[shapes].sum(axis=1)
        return np.where(evidence > 0, 2, 1)
