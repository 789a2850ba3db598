"""The scale of a study's distances: a floor and a ceiling for every architecture, task, condition and phase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dynashape.inference import Bound, compute_ceiling, compute_floor
from dynashape.records import CONDITIONS, Array
from dynashape.store import Store
from dynashape.study.plan import Plan, system_labels


def read_bounds(plan: Plan, store: Store, distances: Mapping[tuple[str, str], Array]) -> pd.DataFrame:
    """One row each: `floor` and `ceiling` with 95 % intervals over seeds (`_low`, `_high`), and the seeds behind them.

    `distances` are the square matrices by architecture and phase, in the order of `system_labels`. Networks without a
    distance are left out; a bound that too few networks are left for is missing.
    """
    systems = pd.DataFrame(system_labels(plan.spec))
    rows: list[dict[str, Any]] = []
    for unit in plan.stages["split"]:
        architecture, task = unit.params["architecture"], unit.params["task"]
        if not store.has("split", unit.key):
            continue
        halves = pd.DataFrame(store.load_json("split", unit.key)["rows"]).astype({"distance": "float64"})
        for phase in plan.spec.phases:
            for condition in CONDITIONS:
                own = halves[(halves["phase"] == phase) & (halves["condition"] == condition)].dropna(subset="distance")
                square = distances.get((architecture, phase))
                at = np.flatnonzero((systems["task"] == task) & (systems["condition"] == condition))
                rows.append(
                    {
                        "architecture": architecture,
                        "task": task,
                        "condition": condition,
                        "phase": phase,
                        **_columns("floor", _floor(own)),
                        **_columns("ceiling", None if square is None else _ceiling(square, systems, at)),
                    }
                )
    return pd.DataFrame(rows)


def _floor(halves: pd.DataFrame) -> Bound | None:
    if halves.empty:
        return None
    return compute_floor(halves["distance"].to_numpy(dtype=float), halves["seed"].to_numpy(dtype=int))


def _ceiling(square: Array, systems: pd.DataFrame, at: Array) -> Bound | None:
    kept = at[np.isfinite(square[at, at])]
    seeds = systems["seed"].to_numpy(dtype=int)[kept]
    if len(np.unique(seeds)) < 2:
        return None
    return compute_ceiling(square[np.ix_(kept, kept)], seeds)


def _columns(kind: str, bound: Bound | None) -> dict[str, float | int | None]:
    if bound is None:
        return {kind: None, f"{kind}_low": None, f"{kind}_high": None, f"{kind}_n_seeds": 0}
    return {
        kind: bound.mean,
        f"{kind}_low": bound.low,
        f"{kind}_high": bound.high,
        f"{kind}_n_seeds": bound.n_seeds,
    }
