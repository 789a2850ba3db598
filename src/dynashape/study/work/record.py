"""Run every network of a group on fresh trials, before and after training, and on random input."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, TypeVar

import numpy as np

from dynashape.records import CONDITIONS, Condition, RecordedActivity, System
from dynashape.seeds import stream
from dynashape.steps import Reader, Step
from dynashape.study.ask.parts import ActivitySpec
from dynashape.study.work.train import Train, weights_at
from dynashape.tasks import drive
from dynashape.training import record_activity

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class SnapshotStep(Step[T]):
    """A step of the final networks, where `update` is None, or of the networks as they were after that update."""

    @property
    def update(self) -> int | None:
        """The update after which the weights are looked at, that of the last input; None for the final ones."""
        last = [step for step in self.inputs if isinstance(step, SnapshotStep)][-1:]
        return last[0].update if last else None

    @property
    @abstractmethod
    def what(self) -> str:
        """What is worked on, whatever the update."""

    @property
    def name(self) -> str:
        return self.what if self.update is None else f"{self.what} at update {self.update}"

    @property
    def stage(self) -> str:
        return self.title if self.update is None else f"along learning: {self.title}"


@dataclass(frozen=True, eq=False)
class Record(SnapshotStep[dict[System, RecordedActivity]]):
    """The activity of a group of networks; with `update`, of the trained networks as they were then.

    Each network sees its own trials, the same ones before and after training and at every update: conditions are
    paired, while networks share no noise and so count as independent.
    """

    title: ClassVar[str] = "recording activity"

    train: Train
    activity: ActivitySpec
    update: int | None = None

    @property
    def what(self) -> str:
        return self.train.name

    @property
    def kept(self) -> bool:
        return self.update is None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All, or along learning all but one: untrained networks are the same at every update."""
        return CONDITIONS if self.update is None else (Condition.TRAINED, Condition.NOISE)

    def system(self, seed: int, condition: Condition, phase: str = "") -> System:
        """The labels of one system of this group."""
        train = self.train
        return System.under(
            condition, train.architecture, train.task.name, seed, noise=self.activity.noise, phase=phase
        )

    def run(self, read: Reader) -> dict[System, RecordedActivity]:
        networks = read(self.train)
        task, cell, wish = self.train.build_task(), self.train.build_cell(), self.activity
        architecture, seeds = self.train.architecture, self.train.seeds
        trials = [task.sample(wish.n_trials, stream("activity", architecture, task.name, seed)) for seed in seeds]
        inputs = np.stack([sampled.inputs for sampled in trials])
        noise = np.stack(
            [
                drive(wish.noise, given, stream("noise", architecture, task.name, seed), sd=wish.noise_sd)
                for seed, given in zip(seeds, inputs, strict=True)
            ]
        )
        recorded: dict[System, RecordedActivity] = {}
        for condition in self.conditions:
            untrained = condition is Condition.UNTRAINED
            weights = [network.initial if untrained else weights_at(network, self.update) for network in networks]
            activity, statuses = record_activity(cell, weights, noise if condition is Condition.NOISE else inputs)
            for seed, sampled, values, status in zip(seeds, trials, activity, statuses, strict=True):
                choices = np.asarray(sampled.conditions["choice"])
                recorded[self.system(seed, condition)] = RecordedActivity(values, choices, status)
        return recorded

    def read_phases(self, read: Reader, phases: tuple[str, ...]) -> Iterator[tuple[System, RecordedActivity]]:
        """What was recorded of each system in each of these phases of the trials."""
        for system, recorded in read(self).items():
            for phase in phases:
                span = slice(*self.train.timing.phases[phase])
                yield replace(system, phase=phase), replace(recorded, activity=recorded.activity[:, span])
