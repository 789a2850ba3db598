"""The tasks that can be named in a study, as a table or as a drawing of one trial."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dynashape.errors import InputError, SpecError, unknown_name
from dynashape.figures import plot_task_structure, to_bytes
from dynashape.seeds import stream
from dynashape.store import write_atomic
from dynashape.study.samples import sample_of
from dynashape.tasks import TASKS, Timing, ideal_accuracy, list_environments, make_task

_FORMATS = ("png", "svg", "pdf")


def describe_tasks() -> list[dict[str, Any]]:
    """One row a task: name, inputs, actions, what it asks, and the accuracy of an ideal observer of its inputs."""
    return [describe_task(name) for name in TASKS]


def describe_task(name: str) -> dict[str, Any]:
    """What one task is; SpecError where it is not known."""
    task = make_task(_known(name), timing=Timing())
    return {
        "task": task.name,
        "description": task.description,
        "inputs": list(task.input_names),
        "actions": list(task.action_names),
        "phases": {phase: (stop - start) * task.timing.dt_ms for phase, (start, stop) in task.phases.items()},
        "response_ms": [step * task.timing.dt_ms for step in task.response_window],
        "ceiling": ideal_accuracy(task, 4000, stream("ceiling", name)),
    }


def plot_task(name: str, path: Path, seed: int = 0) -> None:
    """Draw one sampled trial of a task (inputs, target, phases) into a PNG, SVG or PDF file."""
    kind = path.suffix.removeprefix(".").lower()
    if kind not in _FORMATS:
        raise InputError(f"--plot draws .{', .'.join(_FORMATS)}; got {path.name!r}.")
    task = make_task(_known(name), timing=Timing())
    figure = plot_task_structure([sample_of(task, stream("trial to draw", name, seed))])
    write_atomic(path, to_bytes(figure, kind))


def environments() -> list[dict[str, Any]]:
    """Every environment of the installed NeuroGym, with its periods, sizes and whether it can be aligned."""
    return [dict(row) if isinstance(row, dict) else row.__dict__ for row in list_environments()]


def _known(name: str) -> str:
    if name not in TASKS:
        raise SpecError(unknown_name("task", name, TASKS))
    return name
