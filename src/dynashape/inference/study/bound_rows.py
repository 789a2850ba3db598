"""The bounds of the distances of some networks as a row of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dynashape.distances import Distances
from dynashape.inference.study.bounds import Bound, compute_ceiling, compute_floor
from dynashape.records import System


def bounds_row(
    systems: Sequence[System],
    of_trials: Mapping[System, object],
    of_units: Mapping[System, object],
    square: Distances | None,
    task: str,
    condition: str,
) -> dict[str, float | int | None]:
    """Floor, halves of units and ceiling with their intervals, and the mean distance to networks of other tasks.

    `systems` are those of one task, condition and phase, `of_trials` and `of_units` the distances between halves, and
    `square` holds the distances between all systems of the architecture and phase.
    """
    ceiling = None if square is None else compute_ceiling(square.select(task=task, condition=condition))
    bounds = {"floor": _within(of_trials, systems), "units": _within(of_units, systems), "ceiling": ceiling}
    row = {name: value for kind, bound in bounds.items() for name, value in _columns(kind, bound).items()}
    return row | {"tasks": None if square is None else _to_other_tasks(square, task, condition)}


def _within(measured: Mapping[System, object], systems: Sequence[System]) -> Bound | None:
    """The mean over networks of the distance between their halves."""
    found = {system.seed: measured.get(system) for system in systems}
    known = {seed: own for seed, own in found.items() if isinstance(own, float) and np.isfinite(own)}
    return compute_floor(np.array([*known.values()]), np.array([*known])) if known else None


def _to_other_tasks(square: Distances, task: str, condition: str) -> float | None:
    alike = square.select(condition=condition)
    own = np.asarray(alike.labels["task"]) == task
    values = alike.values[np.ix_(own, ~own)]
    return float(np.nanmean(values)) if np.isfinite(values).any() else None


def _columns(kind: str, bound: Bound | None) -> dict[str, float | int | None]:
    values = (None, None, None, 0) if bound is None else (bound.mean, bound.low, bound.high, bound.n_seeds)
    return dict(zip((kind, f"{kind}_low", f"{kind}_high", f"{kind}_n_seeds"), values, strict=True))
