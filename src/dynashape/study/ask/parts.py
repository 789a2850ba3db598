"""The parts of a specification: tasks, networks, activity, operators, separability, meta-clustering."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt, field_validator, model_validator

from dynashape.dissimilarity import EFFORTS
from dynashape.dissimilarity.selection.candidates import CRITERIA
from dynashape.errors import unknown_name
from dynashape.networks import Cell, known_architectures, make_cell
from dynashape.networks.registry import takes_option
from dynashape.records import ALL
from dynashape.tasks import INPUT_CONDITIONS, TASKS, Task, Timing, make_task


class Frozen(BaseModel):
    """A value that never changes and knows all of its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TaskSpec(Frozen):
    """One task: one of dynashape's own, a NeuroGym environment, or a class of one's own.

    Attributes
    ----------
    name : str
        The name of the task; without `environment`, that of one of dynashape's own.
    environment : str or None
        The registered id of a NeuroGym environment, or "module:Class".
    period_to_phase : dict of str to str or None
        The phase of each period of the environment.
    parameters : dict of str to object
        Parameters of the task or environment.
    ceiling : float or None
        The accuracy that can be reached, where no ideal observer is known; taken as 1 unless it is given.
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
        if self.name in INPUT_CONDITIONS:
            raise ValueError(f"{self.name!r} is the name of an input condition; give the task another one")
        if self.environment is None and self.ceiling is not None:
            raise ValueError(f"task {self.name!r} has an ideal observer; leave `ceiling` out")
        return self

    def build(self, timing: Timing, input_noise: float) -> Task:
        """Build the task, with the study's timing and input noise."""
        shared: dict[str, Any] = {"timing": timing, "input_noise": input_noise, **self.parameters}
        if self.environment is None:
            return make_task(self.name, **shared)
        task = make_task(self.environment, period_to_phase=self.period_to_phase, **shared)
        task.name = self.name
        if self.ceiling is not None:
            task.stated_ceiling = self.ceiling
        return task


class NetworkSpec(Frozen):
    """The size of every network, options that its cell takes, and cells of one's own.

    Attributes
    ----------
    n_units : int
        The number of recurrent units.
    options : dict of str to object
        Options of cells. Those under the name of an architecture are for it alone, the others for all.
    cells : dict of str to str
        "module:Class" for the name of each architecture of one's own.
    """

    n_units: PositiveInt = 64
    options: dict[str, Any] = Field(default_factory=dict)
    cells: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")], str] = Field(default_factory=dict)

    @field_validator("cells")
    @classmethod
    def _cells_have_names_of_their_own(cls, value: dict[str, str]) -> dict[str, str]:
        taken = sorted(set(value) & {*known_architectures(), ALL})
        if taken:
            raise ValueError(f"{', '.join(taken)} has a meaning of its own here; give one's own cell another name")
        return value

    def only(self, architecture: str) -> NetworkSpec:
        """Keep what shapes networks of one architecture: options of other architectures change nothing in them."""
        names = {*known_architectures(), *self.cells} - {architecture}
        return NetworkSpec(
            n_units=self.n_units,
            options={name: value for name, value in self.options.items() if name not in names},
            cells={name: where for name, where in self.cells.items() if name == architecture},
        )

    def cell(self, architecture: str, dt_ms: int) -> Cell:
        """Make the cell of this architecture; one that has an option `dt_ms` is given the study's time step."""
        named = self.cells.get(architecture, architecture)
        options = dict(self.only(architecture).options)
        options |= options.pop(architecture, {})
        if takes_option(named, "dt_ms"):
            options = {"dt_ms": dt_ms, **options}
        return make_cell(named, **options)


class ActivitySpec(Frozen):
    """The trials from which dynamics are read, and the random input of the `noise` condition.

    Attributes
    ----------
    n_trials : int
        The number of trials of each system.
    noise : str
        The kind of random input: a name in `INPUT_CONDITIONS`.
    noise_sd : float
        The standard deviation of random input that is Gaussian.
    """

    n_trials: PositiveInt = 100
    noise: str = "gaussian"
    noise_sd: Annotated[float, Field(gt=0)] = 0.3

    @field_validator("noise")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in INPUT_CONDITIONS:
            raise ValueError(unknown_name("input condition", value, INPUT_CONDITIONS))
        return value


AUTO: Literal["auto"] = "auto"
"""Stands for a number that is chosen once for all systems, from their activity."""


def _number_from(least: int) -> BeforeValidator:
    """Whole numbers from here up, or AUTO: one fault where pydantic finds one for each of the two types."""

    def check(value: Any) -> Any:
        whole = isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
        if value != AUTO and not (whole and value >= least):
            raise ValueError(f"must be a whole number from {least} up, or {AUTO}; got {value!r}.")
        return int(value) if whole else value

    return BeforeValidator(check)


class DsaSpec(Frozen):
    """The options of Dynamical Similarity Analysis.

    Attributes
    ----------
    n_delays : int or "auto"
        The number of steps in a window of the delay embedding. "auto" chooses it once for all systems.
    delay_interval : int
        The number of steps between those of a window.
    rank : int or "auto"
        The number of coordinates of an operator, at least 2. "auto" chooses it once for all systems.
    criterion : {"reliability", "gap", "prediction"}
        By what they are chosen (see `select_delays_and_rank`).
    ridge : float
        The ridge of the regression.
    effort : {"standard", "thorough"}
        How long alignments are searched.
    """

    n_delays: Annotated[int | Literal["auto"], _number_from(1)] = 6
    delay_interval: PositiveInt = 1
    rank: Annotated[int | Literal["auto"], _number_from(2)] = 3  # of operators of rank 1 nothing is left to align
    criterion: str = CRITERIA[0]
    ridge: Annotated[float, Field(ge=0)] = 1e-8
    effort: str = "standard"

    @field_validator("effort", "criterion")
    @classmethod
    def _is_known(cls, value: str, info: Any) -> str:
        known = EFFORTS if info.field_name == "effort" else CRITERIA
        if value not in known:
            raise ValueError(unknown_name(info.field_name, value, known))
        return value


class SeparabilitySpec(Frozen):
    """How two groups of systems are told apart in a comparison.

    Attributes
    ----------
    mds : {"metric", "non-metric"}
        The kind of multidimensional scaling.
    n_components : int
        The number of dimensions in which the accuracy is measured.
    max_relabellings : int
        Up to this many relabellings are all enumerated; of more, this many are drawn.
    """

    mds: Literal["metric", "non-metric"] = "metric"
    n_components: PositiveInt = 2
    max_relabellings: PositiveInt = 1024


Factor = Literal["analysis", "architecture", "task_pair", "phase"]


class MetaClusteringSpec(Frozen):
    """What the meta-clustering groups.

    Attributes
    ----------
    points : tuple of str
        What tells points apart: some of "analysis", "architecture", "task_pair" and "phase". Whatever else comparisons
        differ in becomes features of the points.
    features : tuple of str
        Columns of the table of separability.
    max_groups : int
        The largest number of groups.
    """

    # Every comparison is a point, so that each of the four factors can be tested.
    points: tuple[Factor, ...] = get_args(Factor)
    # Accuracies take few values and stop at one; shares tell apart what lies there.
    features: tuple[str, ...] = ("accuracy", "omega_squared")
    max_groups: Annotated[int, Field(ge=2)] = 6
