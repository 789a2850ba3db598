"""Held-out trials on which every network of a task is evaluated, and what an evaluation finds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dynashape.networks import Ensemble
from dynashape.networks.ensemble import with_ones
from dynashape.records import Code, Status
from dynashape.tasks import Task
from dynashape.training.activity_status import CALM_DOWN, LARGEST_ACTIVITY, size_status
from dynashape.training.loss import cross_entropy
from dynashape.training.score import ceiling, score
from dynashape.training.trained import CurvePoint

_TRIALS_AT_ONCE = 64


@dataclass(frozen=True)
class Evaluation:
    """How one network does its task on held-out trials."""

    loss: float
    accuracy: float
    fixation: float
    ceiling: float
    activity: float
    status: Status

    def at(self, updates: int) -> CurvePoint:
        """Return the numbers as a point of the training curve."""
        return CurvePoint(updates, self.loss, self.accuracy, self.fixation, self.ceiling, self.activity)

    def passes(self, fraction: float, fixation: float) -> bool:
        """Whether accuracy is this fraction of the ceiling and fixation this share of steps."""
        return self.accuracy >= fraction * self.ceiling and self.fixation >= fixation


class HeldOutTrials:
    """The same trials for every network of a task, so that accuracies and the ceiling can be compared."""

    def __init__(self, task: Task, n_trials: int, rng: np.random.Generator) -> None:
        self.window = task.response_window
        self.trials = task.sample(n_trials, rng)
        self.ceiling = ceiling(task, self.trials)
        inputs = torch.as_tensor(self.trials.inputs)
        self.inputs = [with_ones(part[None]) for part in torch.split(inputs, _TRIALS_AT_ONCE)]
        self.targets = torch.as_tensor(self.trials.targets).T[None]

    def evaluate(
        self, ensemble: Ensemble, weights: Float[Tensor, " steps"], largest: float = LARGEST_ACTIVITY
    ) -> list[Evaluation]:
        """Evaluate each network of the ensemble; one with activity above `largest` counts as diverged."""
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
            Evaluation(
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
    status = size_status(size, largest)
    if status.ok and not math.isfinite(loss):
        return Status(Code.DIVERGED, f"the loss on held-out trials is {loss:g}; {CALM_DOWN}")
    if status.ok and dead:
        return Status(
            Code.DEAD,
            "no unit is active at the end of any evaluation trial, so no gradient can revive the network; lower "
            "training.learning_rate or use another seed",
        )
    return status
