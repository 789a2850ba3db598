"""The tasks that can be named in a study, as records or as a drawing of one trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dynashape.errors import InputError, SpecError, unknown_name
from dynashape.figures import plot_task_structure, to_bytes
from dynashape.seeds import stream
from dynashape.store import write_atomic
from dynashape.study.told.figure import FORMATS
from dynashape.study.told.samples import sample_of
from dynashape.tasks import TASKS, Timing, ideal_accuracy, make_task


@dataclass(frozen=True)
class TaskDescription:
    """What one task is.

    Attributes
    ----------
    task : str
        Its name.
    description : str
        What it asks, in a sentence.
    inputs, actions : tuple of str
        Names of its input channels and of its actions.
    phases : mapping of str to int
        The length of each phase in milliseconds.
    response_ms : tuple of int
        When the response is scored, in milliseconds from the start of the trial.
    ceiling : float
        The accuracy of an ideal observer of the same noisy inputs.
    """

    task: str
    description: str
    inputs: tuple[str, ...]
    actions: tuple[str, ...]
    phases: Mapping[str, int]
    response_ms: tuple[int, int]
    ceiling: float


def describe_tasks() -> list[TaskDescription]:
    """Describe each of the study's tasks.

    Returns
    -------
    list of TaskDescription
        One a task, in the order of the study.
    """
    return [describe_task(name) for name in TASKS]


def describe_task(name: str) -> TaskDescription:
    """Describe one task.

    Parameters
    ----------
    name : str
        The name of one of the study's tasks.

    Returns
    -------
    TaskDescription
        What the task is.

    Raises
    ------
    SpecError
        Where the name is not known.
    """
    task = make_task(_known(name), timing=Timing())
    dt_ms, (start, stop) = task.timing.dt_ms, task.response_window
    return TaskDescription(
        task=task.name,
        description=task.description,
        inputs=tuple(task.input_names),
        actions=tuple(task.action_names),
        phases={phase: (last - first) * dt_ms for phase, (first, last) in task.phases.items()},
        response_ms=(start * dt_ms, stop * dt_ms),
        ceiling=ideal_accuracy(task, 4000, stream("ceiling", name)),
    )


def plot_task(name: str, path: Path, seed: int = 0) -> None:
    """Draw one sampled trial of a task: inputs, target and phases.

    Parameters
    ----------
    name : str
        The name of one of the study's tasks.
    path : Path
        The file to write, ending in .png, .svg or .pdf.
    seed : int, default 0
        The seed of the trial.

    Raises
    ------
    SpecError
        Where the name is not known.
    InputError
        Where the file has another ending.
    """
    kind = path.suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        raise InputError(f"--plot draws .{', .'.join(FORMATS)}; got {path.name!r}.")
    task = make_task(_known(name), timing=Timing())
    figure = plot_task_structure([sample_of(task, stream("trial to draw", name, seed))])
    write_atomic(path, to_bytes(figure, kind))


def _known(name: str) -> str:
    if name not in TASKS:
        raise SpecError(unknown_name("task", name, TASKS))
    return name
