"""How networks learn: one frozen value, the same for every architecture and task."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dynashape.errors import SpecError


@dataclass(frozen=True)
class LearningProtocol:
    """How networks learn and when they are done; the same for every architecture and task.

    Parameters
    ----------
    learning_rate : float, default 5e-3
        The highest learning rate.
    recurrent_rate : float, default 0.2
        A factor of the learning rate for recurrent weights. Adam moves the n_units weights into a unit alike, so their
        sum, which makes activity grow from step to step, would move n_units times as fast as a single weight.
    warm_up : int, default 50
        Updates over which the rate rises: early steps of Adam are as large as the rate whatever the gradient, and made
        LSTMs explode.
    decay_after : int, default 400
        The rate is constant up to this update and falls as 1 / sqrt(updates) from there, so that late steps average
        over more trials.
    batch_size : int, default 64
        Trials in an update.
    max_updates : int, default 2000
        Updates after which training ends for every network.
    gradient_norm : float, default 1.0
        The gradient of each network is clipped to this norm. It is clipped for each network alone, since a ReLU network
        meets cliffs, and those of one network must not slow the others.
    weight_before_response : float, default 0.2
        Weight in the loss of a step outside the response window, where a step inside has weight one. Fixating is easy
        and lasts longer; at equal weight it hides the response.
    activity_penalty : float, default 1e-2
        This many times the mean squared activity is added to the loss: it bounds ReLU, the LSTM's memory above all.
    adam_decay : tuple of two float, default (0.9, 0.99)
        Decay of the two moments of Adam. The second moment forgets in 100 updates, since a group trains for hundreds.
    evaluate_every : int, default 25
        Updates from one evaluation to the next.
    n_evaluation_trials : int, default 512
        Held-out trials of an evaluation.
    n_test_trials : int, default 2048
        Trials of the reported accuracy. They are other trials, because those that decided when to stop flatter.
    stop_fraction : float, default 0.97
        A network is done at this fraction of the ceiling on the evaluation trials: the ideal observer's accuracy or,
        where none is known, the task's `stated_ceiling`. It lies above `criterion` by more than the noise of the
        evaluation.
    stop_fixation : float, default 0.985
        A network is done only where this share of the steps outside the response window fixates.
    patience : int, default 2
        Evaluations in a row that must agree before a network is done.
    criterion : float, default 0.95
        The fraction of the ceiling on the test trials that counts as reached.
    fixation_criterion : float, default 0.98
        The share of fixating steps outside the response window that counts as reached.
    snapshots : tuple of int, default ()
        Updates after which weights are kept.

    Raises
    ------
    SpecError
        For values that are out of range; the message lists all of them.

    Examples
    --------
    >>> LearningProtocol(max_updates=100).max_updates
    100
    """

    learning_rate: float = 5e-3
    recurrent_rate: float = 0.2
    warm_up: int = 50
    decay_after: int = 400
    batch_size: int = 64
    max_updates: int = 2000
    gradient_norm: float = 1.0
    weight_before_response: float = 0.2
    activity_penalty: float = 1e-2
    adam_decay: tuple[float, float] = (0.9, 0.99)
    evaluate_every: int = 25
    n_evaluation_trials: int = 512
    n_test_trials: int = 2048
    stop_fraction: float = 0.97
    stop_fixation: float = 0.985
    patience: int = 2
    criterion: float = 0.95
    fixation_criterion: float = 0.98
    snapshots: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        counts = ("batch_size", "max_updates", "evaluate_every", "n_evaluation_trials", "n_test_trials", "patience")
        fractions = ("stop_fraction", "stop_fixation", "criterion", "fixation_criterion")
        rules = [(name, getattr(self, name) >= 1, "be at least 1") for name in counts]
        rules += [
            (name, getattr(self, name) > 0, "be positive")
            for name in ("learning_rate", "recurrent_rate", "gradient_norm")
        ]
        rules += [(name, 0 < getattr(self, name) <= 1, "lie in (0, 1]") for name in fractions]
        rules += [
            (name, getattr(self, name) >= 0, "not be negative")
            for name in ("weight_before_response", "activity_penalty", "warm_up", "decay_after")
        ]
        rules.append(("adam_decay", all(0 <= decay < 1 for decay in self.adam_decay), "lie in [0, 1)"))
        faults = [f"{name} must {rule}, got {getattr(self, name)}" for name, holds, rule in rules if not holds]
        if faults:
            raise SpecError(f"the training protocol does not hold together: {'; '.join(faults)}.")

    def rate_at(self, update: int) -> float:
        """Compute the learning rate of an update.

        Parameters
        ----------
        update : int
            The number of the update, counted from 0.

        Returns
        -------
        float
            The learning rate.

        Examples
        --------
        >>> LearningProtocol(learning_rate=1.0, warm_up=10, decay_after=100).rate_at(399)
        0.5
        """
        rising = min(1.0, (update + 1) / max(self.warm_up, 1))
        falling = min(1.0, math.sqrt(max(self.decay_after, 1) / (update + 1)))
        return self.learning_rate * rising * falling


def log_spaced(last: int, n: int = 8) -> tuple[int, ...]:
    """About `n` numbers of updates from 1 to `last`, each as many times the one before.

    >>> log_spaced(2000)
    (1, 3, 9, 26, 77, 228, 675, 2000)
    """
    return tuple(sorted({round(last ** (k / (n - 1))) for k in range(n)}))
