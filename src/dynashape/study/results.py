"""Everything a study has found so far, read from its store as tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dynashape.records import Array
from dynashape.store import Store
from dynashape.study.archive import unpack
from dynashape.study.bounds import read_bounds
from dynashape.study.parts import pair_indices
from dynashape.study.plan import Plan, system_labels
from dynashape.study.statistics import add_statistics


@dataclass(frozen=True)
class Results:
    """Tables of a study. A unit that is not done is missing from them, never filled in."""

    networks: pd.DataFrame
    training: pd.DataFrame
    psychometric: pd.DataFrame
    operators: pd.DataFrame
    eigenvalues: pd.DataFrame
    distances: Mapping[tuple[str, str], Array]
    systems: pd.DataFrame
    alignments: pd.DataFrame
    bounds: pd.DataFrame
    separability: pd.DataFrame
    embeddings: pd.DataFrame
    conclusions: Mapping[str, Any]
    meta_points: pd.DataFrame
    meta: Mapping[str, Any]


def read_results(plan: Plan, store: Store) -> Results:
    """The tables of everything in the store that belongs to this plan."""
    networks, training = _networks(plan, store)
    distances, alignments = _distances(plan, store)
    separability, embeddings, conclusions = read_comparisons(plan, store)
    meta_points, meta = _meta(plan, store)
    return Results(
        networks=networks,
        training=training,
        psychometric=_psychometric(plan, store),
        operators=_operators(plan, store),
        eigenvalues=_eigenvalues(plan, store),
        distances=distances,
        systems=pd.DataFrame(system_labels(plan.spec)),
        alignments=alignments,
        bounds=read_bounds(plan, store, distances),
        separability=separability,
        embeddings=embeddings,
        conclusions=conclusions,
        meta_points=meta_points,
        meta=meta,
    )


def _networks(plan: Plan, store: Store) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, curves = [], []
    for unit in plan.stages["train"]:
        if not store.has("train", unit.key):
            continue
        for network in store.load_arrays("train", unit.key)[1]["networks"]:
            curve = network.pop("curve")
            names = {name: network[name] for name in ("architecture", "task", "seed")}
            curves += [{**names, **point} for point in curve]
            rows.append(network)
    table = pd.DataFrame(rows)
    examined = pd.DataFrame(_examined(plan, store, "networks"))
    if len(table) and len(examined):
        table = table.merge(examined, on=["architecture", "task", "seed"], how="left", validate="one_to_one")
    return table, pd.DataFrame(curves)


def _psychometric(plan: Plan, store: Store) -> pd.DataFrame:
    table = pd.DataFrame(_examined(plan, store, "psychometric"))
    return table.astype({"context": "Int64", "ideal": "float64"}) if len(table) else table


def _examined(plan: Plan, store: Store, what: str) -> list[dict[str, Any]]:
    done = [unit for unit in plan.stages["examine"] if store.has("examine", unit.key)]
    return [row for unit in done for row in store.load_json("examine", unit.key)[what]]


def _operators(plan: Plan, store: Store) -> pd.DataFrame:
    rows = []
    for unit in plan.stages["fit"]:
        if not store.has("fit", unit.key):
            continue
        for place, operator in store.load_arrays("fit", unit.key)[1]["operators"].items():
            seed, condition, phase = place.split("/")
            rows.append(
                {
                    "architecture": unit.params["architecture"],
                    "task": unit.params["task"],
                    "seed": int(seed),
                    "condition": condition,
                    "phase": phase,
                    **operator,
                }
            )
    return pd.DataFrame(rows)


def _eigenvalues(plan: Plan, store: Store) -> pd.DataFrame:
    """One row an eigenvalue of every operator; empty where the study compares averages."""
    rows = []
    for unit in plan.stages["fit"]:
        if "dsa" not in unit.params or not store.has("fit", unit.key):
            continue
        for place, matrix in store.load_arrays("fit", unit.key)[0].items():
            seed, condition, phase, kind = place.split("/")
            if kind != "matrix":
                continue
            names = {"architecture": unit.params["architecture"], "task": unit.params["task"], "seed": int(seed)}
            values = np.linalg.eigvals(matrix)
            rows.append(
                pd.DataFrame(
                    {**names, "condition": condition, "phase": phase, "real": values.real, "imag": values.imag}
                )
            )
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()


def _distances(plan: Plan, store: Store) -> tuple[dict[tuple[str, str], Array], pd.DataFrame]:
    n_systems = len(system_labels(plan.spec))
    squares: dict[tuple[str, str], Array] = {}
    rows = []
    for architecture in plan.spec.architectures:
        for phase in plan.spec.phases:
            units = [
                u
                for u in plan.stages["align"]
                if (u.params["architecture"], u.params["phase"]) == (architecture, phase)
            ]
            if not all(store.has("align", unit.key) for unit in units):
                continue
            square, tally = square_distances(store, {unit.name: unit.key for unit in units}, n_systems)
            squares[architecture, phase] = square
            rows.append({"architecture": architecture, "phase": phase, **tally})
    return squares, pd.DataFrame(rows)


def square_distances(store: Store, align_keys: Mapping[str, str], n_systems: int) -> tuple[Array, dict[str, Any]]:
    """The square matrix of all pairs from its tiles, and how many alignments converged; NaN where a system failed."""
    square = np.full((n_systems, n_systems), np.nan)
    parts = []
    for key in align_keys.values():
        arrays, meta = store.load_arrays("align", key)
        rows, columns = pair_indices(n_systems, *meta["pairs"])
        square[rows, columns] = square[columns, rows] = arrays["distance"]
        parts.append(arrays)
    alive = np.isfinite(square).any(axis=1) if n_systems > 1 else np.ones(n_systems, dtype=bool)
    square[alive, alive] = 0.0
    aligned = np.concatenate([part["aligned"] for part in parts]).astype(bool)
    converged = np.concatenate([part["converged"] for part in parts]).astype(bool)
    spread = np.concatenate([part["spread"] for part in parts])
    tally = {
        "n_pairs": int(aligned.size),
        "n_aligned": int(aligned.sum()),
        "n_converged": int((converged & aligned).sum()),
        "median_spread": float(np.median(spread[aligned])) if aligned.any() else None,
    }
    return square, tally


def read_comparisons(plan: Plan, store: Store) -> tuple[pd.DataFrame, pd.DataFrame, Mapping[str, Any]]:
    """Separability (with corrected p-values once the study has concluded), points of the maps, and the conclusions."""
    separability, embeddings = _comparisons(plan, store)
    separability, conclusions = _conclusions(plan, store, separability)
    return separability, embeddings, conclusions


def _comparisons(plan: Plan, store: Store) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, points = [], []
    for unit in plan.stages["compare"]:
        if store.has("compare", unit.key):
            arrays, found = store.load_arrays("compare", unit.key)
            rows += add_statistics(found["rows"], unpack(arrays, found["comparisons"]))
            points += found["points"]
    return pd.DataFrame(rows), pd.DataFrame(points)


def _conclusions(plan: Plan, store: Store, separability: pd.DataFrame) -> tuple[pd.DataFrame, Mapping[str, Any]]:
    """The table with its corrected p-values, and the headline."""
    (unit,) = plan.stages["conclude"]
    if not store.has("conclude", unit.key) or separability.empty:
        return separability, {}
    found = dict(store.load_json("conclude", unit.key))
    corrected = pd.DataFrame(found.pop("corrected"))
    table = separability.assign(kind=separability["labelling"].where(separability["labelling"] == "task", "condition"))
    names = ["analysis", "architecture", "phase", "task_a", "task_b", "kind"]
    return table.merge(corrected, on=names, how="left", validate="one_to_one").drop(columns="kind"), found


def _meta(plan: Plan, store: Store) -> tuple[pd.DataFrame, Mapping[str, Any]]:
    (unit,) = plan.stages["organise"]
    if not store.has("organise", unit.key):
        return pd.DataFrame(), {}
    found = dict(store.load_json("organise", unit.key))
    return pd.DataFrame(found.pop("points")), found
