"""Which environments of the installed NeuroGym can be laid over the four phases, how, and why the others cannot."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from dynashape.errors import SpecError
from dynashape.records import PHASES
from dynashape.seeds import stream
from dynashape.tasks.cdm import CDM
from dynashape.tasks.dc import DC
from dynashape.tasks.gng import GNG
from dynashape.tasks.neurogym_environments import (
    Source,
    build_environment,
    draw_trial,
    environment_name,
    registered_environments,
    seed_environment,
)
from dynashape.tasks.neurogym_task import NeurogymTask, check_spaces, periods_of
from dynashape.tasks.pr import PR
from dynashape.tasks.survey import Survey, survey_trials
from dynashape.tasks.timing import Timing

_DT_MS = 20
_N_PROBES = 30


@dataclass(frozen=True)
class EnvironmentRow:
    """An environment of NeuroGym: its periods, its sizes, and whether it can be laid over the four phases.

    Attributes
    ----------
    id : str
        Its registered id.
    periods : tuple of str
        The periods of a trial, in order.
    n_inputs, n_actions : int or None
        Its sizes; None where it has no vector of inputs or no discrete actions.
    alignable : bool
        Whether its periods can be laid over the phases.
    reason : str
        Why they cannot; empty where they can.
    period_to_phase : mapping of str to str, or None
        A map that was tried and works; others may work as well. None where no map was found.
    survey : Survey or None
        What its trials show under this map; None where there is no map.
    own_task : str
        The task of dynashape that is made of this environment; empty where there is none.
    own_survey : Survey or None
        What the trials of that task show.
    """

    id: str
    periods: tuple[str, ...]
    n_inputs: int | None
    n_actions: int | None
    alignable: bool
    reason: str
    period_to_phase: Mapping[str, str] | None
    survey: Survey | None = None
    own_task: str = ""
    own_survey: Survey | None = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What to know before it is used, each a sentence without its full stop."""
        said = list(self.survey.remarks) if self.survey else []
        if self.survey and self.own_survey:
            # What a survey of the own task finds and one of the environment does not.
            more = [
                what
                for what, here, there in (
                    ("a go cue", self.survey.go_inputs, self.own_survey.go_inputs),
                    ("the context shown", self.survey.context_inputs, self.own_survey.context_inputs),
                    ("an ideal observer", self.survey.ideal_observer, self.own_survey.ideal_observer),
                )
                if there and not here
            ]
            said.append(f"dynashape's own task {self.own_task!r} is this one with {', '.join(more)}")
        return tuple(said)


def list_environments() -> list[EnvironmentRow]:
    """List every environment that the installed NeuroGym registers.

    Returns
    -------
    list of EnvironmentRow
        One row for each environment, collections included, sorted by id. An environment that cannot be built is a row
        with the reason, not an error. What NeuroGym itself leaves unregistered (its ``contrib``, Detection-v0) is not
        listed.
    """
    with warnings.catch_warnings():
        # Gymnasium warns about the way in which NeuroGym's own collections reach through their wrappers.
        warnings.simplefilter("ignore")
        return [describe_environment(source) for source in registered_environments()]


def describe_environment(source: Source) -> EnvironmentRow:
    """Describe one environment, registered or your own.

    Parameters
    ----------
    source : str or type
        A registered id, an entry point ``"module:Class"`` or a class.

    Returns
    -------
    EnvironmentRow
        Its periods and sizes, and whether it can be laid over the four phases.
    """
    name = environment_name(source)
    periods: tuple[str, ...] = ()
    n_inputs = n_actions = None
    try:
        env = build_environment(source, _DT_MS)
        shape = env.observation_space.shape
        n_inputs = int(shape[0]) if shape and len(shape) == 1 else None
        n_actions = int(env.action_space.n) if hasattr(env.action_space, "n") else None
        check_spaces(name, env)
        periods = periods_of(name, env)
        period_to_phase = _suggest(name, env, periods)
        task = NeurogymTask(source, _roomy_timing(period_to_phase), period_to_phase=period_to_phase)
        survey = survey_trials(task)
    except SpecError as error:
        reason = str(error).removeprefix(f"environment {name!r} ")
        return EnvironmentRow(name, periods, n_inputs, n_actions, False, reason, None)
    except Exception as error:  # noqa: BLE001  foreign code: whatever it raises is the reason of its row
        return EnvironmentRow(name, periods, n_inputs, n_actions, False, f"{type(error).__name__}: {error}", None)
    own = next((kind for kind, built in _own_environments() if isinstance(built, type(env.unwrapped))), None)
    return EnvironmentRow(
        *(name, periods, n_inputs, n_actions, True, "", period_to_phase, survey),
        own_task="" if own is None else own.name,
        own_survey=None if own is None else survey_trials(own()),
    )


@cache
def _own_environments() -> tuple[tuple[type[CDM | DC | GNG | PR], Any], ...]:
    """The tasks of dynashape, each with its environment: a NeuroGym class, or a subclass that corrects it."""
    return tuple((kind, build_environment(kind.environment, _DT_MS)) for kind in (CDM, GNG, DC, PR))


def suggest_period_to_phase(source: Source, parameters: Mapping[str, object] | None = None) -> dict[str, str]:
    """Suggest a map from periods to phases for this environment, built with these constructor arguments.

    The first period becomes fixation, the periods up to the first delay stimulus, and those after it decision. A delay
    is a period that is called so, or else the period before the first response. SpecError where fewer than three
    periods come before the response.
    """
    name = environment_name(source)
    env = build_environment(source, _DT_MS, parameters)
    return _suggest(name, env, periods_of(name, env))


def _suggest(name: str, env: Any, periods: Sequence[str]) -> dict[str, str]:
    before = periods[: _first_response(name, env, periods)]
    if len(before) < 3:
        raise SpecError(
            f"environment {name!r} must have at least three periods before its first response, "
            f"for {', '.join(PHASES[:3])}; got {', '.join(before) or 'none'} (of {', '.join(periods)})."
        )
    called_delay = [k for k, period in enumerate(before) if k >= 2 and "delay" in period]
    delay = called_delay[0] if called_delay else len(before) - 1
    return {
        period: PHASES[0] if k == 0 else PHASES[1] if k < delay else PHASES[2] if k == delay else PHASES[3]
        for k, period in enumerate(periods)
    }


def _first_response(name: str, env: Any, periods: Sequence[str]) -> int:
    seed_environment(env, stream("neurogym responses", name))
    first = len(periods)
    for _ in range(_N_PROBES):
        core = draw_trial(env)
        for k, period in enumerate(periods[:first]):
            if core.gt[core.start_ind[period] : core.end_ind[period]].any():
                first = k
                break
    if first == len(periods):
        raise SpecError(f"environment {name!r} must ask for another action than 0 somewhere; got none.")
    return first


def _roomy_timing(period_to_phase: Mapping[str, str]) -> Timing:
    """Four steps for each period, whatever their number in a phase."""
    of = list(period_to_phase.values())
    fixation, stimulus, delay, decision = (4 * _DT_MS * of.count(phase) for phase in PHASES)
    return Timing(_DT_MS, fixation, stimulus, delay, decision)
