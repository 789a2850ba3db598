"""What every task gives: trials with their conditions and targets and, where one is known, an ideal observer."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod

import numpy as np
from jaxtyping import Int

from dynashape.errors import InputError, SpecError
from dynashape.records import Array, Trials
from dynashape.tasks.timing import Timing

_TRIALS_AT_ONCE = 1000


class Task(ABC):
    """A task in four phases: fixation, stimulus, delay and decision. The base of every task.

    A subclass sets the attributes below that have no default, and draws trials in `sample`.

    Parameters
    ----------
    timing : Timing
        The time step and the lengths of the phases.
    input_noise : float
        The standard deviation of Gaussian noise on every input channel at every step, the same in every task, on top of
        what the task's own NeuroGym environment adds. Without it the inputs of GNG and PR would be exact copies within
        a condition, and activity in their fixation phase one point.

    Attributes
    ----------
    name : str
        The short name, such as ``"CDM"``.
    label : str
        The name in words.
    description : str
        What the task asks, in one sentence.
    input_names, action_names : tuple of str
        A name for each input channel and each action; action 0 keeps fixating.
    evidence_edges : tuple of float, default ()
        The edges of the bins in which responses are averaged over ``evidence``; empty where it takes few values.
    stated_ceiling : float, default 1.0
        The accuracy that can be reached, where no ideal observer is known: networks are asked for a fraction of it.

    Raises
    ------
    SpecError
        For an input noise that is negative or not finite.
    """

    name: str
    label: str
    description: str
    input_names: tuple[str, ...]
    action_names: tuple[str, ...]
    evidence_edges: tuple[float, ...] = ()
    stated_ceiling: float = 1.0

    def __init__(self, timing: Timing, input_noise: float) -> None:
        if not (np.isfinite(input_noise) and input_noise >= 0):
            raise SpecError(f"input_noise of a task must be a standard deviation of at least 0; got {input_noise}.")
        self.timing = timing
        self.input_noise = float(input_noise)

    @property
    def n_inputs(self) -> int:
        """The number of input channels."""
        return len(self.input_names)

    @property
    def n_actions(self) -> int:
        """The number of actions."""
        return len(self.action_names)

    @property
    def phases(self) -> dict[str, tuple[int, int]]:
        """The first step of each phase, and the step after its last."""
        return self.timing.phases

    @property
    def response_window(self) -> tuple[int, int]:
        """The first step of the window in which the response is scored, and the step after its last.

        It is the decision phase, or a part of it.
        """
        return self.timing.phases["decision"]

    @abstractmethod
    def sample(self, n_trials: int, rng: np.random.Generator) -> Trials:
        """Draw trials.

        Parameters
        ----------
        n_trials : int
            Number of trials.
        rng : numpy.random.Generator
            The stream from which everything is drawn.

        Returns
        -------
        Trials
            The inputs, in float32 and with all noise, the targets, and the conditions, which always hold ``choice``.
        """

    def sample_graded(self, n_trials: int, rng: np.random.Generator) -> Trials:
        """Draw trials whose evidence is spread over weak and strong, for psychometric curves.

        By default these are the trials of `sample`, which has the same parameters.
        """
        return self.sample(n_trials, rng)

    def sample_noise_free(self, n_trials: int, rng: np.random.Generator) -> Trials:
        """Draw trials without noise, as far as it can be taken away.

        By default this leaves out `input_noise` alone; override it in a task that adds noise of its own, so that a
        survey can tell what the inputs show. It has the parameters of `sample`.
        """
        quiet = copy.copy(self)
        quiet.input_noise = 0.0
        return quiet.sample(n_trials, rng)

    def ideal_choices(self, trials: Trials) -> Int[Array, " trials"] | None:  # noqa: ARG002
        """Choose as the ideal observer would, from the same noisy inputs as the network.

        Parameters
        ----------
        trials : Trials
            Trials of this task.

        Returns
        -------
        integer array of shape (trials,), or None
            The action in each trial; None where no ideal observer is known.
        """
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
    """Estimate how often the ideal observer of a task is right, which no network can beat by more than chance.

    It is not 1 where noise hides the answer (CDM, DC) or where the answer itself is drawn (PR), so a network is asked
    for a fraction of it.

    Parameters
    ----------
    task : Task
        The task.
    n_trials : int
        Number of trials that are drawn.
    rng : numpy.random.Generator
        The stream from which they are drawn.

    Returns
    -------
    float or None
        The share of trials with the right response; None where the task knows no ideal observer.

    Raises
    ------
    InputError
        For fewer than one trial.

    Examples
    --------
    >>> from dynashape.tasks.gng import GNG
    >>> ideal_accuracy(GNG(), 100, np.random.default_rng(0))
    1.0
    """
    if n_trials < 1:
        raise InputError(f"n_trials of ideal_accuracy must be at least 1; got {n_trials}.")
    n_right = 0
    # In parts, since many trials of PR at once would fill the memory.
    for first in range(0, n_trials, _TRIALS_AT_ONCE):
        trials = task.sample(min(_TRIALS_AT_ONCE, n_trials - first), rng)
        choices = task.ideal_choices(trials)
        if choices is None:
            return None
        n_right += int(np.sum(choices == trials.conditions["choice"]))
    return n_right / n_trials
