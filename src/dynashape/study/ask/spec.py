"""The specification of a study: one frozen, validated value that says everything that shapes its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from itertools import combinations
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from dynashape.dissimilarity import Dissimilarity, find_dissimilarity
from dynashape.dissimilarity.activity import most_delays
from dynashape.errors import unknown_name
from dynashape.networks import ARCHITECTURES, known_architectures
from dynashape.records import PHASES
from dynashape.study.ask.parts import (
    AUTO,
    ActivitySpec,
    DsaSpec,
    Frozen,
    MetaClusteringSpec,
    NetworkSpec,
    SeparabilitySpec,
    TaskSpec,
)
from dynashape.tasks import TASKS, Task, Timing
from dynashape.training import LearningProtocol
from dynashape.training.learning_protocol import log_spaced

# How many of each a study needs.
_AT_LEAST = {"architectures": 1, "phases": 1, "seeds": 2, "tasks": 2}


def _task_of(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class StudySpec(Frozen):
    """A whole study: every field that can change a result is here; workers and folders are not.

    Attributes
    ----------
    name : str
        The name of the study.
    architectures : tuple of str
        Names of cells that come with dynashape, or of those in `networks.cells`.
    tasks : tuple of TaskSpec
        At least two tasks. The name of one of dynashape's own may stand for it.
    seeds : tuple of int
        At least two seeds. One network of each architecture and task is trained with each.
    phases : tuple of str
        The phases of a trial in which systems are compared.
    timing : Timing
        The durations of the phases.
    input_noise : float
        The standard deviation of the noise that is added to the inputs of all tasks.
    networks : NetworkSpec
        The size of networks and the options of their cells.
    training : LearningProtocol
        How networks are trained. With `snapshots`, numbers of updates or "log", all analyses are repeated with the
        weights after each of these updates.
    activity : ActivitySpec
        The trials from which dynamics are read.
    dissimilarity : str
        What is measured between systems: a name in `DISSIMILARITIES`, one that an installed package offers, or
        "module:Class" for one's own.
    dissimilarity_options : dict of str to object
        Options of the dissimilarity that are no fields of `dsa`.
    dsa : DsaSpec
        The options of the delay embedding, the operators and their alignment.
    separability : SeparabilitySpec
        How groups of systems are told apart.
    meta_clustering : MetaClusteringSpec
        How comparisons are grouped.

    Examples
    --------
    >>> StudySpec(tasks=("CDM", "PR"), seeds=(0, 1)).task_pairs
    (('CDM', 'PR'),)
    """

    name: str = "paper"
    architectures: tuple[str, ...] = ARCHITECTURES
    tasks: tuple[Annotated[TaskSpec, BeforeValidator(_task_of)], ...] = tuple(TaskSpec(name=name) for name in TASKS)
    seeds: tuple[Annotated[int, Field(ge=-(2**63), lt=2**63)], ...] = (0, 1, 2, 3, 4)
    phases: tuple[str, ...] = PHASES
    timing: Timing = Timing()
    input_noise: Annotated[float, Field(ge=0)] = 0.05
    networks: NetworkSpec = NetworkSpec()
    training: LearningProtocol = LearningProtocol()
    activity: ActivitySpec = ActivitySpec()
    dissimilarity: str = "dsa"
    dissimilarity_options: dict[str, object] = Field(default_factory=dict)
    dsa: DsaSpec = DsaSpec()
    separability: SeparabilitySpec = SeparabilitySpec()
    meta_clustering: MetaClusteringSpec = MetaClusteringSpec()

    @field_validator("training", mode="before")
    @classmethod
    def _log_means_log_spaced(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and value.get("snapshots") == "log":
            last = value.get("max_updates", LearningProtocol().max_updates)
            if isinstance(last, int) and last >= 1:
                return {**value, "snapshots": log_spaced(last)}
        return value

    @field_validator("training")
    @classmethod
    def _snapshots_are_updates(cls, value: LearningProtocol) -> LearningProtocol:
        outside = [updates for updates in value.snapshots if not 1 <= updates <= value.max_updates]
        if outside:
            raise ValueError(
                f"training.snapshots must lie in 1..{value.max_updates} (training.max_updates), or be 'log'; "
                f"got {', '.join(map(str, outside))}"
            )
        return value

    @field_validator(*_AT_LEAST)
    @classmethod
    def _are_known_and_distinct(cls, value: tuple[Any, ...], info: Any) -> tuple[Any, ...]:
        kind = str(info.field_name).removesuffix("s")
        for name in value if kind == "phase" else ():
            if name not in PHASES:
                raise ValueError(unknown_name("phase", name, PHASES))
        _check_distinct([getattr(item, "name", item) for item in value], kind, _AT_LEAST[f"{kind}s"])
        return value

    @model_validator(mode="after")
    def _holds_together(self) -> StudySpec:
        for name in self.architectures:
            if name not in self.networks.cells and name not in known_architectures():
                raise ValueError(unknown_name("architecture", name, [*known_architectures(), *self.networks.cells]))
            self.networks.cell(name, self.timing.dt_ms)
        for task in self.tasks:
            if task.environment is None:
                task.build(self.timing, self.input_noise)
        self._operators_can_be_fitted()
        _ = self.measure
        return self

    def _operators_can_be_fitted(self) -> None:
        dsa = self.dsa
        # Of what is chosen, the least must be possible.
        n_delays, rank = 1 if dsa.n_delays == AUTO else dsa.n_delays, 2 if dsa.rank == AUTO else dsa.rank
        for phase in self.phases:
            start, stop = self.timing.phases[phase]
            longest = most_delays(stop - start, dsa.delay_interval)
            if n_delays > longest:
                raise ValueError(
                    f"dsa.n_delays must lie in 1..{longest} ({stop - start} steps of phase {phase!r}, delay_interval "
                    f"{dsa.delay_interval}, and one step to predict); got {n_delays}. "
                    f"Use fewer delays or a longer timing.{phase}_ms."
                )
            n_rows = self.activity.n_trials * (stop - start - (n_delays - 1) * dsa.delay_interval - 1)
            n_columns = n_delays * self.networks.n_units
            if rank > min(n_rows, n_columns) and dsa.n_delays != AUTO:
                raise ValueError(
                    f"dsa.rank must lie in 2..{min(n_rows, n_columns)} (phase {phase!r} gives {n_rows} rows of "
                    f"{n_columns} delay coordinates); got {rank}. "
                    "Lower it, or give more activity.n_trials, dsa.n_delays or networks.n_units."
                )

    @property
    def measure(self) -> Dissimilarity[Any]:
        """The dissimilarity itself, with the options of `dsa` that are fields of its class, and those of its own."""
        kind = find_dissimilarity(self.dissimilarity)
        known = [field.name for field in fields(kind)]
        shared = {name: value for name, value in self.dsa.model_dump().items() if name in known}
        for option in self.dissimilarity_options:
            if option in shared:
                raise ValueError(f"{option} is no option of its own; set dsa.{option}")
            if option not in known:
                raise ValueError(f"{self.dissimilarity!r} has no option {option}; it has {', '.join(known)}")
        try:
            return kind(**shared, **self.dissimilarity_options)
        except TypeError as error:
            raise ValueError(f"dissimilarity {self.dissimilarity!r} needs other options: {error}") from error

    def task(self, name: str) -> Task:
        """Build the task of this name, with the study's timing and input noise."""
        return next(task for task in self.tasks if task.name == name).build(self.timing, self.input_noise)

    @property
    def task_names(self) -> tuple[str, ...]:
        """The names of the tasks, in order."""
        return tuple(task.name for task in self.tasks)

    @property
    def task_pairs(self) -> tuple[tuple[str, str], ...]:
        """All pairs of tasks; each is compared."""
        return tuple(combinations(self.task_names, 2))

    def as_dict(self) -> dict[str, object]:
        """Give the resolved specification as plain values, as they stand in `study.yaml`."""
        return self.model_dump(mode="json")


def _check_distinct(values: list[Any], kind: str, at_least: int) -> None:
    repeated = sorted({str(value) for value in values if values.count(value) > 1})
    if repeated:
        raise ValueError(f"each {kind} may be named once; got {', '.join(repeated)} more than once")
    if len(values) < at_least:
        raise ValueError(f"at least {at_least} {kind}{'s' if at_least > 1 else ''} must be named; got {len(values)}")
