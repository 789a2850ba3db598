"""What every task gives: trials with their conditions and targets, and an ideal observer of the same noisy inputs."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from jaxtyping import Int

from dynashape.errors import InputError, SpecError
from dynashape.records import Array, Trials
from dynashape.tasks.timing import Timing

_TRIALS_AT_ONCE = 1000


class Task(ABC):
    """A task in four phases (fixation, stimulus, delay, decision); the base of every task, never used by itself.

    `input_noise` is the standard deviation of Gaussian noise on every input channel at every step, the same in every
    task, on top of what the task's own NeuroGym environment adds. Without it the inputs of GNG and PR would be exact
    copies within a condition, and activity in their fixation phase one point.

    A subclass sets `name`, `label` (its name in words), `description` (one sentence), `input_names` and `action_names`,
    and draws trials in `sample`.
    """

    name: str
    label: str
    description: str
    input_names: tuple[str, ...]
    action_names: tuple[str, ...]
    # Edges of the bins in which responses are averaged over `evidence`; empty where it takes few values.
    evidence_edges: tuple[float, ...] = ()
    # What stands for the ideal observer's accuracy where none is known.
    stated_ceiling: float = 1.0

    def __init__(self, timing: Timing, input_noise: float) -> None:
        if not (np.isfinite(input_noise) and input_noise >= 0):
            raise SpecError(f"input_noise of a task must be a standard deviation of at least 0; got {input_noise}.")
        self.timing = timing
        self.input_noise = float(input_noise)

    @property
    def n_inputs(self) -> int:
        """Number of input channels."""
        return len(self.input_names)

    @property
    def n_actions(self) -> int:
        """Number of actions; action 0 keeps fixating."""
        return len(self.action_names)

    @property
    def phases(self) -> dict[str, tuple[int, int]]:
        """First step and the step after the last of each phase."""
        return self.timing.phases

    @property
    def response_window(self) -> tuple[int, int]:
        """The steps (first, after the last) in which the response is scored: the decision phase, or a part of it."""
        return self.timing.phases["decision"]

    @abstractmethod
    def sample(self, n_trials: int, rng: np.random.Generator) -> Trials:
        """Draw trials: inputs in float32 with all noise, targets, and conditions, which always hold `choice`."""

    def sample_graded(self, n_trials: int, rng: np.random.Generator) -> Trials:
        """Trials whose evidence is spread over weak and strong, for psychometric curves; as `sample` by default."""
        return self.sample(n_trials, rng)

    def ideal_choices(self, trials: Trials) -> Int[Array, " trials"] | None:  # noqa: ARG002
        """The ideal observer's action in each trial, from the same noisy inputs; None where none is known."""
        return None

    def _targets(self, choice: Int[Array, " trials"]) -> Int[Array, "trials steps"]:
        """Fixate everywhere but in the response window, where `choice` is right."""
        targets = np.zeros((choice.shape[0], self.timing.n_steps), dtype=np.int64)
        start, stop = self.response_window
        targets[:, start:stop] = choice[:, None]
        return targets

    def _check_n_trials(self, n_trials: int) -> None:
        if n_trials < 1:
            raise InputError(f"n_trials of task {self.name!r} must be at least 1; got {n_trials}.")


def ideal_accuracy(task: Task, n_trials: int, rng: np.random.Generator) -> float | None:
    """Share of trials in which the ideal observer responds right: what no network can beat by more than chance.

    Not 1 where noise hides the answer (CDM, DC) or where the answer itself is drawn (PR), so a network is asked for a
    fraction of this. None where the task knows no ideal observer.

    >>> from dynashape.tasks.gng import GNG
    >>> ideal_accuracy(GNG(), 100, np.random.default_rng(0))
    1.0
    """
    if n_trials < 1:
        raise InputError(f"n_trials of ideal_accuracy must be at least 1; got {n_trials}.")
    n_right = 0
    # In parts: 20,000 trials of PR at once would take 300 MB.
    for first in range(0, n_trials, _TRIALS_AT_ONCE):
        trials = task.sample(min(_TRIALS_AT_ONCE, n_trials - first), rng)
        choices = task.ideal_choices(trials)
        if choices is None:
            return None
        n_right += int(np.sum(choices == trials.conditions["choice"]))
    return n_right / n_trials
