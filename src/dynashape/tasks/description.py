"""What a task is, in words and numbers, and one of its trials to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from dynashape.errors import SpecError, unknown_name
from dynashape.records import Array
from dynashape.seeds import stream
from dynashape.tasks.registry import TASKS, make_task
from dynashape.tasks.survey import Survey, survey_trials
from dynashape.tasks.task import Task, ideal_accuracy


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
        The names of its input channels and of its actions.
    phases : mapping of str to int
        The length of each phase in milliseconds.
    response_ms : tuple of int
        When the response is scored, in milliseconds from the start of the trial.
    ceiling : float or None
        The accuracy of an ideal observer of the same noisy inputs, where one is known.
    survey : Survey
        What its trials show.
    """

    task: str
    description: str
    inputs: tuple[str, ...]
    actions: tuple[str, ...]
    phases: Mapping[str, int]
    response_ms: tuple[int, int]
    ceiling: float | None
    survey: Survey


def describe_task(name: str) -> TaskDescription:
    """Describe one of the study's tasks.

    Parameters
    ----------
    name : str
        One of `TASKS`.

    Returns
    -------
    TaskDescription
        What the task is.

    Raises
    ------
    SpecError
        Where the name is not known.
    """
    if name not in TASKS:
        raise SpecError(unknown_name("task", name, TASKS))
    task = make_task(name)
    dt_ms, (start, stop) = task.timing.dt_ms, task.response_window
    return TaskDescription(
        task=task.name,
        description=task.description,
        inputs=tuple(task.input_names),
        actions=tuple(task.action_names),
        phases={phase: (last - first) * dt_ms for phase, (first, last) in task.phases.items()},
        response_ms=(start * dt_ms, stop * dt_ms),
        ceiling=ideal_accuracy(task, 4000, stream("ceiling", name)),
        survey=survey_trials(task),
    )


@dataclass(frozen=True)
class ExampleTrial:
    """One trial of a task, with what a drawing of it needs.

    Attributes
    ----------
    name, description : str
        The name of the task, and what it asks.
    inputs : array of shape (steps, channels)
        What the network receives, noise included.
    target : integer array of shape (steps,)
        The right action at each step.
    input_names, action_names : tuple of str
        The names of channels and actions.
    phases : mapping of str to (int, int)
        The first step of each phase, and the step after its last.
    response_window : tuple of int, optional
        The steps in which the response is scored.
    dt_ms : int
        The length of a step in milliseconds.
    """

    name: str
    inputs: Float[Array, "steps channels"]
    target: Int[Array, " steps"]
    phases: Mapping[str, tuple[int, int]]
    dt_ms: int
    input_names: tuple[str, ...] = ()
    action_names: tuple[str, ...] = ()
    response_window: tuple[int, int] | None = None
    description: str = ""


def example_trial(task: Task, rng: np.random.Generator) -> ExampleTrial:
    """Draw a trial of a task whose right response is an action, so that it shows what is asked.

    Parameters
    ----------
    task : Task
        The task.
    rng : numpy.random.Generator
        The stream from which the trial is drawn.

    Returns
    -------
    ExampleTrial
        The trial.
    """
    trials = task.sample(16, rng)
    asked = np.flatnonzero(trials.targets[:, -1] > 0)
    trial = int(asked[0]) if len(asked) else 0
    return ExampleTrial(
        name=task.name,
        inputs=trials.inputs[trial],
        target=trials.targets[trial],
        phases=task.phases,
        dt_ms=task.timing.dt_ms,
        input_names=tuple(task.input_names),
        action_names=tuple(task.action_names),
        response_window=task.response_window,
        description=task.description,
    )
