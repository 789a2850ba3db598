"""Examine each task by what its trials show, and each network by its choices on fresh trials of graded evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Int

from dynashape.networks import Cell, Weights
from dynashape.records import Array, Trials
from dynashape.seeds import stream
from dynashape.steps import Reader, Step
from dynashape.study.ask.parts import TaskSpec
from dynashape.study.work.train import Train
from dynashape.tasks import Survey, Task, Timing, survey_trials
from dynashape.training import respond
from dynashape.training.examined import Examined, Sizes
from dynashape.training.psychometric import psychometric


@dataclass(frozen=True, eq=False)
class SurveyTask(Step[Survey]):
    """What the trials of one task show. Kept, so that a report needs neither NeuroGym nor a module of one's own."""

    title: ClassVar[str] = "surveying tasks"

    task: TaskSpec
    timing: Timing

    @property
    def name(self) -> str:
        return self.task.name

    def run(self, read: Reader) -> Survey:
        del read
        return survey_trials(self.task.build(self.timing, input_noise=0.0))


@dataclass(frozen=True, eq=False)
class Examine(Step[tuple[Examined, ...]]):
    """What each network of a group does in the same trials, whatever its architecture."""

    title: ClassVar[str] = "examining networks"

    train: Train
    n_trials: int

    @property
    def name(self) -> str:
        return self.train.name

    def run(self, read: Reader) -> tuple[Examined, ...]:
        networks = read(self.train)
        task, cell = self.train.build_task(), self.train.build_cell()
        trials = task.sample_graded(self.n_trials, stream("graded trials", task.name))
        _, before = _respond(cell, [network.initial for network in networks], task, trials)
        chosen, after = _respond(cell, [network.final for network in networks], task, trials)
        return tuple(
            Examined(network.seed, after[k], before[k], tuple(psychometric(task, trials, chosen[k])))
            for k, network in enumerate(networks)
        )


def _respond(
    cell: Cell, weights: list[Weights], task: Task, trials: Trials
) -> tuple[Int[Array, "networks trials"], list[Sizes]]:
    chosen, activity = respond(cell, weights, trials.inputs, task.response_window)
    norms = (np.linalg.norm(network["recurrent"]) for network in weights)
    finite = ((_finite(float(norm)), _finite(float(size))) for norm, size in zip(norms, activity, strict=True))
    return chosen, [Sizes(*sizes) for sizes in finite]


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
