"""Held-out trials on which every network of a task is examined, and what an examination finds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dynashape.networks import Ensemble, with_ones
from dynashape.records import OK, Code, Status
from dynashape.tasks import Task
from dynashape.training.descent import cross_entropy
from dynashape.training.record import LARGEST_ACTIVITY
from dynashape.training.score import ceiling, score

_TRIALS_AT_ONCE = 64


@dataclass(frozen=True)
class Result:
    """One network's examination."""

    loss: float
    accuracy: float
    fixation: float
    ceiling: float
    activity: float
    status: Status

    def row(self) -> dict[str, float]:
        """The numbers, for a training curve."""
        return {
            "loss": self.loss,
            "accuracy": self.accuracy,
            "fixation": self.fixation,
            "ceiling": self.ceiling,
            "activity": self.activity,
        }

    def passes(self, fraction: float, fixation: float) -> bool:
        """Whether accuracy is this fraction of the ceiling and fixation this share of steps."""
        return self.accuracy >= fraction * self.ceiling and self.fixation >= fixation


class Examination:
    """The same trials for every network of a task, so that accuracies and the ceiling can be compared."""

    def __init__(self, task: Task, n_trials: int, rng: np.random.Generator, device: str) -> None:
        self.window = task.response_window
        self.trials = task.sample(n_trials, rng)
        self.ceiling = ceiling(task, self.trials)
        inputs = torch.as_tensor(self.trials.inputs, device=device)
        self.inputs = [with_ones(part[None]) for part in torch.split(inputs, _TRIALS_AT_ONCE)]
        self.targets = torch.as_tensor(self.trials.targets, device=device).T[None]

    def examine(
        self, ensemble: Ensemble, weights: Float[Tensor, " steps"], largest: float = LARGEST_ACTIVITY
    ) -> list[Result]:
        """What each network of the ensemble makes of the trials; above `largest` activity counts as diverged."""
        n = ensemble.n_networks
        logits, squares, silent = [], [], []
        for part in self.inputs:
            logits.append(ensemble.forward(part.expand(n, *part.shape[1:])))
            activity = ensemble.activity
            squares.append(torch.stack([one.square().sum() for one in activity]))
            silent.append((activity[:, -1] == 0).all(dim=2).all(dim=1))
        everything = torch.cat(logits, dim=2)
        loss = cross_entropy(everything, self.targets.expand(n, *self.targets.shape[1:]), weights)
        accuracy, fixation = score(everything.transpose(1, 2), self.trials, self.window)
        size = (torch.stack(squares).sum(dim=0) / (everything[..., 0][0].numel() * ensemble.n_units)).sqrt()
        dead = torch.stack(silent).all(dim=0)
        return [
            Result(
                float(loss[i]),
                float(accuracy[i]),
                float(fixation[i]),
                self.ceiling,
                float(size[i]),
                _status(float(size[i]), float(loss[i]), bool(dead[i]), largest),
            )
            for i in range(n)
        ]


def _status(size: float, loss: float, dead: bool, largest: float) -> Status:
    if not (np.isfinite(size) and np.isfinite(loss)) or size > largest:
        return Status(
            Code.DIVERGED,
            f"activity has root mean square {size:.3g} on the evaluation trials; raise training.activity_penalty or "
            f"lower training.learning_rate",
        )
    if dead:
        return Status(
            Code.DEAD,
            "no unit is active at the end of any evaluation trial, so no gradient can revive the network; lower "
            "training.learning_rate or use another seed",
        )
    return OK
