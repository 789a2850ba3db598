"""Floors: how far apart two measurements of one system lie, by halves of its trials and by halves of its units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from jaxtyping import Float, Int

from dynashape.cores import spread
from dynashape.dissimilarity.activity import check_activity
from dynashape.dissimilarity.estimator.fitting import name_in, try_fit, unusable
from dynashape.dissimilarity.estimator.pairs import measure_pairs
from dynashape.dissimilarity.estimator.parameters import Parameters
from dynashape.dissimilarity.estimator.systems import Systems
from dynashape.dissimilarity.operator.fit import Operator
from dynashape.errors import InputError
from dynashape.records import OK, Array, Code, Status
from dynashape.seeds import stream

Trials: TypeAlias = list[Float[Array, "_ _"]]
Of: TypeAlias = Literal["trials", "units"]


@dataclass(frozen=True, eq=False)
class Floors:
    """Distances between two halves of each system: what is measured where nothing differs.

    Attributes
    ----------
    names : tuple of str
        The systems.
    trials, units : array of shape (systems,)
        The root mean square, over the repeats, of the distance between the operators of two halves of a system's
        trials, and of its units. NaN where there is none.
    trial_halves, unit_halves : array of shape (repeats, systems)
        The distance of each repeat. The first halves of trials are the even and the odd ones; all others are random.
    trial_statuses, unit_statuses : tuple of Status
        Why there is none, for each system.
    """

    names: tuple[str, ...]
    trials: Float[Array, " systems"]
    units: Float[Array, " systems"]
    trial_halves: Float[Array, "repeats systems"]
    unit_halves: Float[Array, "repeats systems"]
    trial_statuses: tuple[Status, ...]
    unit_statuses: tuple[Status, ...]

    def __str__(self) -> str:
        width = max(len(name) for name in ("system", *self.names))
        lines = [f"{'system':{width}}  halves of trials  halves of units"]
        for row in zip(self.names, self.trials, self.units, self.trial_statuses, self.unit_statuses, strict=True):
            name, by_trials, by_units, *statuses = row
            why = "; ".join(status.message for status in statuses if not status.ok)
            lines.append(f"{name:{width}}  {_number(by_trials):>16}  {_number(by_units):>15}  {why}".rstrip())
        return "\n".join(lines)


def measure_floors(systems: Systems, parameters: Parameters, repeats: int) -> Floors:
    """The floors of all systems by trials and by units, at these delays and this rank."""
    by_trials, trial_statuses = measure_halves(systems, parameters, "trials", repeats)
    by_units, unit_statuses = measure_halves(systems, parameters, "units", repeats)
    return Floors(
        systems.names,
        np.sqrt((by_trials**2).mean(axis=0)),
        np.sqrt((by_units**2).mean(axis=0)),
        by_trials,
        by_units,
        trial_statuses,
        unit_statuses,
    )


def measure_halves(
    systems: Systems, parameters: Parameters, of: Of, repeats: int
) -> tuple[Float[Array, "repeats systems"], tuple[Status, ...]]:
    """The distance between two halves of each system, for each repeat, and why there is none."""
    split: Callable[[Trials, int], tuple[Trials, Trials] | Status] = _split_trials if of == "trials" else _split_units
    n_systems = len(systems.names)

    def fit_both(place: tuple[int, int]) -> tuple[Operator, Operator] | Status:
        repeat, system = place
        name = systems.names[system]
        arrays, _ = check_activity(systems.activities[system], name)
        halves = split([trial for array in arrays for trial in array], repeat)
        if isinstance(halves, Status):
            return halves
        called = f"a half of the {of} of {name}"
        fits = [try_fit(half, called, parameters) for half in halves]
        for fit in fits:
            if isinstance(fit, InputError):
                return Status(Code.UNDETERMINED, name_in(called, fit))
            if unusable(fit, parameters):
                return fit.status
        return fits[0], fits[1]  # type: ignore[return-value]  # no InputError is left

    places = [(repeat, system) for repeat in range(repeats) for system in range(n_systems)]
    fitted = spread(fit_both, places, parameters.n_jobs, parameters.progress)
    values = np.full((repeats, n_systems), np.nan)
    statuses = [OK] * n_systems
    operators: list[Operator] = []
    measured: list[tuple[int, int]] = []
    for place, found in zip(places, fitted, strict=True):
        if isinstance(found, Status):
            statuses[place[1]] = found
        else:
            operators += found
            measured.append(place)
    if measured:
        pairs = np.arange(len(operators)).reshape(-1, 2)
        distances, _ = measure_pairs(operators, pairs, parameters)
        for place, distance in zip(measured, distances, strict=True):
            values[place] = distance
    return values, tuple(statuses)


def correct(
    distances: Float[Array, "systems others"], floors: Float[Array, " systems"], others: Float[Array, " others"]
) -> Float[Array, "systems others"]:
    """The squared distances less what the errors of two operators add to them, of which the floors tell."""
    return np.asarray(distances**2 - (floors[:, None] ** 2 + others[None, :] ** 2) / 4.0)


def _split_trials(trials: Trials, repeat: int) -> tuple[Trials, Trials] | Status:
    if len(trials) < 2:
        return Status(Code.TOO_FEW_TRIALS, "halves of trials need at least 2 trials; there is 1")
    order = np.arange(len(trials)) if repeat == 0 else _shuffled("trials", repeat, len(trials))
    return [trials[i] for i in order[::2]], [trials[i] for i in order[1::2]]


def _split_units(trials: Trials, repeat: int) -> tuple[Trials, Trials] | Status:
    n_units = trials[0].shape[1]
    if n_units < 2:
        return Status(Code.UNDETERMINED, "halves of units need at least 2 units; there is 1")
    order = _shuffled("units", repeat, n_units)
    first, second = np.sort(order[: n_units // 2]), np.sort(order[n_units // 2 : 2 * (n_units // 2)])
    return [trial[:, first] for trial in trials], [trial[:, second] for trial in trials]


def _shuffled(of: Of, repeat: int, n: int) -> Int[Array, " n"]:
    """An order that depends on nothing but what is halved: neither on names nor on other systems."""
    return stream("DSA", "halves", of, repeat, n).permutation(n)


def _number(value: Any) -> str:
    return "-" if np.isnan(value) else f"{value:.3f}"
