"""How networks learn: one frozen value, the same for every architecture and task, with a reason for each default."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from dynashape.errors import SpecError


@dataclass(frozen=True)
class Protocol:
    """The learning protocol.

    >>> Protocol(max_updates=100).max_updates
    100
    """

    learning_rate: float = 5e-3
    # Times the learning rate, for recurrent weights: Adam moves the n_units weights into a unit alike, so their sum,
    # which makes activity grow from step to step, would move n_units times as fast as a single weight.
    recurrent_rate: float = 0.2
    # Updates over which the rate rises: early Adam steps are as large as the rate whatever the gradient, and made LSTMs
    # explode.
    warm_up: int = 50
    # Constant up to here, then as 1 / sqrt(updates): late steps average over more trials.
    decay_after: int = 400
    batch_size: int = 64
    max_updates: int = 2000
    # Clipped per network: a ReLU network meets cliffs, and one network's must not slow the others.
    gradient_norm: float = 1.0
    # Fixating is easy and lasts longer; at equal weight it hides the response.
    weight_before_response: float = 0.2
    # Times the mean squared activity: bounds ReLU (the LSTM's memory above all); the same for all.
    activity_penalty: float = 1e-2
    # The squares forget in 100 updates, since a group trains for some hundreds.
    adam_decay: tuple[float, float] = (0.9, 0.99)
    evaluate_every: int = 25
    n_evaluation_trials: int = 512
    # Fresh trials for the reported accuracy: those that decided when to stop flatter.
    n_test_trials: int = 2048
    # Of the ideal observer's accuracy on the evaluation trials; above `criterion` by more than their noise.
    stop_fraction: float = 0.97
    # Share of steps outside the response window that must fixate before a network is done; above `fixation_criterion`.
    stop_fixation: float = 0.985
    # Evaluations in a row that must agree before a network is done.
    patience: int = 2
    # Fraction of the ideal observer's accuracy on the test trials that counts as reached.
    criterion: float = 0.95
    # Share of steps outside the response window.
    fixation_criterion: float = 0.98
    # Updates after which weights are kept.
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
        """Learning rate of an update, counted from 0.

        >>> Protocol(learning_rate=1.0, warm_up=10, decay_after=100).rate_at(399)
        0.5
        """
        rising = min(1.0, (update + 1) / max(self.warm_up, 1))
        falling = min(1.0, math.sqrt(max(self.decay_after, 1) / (update + 1)))
        return self.learning_rate * rising * falling

    @classmethod
    def knobs(cls) -> tuple[str, ...]:
        """The names of all fields.

        >>> "learning_rate" in Protocol.knobs()
        True
        """
        return tuple(field.name for field in fields(cls))
