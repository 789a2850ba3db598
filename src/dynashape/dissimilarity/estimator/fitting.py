"""One operator for each system: delays and rank where none are given, then all fits, with every fault in one error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dynashape.dissimilarity.activity import Activity
from dynashape.dissimilarity.estimator.parameters import Parameters
from dynashape.dissimilarity.operator.fit import Operator, fit_operator
from dynashape.dissimilarity.operator.fit_all import fit_operators
from dynashape.dissimilarity.selection.candidates import Selection
from dynashape.dissimilarity.selection.choose import select_delays_and_rank
from dynashape.errors import InputError
from dynashape.records import Code

_LISTED = 5


def choose(activities: Sequence[Activity], parameters: Parameters) -> tuple[Parameters, Selection | None]:
    """The parameters with delays and rank, and the choice among them where one was left open."""
    n_delays, rank = parameters.n_delays, parameters.rank
    if n_delays is not None and rank is not None:
        return parameters, None
    options = _unless_default(
        **parameters.fitting,
        criterion=parameters.criterion,
        n_jobs=parameters.n_jobs,
        progress=parameters.progress,
    )
    if n_delays is not None:
        options["delays"] = (n_delays,)
    if isinstance(rank, int):
        options["ranks"] = (rank,)
    chosen = select_delays_and_rank(activities, **options)
    return replace(parameters, n_delays=chosen.n_delays, rank=chosen.rank if rank is None else rank), chosen


def fit_all(activities: Sequence[Activity], names: Sequence[str], parameters: Parameters) -> list[Operator]:
    """The operators of all systems, of one rank; one InputError that names every system that has none."""
    size: dict[str, Any] = {"n_delays": parameters.n_delays, "rank": parameters.rank}
    return fit_operators(
        activities,
        **size,
        **parameters.fitting,
        zero_pad=parameters.zero_pad,
        n_jobs=parameters.n_jobs,
        progress=parameters.progress,
        names=names,
    )


def try_fit(activity: Activity, name: str, parameters: Parameters) -> Operator | InputError:
    """The operator of one system, or why there is none."""
    size: dict[str, Any] = {"n_delays": parameters.n_delays, "rank": parameters.rank}
    try:
        return fit_operator(activity, name=name, **size, **_unless_default(**parameters.fitting))
    except InputError as error:
        return error


def unusable(operator: Operator, parameters: Parameters) -> bool:
    """Whether an operator is not to be compared."""
    if operator.rank == 1 and isinstance(parameters.rank, int) and parameters.dissimilarity == "spectral":
        return operator.numerical_rank == 0  # one eigenvalue is enough to compare
    return not operator.status.ok and not (parameters.zero_pad and operator.status.code == Code.RANK_DEFICIENT)


def check_usable(operators: Sequence[Operator], names: Sequence[str], parameters: Parameters) -> None:
    """One InputError that names every operator that is not to be compared, or says that nothing can be aligned."""
    alike = parameters.dissimilarity == "dsa" and max(operator.rank for operator in operators) == 1
    chosen = isinstance(parameters.rank, int | None)
    faults = [
        f"{name} is {operator.status.code} ({operator.status.message})"
        for name, operator in zip(names, operators, strict=True)
        if unusable(operator, parameters)
    ]
    if faults and not (alike and chosen):
        raise InputError("; ".join(faults) + ".")
    if alike:
        found = "" if chosen else f" (all that rank={parameters.rank!r} found)"
        raise InputError(
            f"operators of rank 1{found} leave nothing to align: scaled to unit norm each is 1 or -1. "
            'Give a rank >= 2, or dissimilarity="spectral", which compares them as they are.'
        )


def check_alike(operators: Sequence[Operator], names: Sequence[str]) -> None:
    """One InputError that names the operators whose options of fitting differ: their distances are of the options."""
    faults = []
    for option in ("n_delays", "delay_interval", "steps_ahead", "center", "regression"):
        by_value: dict[Any, list[str]] = {}
        for name, operator in zip(names, operators, strict=True):
            by_value.setdefault(getattr(operator, option), []).append(name)
        if len(by_value) > 1:
            found = (f"{value!r} in {_some(among)}" for value, among in by_value.items())
            faults.append(f"{option} is {', '.join(found)}")
    if faults:
        raise InputError(f"Operators must be fitted alike to be compared: {'; '.join(faults)}. Fit them with the same.")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


def name_in(name: str, error: InputError) -> str:
    """What is wrong with a system, with its name where the words do not hold it."""
    said = str(error).removesuffix(".")
    return said if name in said else f"{name}: {said}"


def _unless_default(**options: Any) -> dict[str, Any]:
    """The options that were chosen: functions have the same defaults."""
    defaults = {
        "delay_interval": 1,
        "ridge": 1e-8,
        "center": None,
        "regression": "ols",
        "steps_ahead": 1,
        "criterion": None,
        "n_jobs": 1,
        "progress": None,
    }
    return {name: value for name, value in options.items() if value != defaults[name]}
