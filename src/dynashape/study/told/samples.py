"""Samples for the figures: one trial of a task, and a network's path through its principal components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from dynashape.records import CONDITIONS, TASK_PAIR_ORDER, Array, Status, task_pair
from dynashape.steps import Reader
from dynashape.study.work.plan import Plan
from dynashape.tasks import ExampleTrial


def project(activity: Float[Array, "trials steps units"], n_components: int = 2) -> Float[Array, "trials steps k"]:
    """Activity in its own first principal components (over trials and steps), largest first.

    >>> project(np.zeros((2, 3, 4))).shape
    (2, 3, 2)
    """
    flat = activity.reshape(-1, activity.shape[-1]).astype(np.float64)
    flat = flat - flat.mean(axis=0)
    _, _, axes = np.linalg.svd(flat, full_matrices=False)
    projected: Array = (flat @ axes[:n_components].T).reshape(*activity.shape[:2], -1)
    return projected


def tabulate_samples(samples: Sequence[ExampleTrial]) -> pd.DataFrame:
    """What figure 1 draws, one row a task, time and channel; the target (number of the right action) is a channel."""
    parts = []
    for sample in samples:
        names = [*sample.input_names, "target"]
        values = np.column_stack([sample.inputs, sample.target])
        times = np.arange(len(values)) * sample.dt_ms
        part = pd.DataFrame(values.round(4), columns=names).assign(time_ms=times)
        parts.append(part.melt("time_ms", var_name="channel", value_name="value").assign(task=sample.name))
    return pd.concat(parts, ignore_index=True)[["task", "time_ms", "channel", "value"]]


@dataclass(frozen=True)
class Paths:
    """Projected activity (or why there is none) and right choices of a network a task and condition, for figure 2."""

    architecture: str
    tasks: tuple[str, str]
    paths: Mapping[tuple[str, str], Float[Array, "trials steps 2"] | Status]
    choices: Mapping[tuple[str, str], Int[Array, " trials"]]


def find_paths(plan: Plan, read: Reader) -> Paths | None:
    """Activity of the first seed in the first pair of tasks, of the first architecture whose activity is recorded."""
    spec = plan.spec
    # The pair that the published figure shows, where the study has it.
    tasks = next((pair for pair in spec.task_pairs if task_pair(*pair) == TASK_PAIR_ORDER[0]), spec.task_pairs[0])
    for architecture in spec.architectures:
        own = {step.train.task.name: step for step in plan.records if step.train.architecture == architecture}
        if not all(read.has(own[task]) for task in tasks):
            continue
        paths: dict[tuple[str, str], Array | Status] = {}
        choices: dict[tuple[str, str], Array] = {}
        for task in tasks:
            recordings = read(own[task])
            for condition in CONDITIONS:
                recording = recordings[own[task].system(spec.seeds[0], condition)]
                paths[task, str(condition)] = project(recording.activity) if recording.status.ok else recording.status
                if recording.status.ok:
                    choices[task, str(condition)] = recording.choices
        if choices:
            return Paths(architecture, tasks, paths, choices)
    return None


def tabulate_paths(found: Paths) -> pd.DataFrame:
    """The mean path of each right choice in figure 2, one row a task, condition, choice and step.

    >>> paths, choices = {("CDM", "trained"): np.arange(8.0).reshape(2, 2, 2)}, {("CDM", "trained"): np.array([1, 1])}
    >>> table = tabulate_paths(Paths("GRU", ("CDM", "PR"), paths, choices))
    >>> table[["choice", "step", "component_1", "component_2"]].to_numpy().tolist()
    [[1.0, 0.0, 2.0, 3.0], [1.0, 1.0, 4.0, 5.0]]
    """
    parts = []
    for (task, condition), path in found.paths.items():
        if isinstance(path, Status):
            continue
        own = found.choices[task, condition]
        for choice in np.unique(own).tolist():
            mean = path[own == choice].mean(axis=0).round(4)
            names = {"task": task, "condition": condition, "choice": choice, "step": np.arange(len(mean))}
            parts.append(pd.DataFrame({**names, "component_1": mean[:, 0], "component_2": mean[:, 1]}))
    return pd.concat(parts, ignore_index=True)
