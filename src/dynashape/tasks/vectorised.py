"""Whole batches of trials in a few array operations, far faster than asking NeuroGym for one trial at a time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int, Shaped

from dynashape.records import Array, Trials
from dynashape.tasks.neurogym_task import NeurogymTask
from dynashape.tasks.noise import gaussian_noise
from dynashape.tasks.task import Task


class VectorisedTask(Task):
    """A task whose batches are drawn at once, equal to its NeuroGym environment; the base of CDM, GNG, DC and PR.

    A subclass draws what the experimenter chooses (`draw_conditions`) and writes what the network then sees
    (`add_signal`); noise, targets and the record are made here. It also names its NeuroGym environment and the
    map from that environment's periods to the phases, so that the two can be compared.
    """

    environment: str
    period_to_phase: Mapping[str, str]

    @abstractmethod
    def draw_conditions(self, n_trials: int, rng: np.random.Generator) -> dict[str, Shaped[Array, " trials"]]:
        """Draw one value a trial for everything that the experimenter chooses, `choice` among them."""

    @abstractmethod
    def add_signal(
        self, inputs: Float[Array, "trials steps channels"], conditions: Mapping[str, Shaped[Array, " trials"]]
    ) -> None:
        """Add the noise-free inputs of these conditions to `inputs`, in place (no second array of that size)."""

    @abstractmethod
    def evidence(self, conditions: Mapping[str, Shaped[Array, " trials"]]) -> Float[Array, " trials"]:
        """Give the signed evidence of each trial, in the task's own units; positive evidence is for the last action."""

    @property
    @abstractmethod
    def environment_parameters(self) -> dict[str, object]:
        """The task's own parameters, named as its NeuroGym environment names them."""

    def as_neurogym(self) -> NeurogymTask:
        """Make the same task as sampled through NeuroGym itself, trial by trial: the reference for this sampler."""
        return NeurogymTask(
            self.environment,
            self.timing,
            self.input_noise,
            period_to_phase=self.period_to_phase,
            **self.environment_parameters,
        )

    def environment_noise_sd(self) -> Float[Array, "steps channels"]:
        """Give the standard deviation of the noise that the NeuroGym environment itself adds; by default zero."""
        return np.zeros((self.timing.n_steps, self.n_inputs))

    @cached_property
    def _noise_sd(self) -> Float[Array, "steps channels"]:
        # Independent Gaussian noises add up to one, so the environment's and the common noise are drawn together.
        sd: Float[Array, "steps channels"] = np.hypot(self.environment_noise_sd(), self.input_noise).astype(np.float32)
        return sd

    def sample(self, n_trials: int, rng: np.random.Generator) -> Trials:
        self._check_n_trials(n_trials)
        return self.trials_of(self.draw_conditions(n_trials, rng), rng)

    def sample_noise_free(self, n_trials: int, rng: np.random.Generator) -> Trials:
        self._check_n_trials(n_trials)
        conditions = self.draw_conditions(n_trials, rng)
        return self._record(np.zeros(self._shape(n_trials), dtype=np.float32), conditions)

    def trials_of(self, conditions: Mapping[str, Shaped[Array, " trials"]], rng: np.random.Generator) -> Trials:
        """Make trials with these conditions (the keys of `draw_conditions`) and fresh noise."""
        shape = self._shape(len(conditions["choice"]))
        if self._noise_sd.any():
            inputs = gaussian_noise(shape, rng)
            inputs *= self._noise_sd
        else:
            inputs = np.zeros(shape, dtype=np.float32)
        return self._record(inputs, conditions)

    def _shape(self, n_trials: int) -> tuple[int, int, int]:
        return n_trials, self.timing.n_steps, self.n_inputs

    def _record(
        self, inputs: Float[Array, "trials steps channels"], conditions: Mapping[str, Shaped[Array, " trials"]]
    ) -> Trials:
        """Trials with the signal of these conditions added to `inputs`, in place."""
        choice: Int[Array, " trials"] = np.asarray(conditions["choice"], dtype=np.int64)
        self.add_signal(inputs, conditions)
        return Trials(inputs, self._targets(choice), {**conditions, "evidence": self.evidence(conditions)})
