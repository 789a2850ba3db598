"""A task whose batches are drawn from a pool of trials, for environments that are slow to sample.

Sampling ahead in a thread would be worse than waiting: NeuroGym holds Python's lock while it draws, and the network's
many small operations would queue for that lock.
"""

from __future__ import annotations

import copy
from typing import final

import numpy as np
from jaxtyping import Int

from dynashape.errors import InputError
from dynashape.records import Array, Trials
from dynashape.tasks.neurogym_task import NeurogymTask
from dynashape.tasks.noise import gaussian_noise
from dynashape.tasks.task import Task


@final
class PooledTask(Task):
    """A task that draws batches of up to `largest_batch` trials from a pool of `n_pool`, and larger ones afresh.

    The pool holds trials as the environment gives them; the common input noise is drawn anew for every batch. A batch
    follows from the generator given to `sample` alone, as for every task.

    >>> task = NeurogymTask("DelayMatchSample-v0", period_to_phase={
    ...     "fixation": "fixation", "sample": "stimulus", "delay": "delay", "test": "decision", "decision": "decision"})
    >>> pooled = PooledTask(task, 64, 8, np.random.default_rng(0))
    >>> pooled.sample(8, np.random.default_rng(1)).n_trials, pooled.name
    (8, 'DelayMatchSample-v0')
    """

    def __init__(self, task: NeurogymTask, n_pool: int, largest_batch: int, rng: np.random.Generator) -> None:
        super().__init__(task.timing, task.input_noise)
        if n_pool < largest_batch:
            raise InputError(f"n_pool must be at least largest_batch ({largest_batch}); got {n_pool}.")
        self.name, self.label, self.description = task.name, task.label, task.description
        self.input_names, self.action_names = task.input_names, task.action_names
        self.evidence_edges, self.stated_ceiling = task.evidence_edges, task.stated_ceiling
        self.largest_batch = largest_batch
        self._task = task
        without_noise = copy.copy(task)  # the environment's own noise is a part of its trials
        without_noise.input_noise = 0.0
        self._pool = without_noise.sample(n_pool, rng)

    @property
    def response_window(self) -> tuple[int, int]:
        return self._task.response_window

    def sample(self, n_trials: int, rng: np.random.Generator) -> Trials:
        self._check_n_trials(n_trials)
        if n_trials > self.largest_batch:
            return self._task.sample(n_trials, rng)
        drawn = rng.integers(0, self._pool.n_trials, n_trials)
        inputs = self._pool.inputs[drawn]
        if self.input_noise:
            noise = gaussian_noise(inputs.shape, rng)
            noise *= np.float32(self.input_noise)
            inputs += noise
        conditions = {name: values[drawn] for name, values in self._pool.conditions.items()}
        return Trials(inputs, self._pool.targets[drawn], conditions)

    def sample_noise_free(self, n_trials: int, rng: np.random.Generator) -> Trials:
        return self._task.sample_noise_free(n_trials, rng)

    def ideal_choices(self, trials: Trials) -> Int[Array, " trials"] | None:
        return self._task.ideal_choices(trials)
