"""Floors: how far apart two measurements of one system lie, by halves of its trials and by halves of its units."""

from __future__ import annotations

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
N_REPEATS = 5


@dataclass(frozen=True, eq=False)
class Floors:
    """Distances between two halves of each system, of which nothing but the data differs.

    Each half has half of the data, so floors by trials are larger than the error of distances between whole systems
    (about sqrt(2) times): what lies below them need not be alike.

    Attributes
    ----------
    names : tuple of str
        The systems.
    trials, units : array of shape (systems,)
        The root mean square, over the repeats, of the distance between the operators of two halves of a system's
        trials, and of its units. NaN where there is none.
    trial_halves, unit_halves : array of shape (repeats, systems)
        The distance of each repeat, between random halves.
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
    by_trials, _, trial_statuses = measure_halves(systems, parameters, "trials", repeats)
    by_units, _, unit_statuses = measure_halves(systems, parameters, "units", repeats)
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
) -> tuple[Float[Array, "repeats systems"], Float[Array, "repeats systems"], tuple[Status, ...]]:
    """The distance between two halves of each system, the product of their shares of its transitions, and why none."""
    n_systems = len(systems.names)

    def count(trial: Float[Array, "steps units"]) -> int:
        before = (int(parameters.n_delays or 1) - 1) * parameters.delay_interval + parameters.steps_ahead
        return max(0, len(trial) - before)

    def split(trials: Trials, repeat: int) -> tuple[Trials, Trials] | Status:
        if of == "trials":
            return _split_trials(trials, [count(trial) for trial in trials], repeat)
        return _split_units(trials, repeat)

    def fit_both(place: tuple[int, int]) -> tuple[Operator, Operator, float] | Status:
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
        first, second = (sum(count(trial) for trial in half) for half in halves)
        product = first * second / (first + second) ** 2
        return fits[0], fits[1], product  # type: ignore[return-value]  # no InputError is left

    places = [(repeat, system) for repeat in range(repeats) for system in range(n_systems)]
    fitted = spread(fit_both, places, parameters.n_jobs, parameters.progress)
    values, products = np.full((2, repeats, n_systems), np.nan)
    statuses = [OK] * n_systems
    operators: list[Operator] = []
    measured: list[tuple[int, int]] = []
    for place, found in zip(places, fitted, strict=True):
        if isinstance(found, Status):
            statuses[place[1]] = found
        else:
            operators += found[:2]
            products[place] = found[2]
            measured.append(place)
    if measured:
        pairs = np.arange(len(operators)).reshape(-1, 2)
        distances, _ = measure_pairs(operators, pairs, parameters)
        for place, distance in zip(measured, distances, strict=True):
            values[place] = distance
    return values, products, tuple(statuses)


def measure_errors(systems: Systems, parameters: Parameters) -> tuple[Float[Array, " systems"], tuple[Status, ...]]:
    """The mean squared error of each system's operator by sampling of its trials, and why there is none.

    An operator from T transitions has the mean squared error c / T, so halves of T1 and T2 differ by c / T1 + c / T2,
    which is T^2 / (T1 T2) times the error of the whole.
    """
    halves, products, statuses = measure_halves(systems, parameters, "trials", N_REPEATS)
    return np.asarray((halves**2 * products).mean(axis=0)), statuses


def correct(
    distances: Float[Array, "systems others"], errors: Float[Array, " systems"], others: Float[Array, " others"]
) -> Float[Array, "systems others"]:
    """The squared distances less what the mean squared errors of two operators add to them."""
    return np.asarray(distances**2 - (errors[:, None] + others[None, :]))


def _split_trials(trials: Trials, transitions: list[int], repeat: int) -> tuple[Trials, Trials] | Status:
    """Random halves of nearly equal numbers of transitions.

    Trials are dealt in a random order, those of twice the length first, each to the half that has less. Every other
    trial would not do: experiments often run their conditions in turn.
    """
    if len(trials) < 2:
        return Status(Code.TOO_FEW_TRIALS, "halves of trials need at least 2 trials; there is 1")
    order = sorted(_shuffled("trials", repeat, len(trials)).tolist(), key=lambda i: -transitions[i].bit_length())
    halves: tuple[list[int], list[int]] = ([], [])
    held = [0, 0]
    for i in order:
        less = min((0, 1), key=lambda h: (held[h], len(halves[h])))
        halves[less].append(i)
        held[less] += transitions[i]
    first, second = (sorted(half) for half in halves)
    return [trials[i] for i in first], [trials[i] for i in second]


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
