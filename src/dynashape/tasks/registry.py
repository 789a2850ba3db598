"""Tasks by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dynashape.errors import SpecError, unknown_name
from dynashape.tasks.cdm import CDM
from dynashape.tasks.dc import DC
from dynashape.tasks.gng import GNG
from dynashape.tasks.pr import PR
from dynashape.tasks.task import Task
from dynashape.tasks.timing import Timing

_TASKS: dict[str, Callable[..., Task]] = {"CDM": CDM, "GNG": GNG, "DC": DC, "PR": PR}
TASKS: tuple[str, ...] = tuple(_TASKS)


def make_task(name: str, timing: Timing | None = None, input_noise: float = 0.05, **parameters: Any) -> Task:
    """The task of this name, with this timing, common input noise and its own parameters.

    >>> make_task("PR").n_inputs
    41
    """
    if name not in _TASKS:
        raise SpecError(unknown_name("task", name, TASKS))
    return _TASKS[name](timing or Timing(), input_noise, **parameters)
