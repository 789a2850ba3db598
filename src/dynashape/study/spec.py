"""The specification of a study: one frozen, validated value that says everything that shapes its result."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt, field_validator, model_validator

from dynashape.dissimilarity import EFFORTS
from dynashape.errors import SpecError, unknown_name
from dynashape.networks import ARCHITECTURES, Cell, known_architectures, make_cell
from dynashape.networks.registry import takes_option
from dynashape.records import PHASES
from dynashape.study.measures import DISSIMILARITIES
from dynashape.tasks import INPUT_CONDITIONS, TASKS, Task, Timing, make_task
from dynashape.training import LearningProtocol


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TaskSpec(_Frozen):
    """One task: a name of ours; any NeuroGym environment with a map from its periods to the four phases; or a class.

    `environment` is a registered id or an entry point "module:Class". `ceiling` is the accuracy that can be reached,
    where no ideal observer is known (1 unless given).
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]+$")]
    environment: str | None = None
    period_to_phase: dict[str, str] | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    ceiling: Annotated[float, Field(gt=0, le=1)] | None = None

    @model_validator(mode="after")
    def _is_known(self) -> TaskSpec:
        if self.environment is None and self.name not in TASKS:
            raise ValueError(
                unknown_name("task", self.name, TASKS)
                + " For a NeuroGym environment give `environment` and `period_to_phase`."
            )
        if self.environment is None and self.ceiling is not None:
            raise ValueError(f"task {self.name!r} has an ideal observer; leave `ceiling` out")
        return self

    def build(self, timing: Timing, input_noise: float) -> Task:
        """The task itself, with the study's timing and input noise."""
        if self.environment is None:
            return make_task(self.name, timing=timing, input_noise=input_noise, **self.parameters)
        task = make_task(
            self.environment,
            timing=timing,
            input_noise=input_noise,
            period_to_phase=self.period_to_phase,
            **self.parameters,
        )
        task.name = self.name
        if self.ceiling is not None:
            task.stated_ceiling = self.ceiling
        return task


