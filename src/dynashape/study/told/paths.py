"""A network's path through its principal components, for the figure of what is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jaxtyping import Float, Int

from dynashape.figures.samples import project
from dynashape.records import CONDITIONS, TASK_PAIR_ORDER, Array, Status, task_pair
from dynashape.steps import Reader
from dynashape.study.work.plan import Plan


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
        groups = {step.train.task.name: step for step in plan.records if step.train.architecture == architecture}
        if not all(read.has(groups[task]) for task in tasks):
            continue
        recorded = {
            (task, str(condition)): recording
            for task in tasks
            for condition in CONDITIONS
            for recording in [read(groups[task])[groups[task].system(spec.seeds[0], condition)]]
        }
        usable = {key: recording for key, recording in recorded.items() if recording.status.ok}
        if usable:
            projected = {key: project(recording.activity) for key, recording in usable.items()}
            paths = {key: projected.get(key, recording.status) for key, recording in recorded.items()}
            return Paths(architecture, tasks, paths, {key: recording.choices for key, recording in usable.items()})
    return None
