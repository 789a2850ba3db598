"""Tasks by name: the study's four, a registered NeuroGym environment, or one's own class."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

from dynashape.errors import SpecError, unknown_name
from dynashape.tasks.cdm import CDM
from dynashape.tasks.dc import DC
from dynashape.tasks.environment_list import suggest_period_to_phase
from dynashape.tasks.gng import GNG
from dynashape.tasks.neurogym_environments import Source, environment_name, load_environment
from dynashape.tasks.neurogym_task import NeurogymTask
from dynashape.tasks.pr import PR
from dynashape.tasks.task import Task
from dynashape.tasks.timing import Timing

_TASKS: dict[str, Callable[..., Task]] = {"CDM": CDM, "GNG": GNG, "DC": DC, "PR": PR}
TASKS: tuple[str, ...] = tuple(_TASKS)
"""The four tasks of the published study."""


def make_task(
    name: Source,
    timing: Timing | None = None,
    input_noise: float = 0.05,
    *,
    period_to_phase: Mapping[str, str] | None = None,
    **parameters: Any,
) -> Task:
    """Make a task by its name.

    Parameters
    ----------
    name : str or type
        One of `TASKS`; the id of a registered NeuroGym environment (``"DelayMatchSample-v0"``), or an entry point
        (``"my_module:MyEnvironment"``) or class of such an environment, with `period_to_phase`; or an entry point or
        class of a subclass of `Task`, which is called with timing, input noise and parameters.
    timing : Timing, optional
        The time step and the lengths of the phases; by default 24 steps of 20 ms in each phase.
    input_noise : float, default 0.05
        The standard deviation of the Gaussian noise on every input channel at every step.
    period_to_phase : mapping of str to str, optional
        A phase for every period of an environment; see `NeurogymTask`.
    **parameters
        Further arguments of the task or environment.

    Returns
    -------
    Task
        The task.

    Raises
    ------
    SpecError
        For a name, a parameter or a map that does not fit; the message says what would.

    Examples
    --------
    >>> make_task("PR").n_inputs
    41
    """
    timing = timing or Timing()
    if isinstance(name, str) and name in _TASKS:
        return _make_own(name, _TASKS[name], timing, input_noise, period_to_phase, parameters)
    if isinstance(name, str) and ":" not in name and not re.search(r"-v\d+$", name):
        # Decided without importing neurogym: a misspelt "CDM" should not take seconds to be told.
        raise SpecError(
            f"{unknown_name('task', name, TASKS)} Ids of NeuroGym environments end in a version, such as "
            f"'DelayMatchSample-v0'; `dynashape tasks --all` lists them."
        )
    found = load_environment(name)
    if isinstance(found, type) and issubclass(found, Task):
        return _make_own(environment_name(name), found, timing, input_noise, period_to_phase, parameters)
    if period_to_phase is None:
        raise SpecError(
            f"task {environment_name(name)!r} must say which phase each of its periods belongs to; got no "
            f"period_to_phase. One that fits: {suggest_period_to_phase(name, parameters)}."
        )
    return NeurogymTask(name, timing, input_noise, period_to_phase=period_to_phase, **parameters)


def _make_own(
    name: str,
    make: Callable[..., Task],
    timing: Timing,
    input_noise: float,
    period_to_phase: Mapping[str, str] | None,
    parameters: Mapping[str, object],
) -> Task:
    if period_to_phase is not None:
        raise SpecError(f"task {name!r} has its phases already; leave period_to_phase out.")
    known = [key for key, kind in inspect.signature(make).parameters.items() if kind.kind is kind.KEYWORD_ONLY]
    for key in parameters:
        if key not in known:
            raise SpecError(unknown_name(f"parameter of task {name!r}:", key, known or ["none"]))
    try:
        return make(timing, input_noise, **parameters)
    except (TypeError, ValueError, IndexError) as error:
        if isinstance(error, SpecError):
            raise
        raise SpecError(f"task {name!r} cannot be made with {dict(parameters)}: {error}.") from error