def _task_of(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class NetworkSpec(_Frozen):
    """The size of every network, options that its cell takes, and cells of one's own.

    Options under an architecture's name are for it alone, the others for all. `cells` names an entry point
    "module:Class" for each architecture that is neither ours nor registered.
    """

    n_units: PositiveInt = 64
    options: dict[str, Any] = Field(default_factory=dict)
    cells: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")], str] = Field(default_factory=dict)

    def cell(self, architecture: str, dt_ms: int) -> Cell:
        """The cell of this architecture; one that has an option `dt_ms` is given the study's time step."""
        known = architecture in known_architectures()
        source = architecture if known else self.cells.get(architecture, architecture)
        own = {*known_architectures(), *self.cells}
        options = {name: value for name, value in self.options.items() if name not in own}
        if takes_option(source, "dt_ms"):
            options["dt_ms"] = dt_ms
        return make_cell(source, **{**options, **self.options.get(architecture, {})})


class ActivitySpec(_Frozen):
    """The trials from which dynamics are read, and the random input of the `noise` condition."""

    n_trials: PositiveInt = 100
    noise: str = "gaussian"
    noise_sd: Annotated[float, Field(gt=0)] = 0.3

    @field_validator("noise")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in INPUT_CONDITIONS:
            raise ValueError(unknown_name("input condition", value, INPUT_CONDITIONS))
        return value


class DsaSpec(_Frozen):
    """Dynamical Similarity Analysis: the embedding, the operators' rank, and how hard the alignment tries."""

    n_delays: PositiveInt = 6
    delay_interval: PositiveInt = 1
    rank: PositiveInt = 15
    ridge: Annotated[float, Field(ge=0)] = 1e-8
    effort: str = "standard"

    @field_validator("effort")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in EFFORTS:
            raise ValueError(unknown_name("effort", value, EFFORTS))
        return value


class SeparabilitySpec(_Frozen):
    """How two groups of systems are told apart in a comparison."""

    mds: Literal["metric", "non-metric"] = "metric"
    n_components: PositiveInt = 2
    max_relabellings: PositiveInt = 1024


class MetaClusteringSpec(_Frozen):
    """What the points of the meta-clustering are; everything else that a comparison varies in becomes a feature."""

    # Every comparison is a point, so that each of the four factors can be tested.
    points: tuple[Literal["analysis", "architecture", "task_pair", "phase"], ...] = (
        "analysis",
        "architecture",
        "task_pair",
        "phase",
    )
    # Accuracies take few values and stop at one; shares tell apart what lies there.
    features: tuple[str, ...] = ("accuracy", "omega_squared")
    max_groups: Annotated[int, Field(ge=2)] = 6


class StudySpec(_Frozen):
    """A whole study. Every field that can change a result is here; workers, devices and folders are not."""

    name: str = "paper"
    architectures: tuple[str, ...] = ARCHITECTURES
    tasks: tuple[Annotated[TaskSpec, BeforeValidator(_task_of)], ...] = tuple(TaskSpec(name=name) for name in TASKS)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    phases: tuple[str, ...] = PHASES
    timing: Timing = Timing()
    input_noise: Annotated[float, Field(ge=0)] = 0.05
    networks: NetworkSpec = NetworkSpec()
    training: LearningProtocol = LearningProtocol()
    activity: ActivitySpec = ActivitySpec()
    dissimilarity: str = "dsa"
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

    @field_validator("architectures")
    @classmethod
    def _architectures_are_distinct(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _distinct(value, "architecture", at_least=1)

    @field_validator("phases")
    @classmethod
    def _phases_are_known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in PHASES:
                raise ValueError(unknown_name("phase", name, PHASES))
        return _distinct(value, "phase", at_least=1)

    @field_validator("dissimilarity")
    @classmethod
    def _dissimilarity_is_known(cls, value: str) -> str:
        if value not in DISSIMILARITIES:
            raise ValueError(unknown_name("dissimilarity", value, DISSIMILARITIES))
        return value

    @field_validator("seeds")
    @classmethod
    def _seeds_are_distinct(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        return _distinct(value, "seed", at_least=2)

    @field_validator("tasks")
    @classmethod
    def _tasks_are_distinct(cls, value: tuple[TaskSpec, ...]) -> tuple[TaskSpec, ...]:
        _distinct(tuple(task.name for task in value), "task", at_least=2)
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
        return self

    def _operators_can_be_fitted(self) -> None:
        for phase in self.phases:
            start, stop = self.timing.phases[phase]
            n_steps = stop - start
            longest = (n_steps - 2) // self.dsa.delay_interval + 1
            if self.dsa.n_delays > longest:
                raise ValueError(
                    f"dsa.n_delays must lie in 1..{longest} ({n_steps} steps of phase {phase!r}, delay_interval "
                    f"{self.dsa.delay_interval}, and one step to predict); got {self.dsa.n_delays}. "
                    f"Use fewer delays or a longer timing.{phase}_ms."
                )
            n_rows = self.activity.n_trials * (n_steps - (self.dsa.n_delays - 1) * self.dsa.delay_interval - 1)
            n_columns = self.dsa.n_delays * self.networks.n_units
            if self.dsa.rank > min(n_rows, n_columns):
                raise ValueError(
                    f"dsa.rank must lie in 1..{min(n_rows, n_columns)} (phase {phase!r} gives {n_rows} rows of "
                    f"{n_columns} delay coordinates); got {self.dsa.rank}. "
                    "Lower it, or give more activity.n_trials, dsa.n_delays or networks.n_units."
                )

    def task(self, name: str) -> Task:
        """The task of this name, built with the study's timing and input noise."""
        return next(task for task in self.tasks if task.name == name).build(self.timing, self.input_noise)

    @property
    def task_names(self) -> tuple[str, ...]:
        """Names of the tasks, in order."""
        return tuple(task.name for task in self.tasks)

    @property
    def task_pairs(self) -> tuple[tuple[str, str], ...]:
        """All pairs of tasks that are compared.

        >>> len(StudySpec().task_pairs)
        6
        """
        return tuple(combinations(self.task_names, 2))

    def as_dict(self) -> dict[str, Any]:
        """The resolved specification as plain values, as in `study.yaml`."""
        return self.model_dump(mode="json")


def log_spaced(last: int, n: int = 8) -> tuple[int, ...]:
    """About `n` numbers of updates from 1 to `last`, each as many times the one before.

    >>> log_spaced(2000)
    (1, 3, 9, 26, 77, 228, 675, 2000)
    """
    return tuple(sorted({round(last ** (k / (n - 1))) for k in range(n)}))


def _distinct(values: tuple[Any, ...], kind: str, at_least: int) -> tuple[Any, ...]:
    repeated = sorted({str(value) for value in values if values.count(value) > 1})
    if repeated:
        raise ValueError(f"each {kind} may be named once; got {', '.join(repeated)} more than once")
    if len(values) < at_least:
        raise ValueError(f"at least {at_least} {kind}{'s' if at_least > 1 else ''} must be named; got {len(values)}")
    return values


def differences(old: Mapping[str, Any], new: Mapping[str, Any], at: str = "") -> list[str]:
    """The fields in which two resolved specifications differ, as dotted names.

    >>> differences({"dsa": {"rank": 10}, "seeds": [0]}, {"dsa": {"rank": 12}, "seeds": [0]})
    ['dsa.rank (10 there, 12 here)']
    """
    found: list[str] = []
    for key in sorted({*old, *new}):
        there, here = old.get(key), new.get(key)
        if isinstance(there, Mapping) and isinstance(here, Mapping):
            found += differences(there, here, f"{at}{key}.")
        elif there != here:
            found.append(f"{at}{key} ({there} there, {here} here)")
    return found


__all__ = ["SpecError", "StudySpec", "TaskSpec", "differences"]
