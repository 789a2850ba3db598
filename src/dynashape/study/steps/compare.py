"""Compare every pair of tasks in both analyses, for one architecture in one phase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dynashape.inference import Comparison, ComparisonKey, compare
from dynashape.inference.comparison.design import Design
from dynashape.records import Array
from dynashape.store import Store
from dynashape.study.archive import Archived, pack
from dynashape.study.results import square_distances


@dataclass(frozen=True)
class Analysis:
    """Two conditions of the same networks, and what tells them apart."""

    number: int
    conditions: tuple[str, str]
    labelling: str


ANALYSES = (Analysis(1, ("untrained", "trained"), "training"), Analysis(2, ("trained", "noise"), "input"))


def compare_systems(store: Store, key: str, params: Mapping[str, Any], upstream: Mapping[str, str]) -> None:
    """One row a labelling and comparison, and the points of every comparison's MDS plane."""
    systems = params["systems"]
    square, _ = square_distances(store, upstream, len(systems))
    rows: list[dict[str, Any]] = []
    points: list[dict[str, Any]] = []
    archived: list[Archived] = []
    for analysis in ANALYSES:
        for task_a, task_b in params["task_pairs"]:
            chosen = [
                number
                for number, system in enumerate(systems)
                if system["task"] in (task_a, task_b) and system["condition"] in analysis.conditions
            ]
            labels = [systems[number] for number in chosen]
            own = square[np.ix_(chosen, chosen)]
            found = _compare(own, labels, params["architecture"], params["separability"])
            place = ComparisonKey(analysis.number, params["architecture"], params["phase"], task_a, task_b)
            archived.append((place, found))
            names = asdict(place)
            for row in found.rows():
                labelling = analysis.labelling if row["labelling"] == "condition" else row["labelling"]
                rows.append({**names, **row, "labelling": labelling, "message": found.status.message})
            if found.embedding is not None and found.systems is not None:
                used = [labels[number] for number in found.systems.tolist()]
                for system, point in zip(used, found.embedding.points.tolist(), strict=True):
                    points.append({**names, **system, **_coordinates(point), "stress": found.embedding.stress})
    arrays, plain = pack(archived)
    store.save_arrays("compare", key, arrays, {"rows": rows, "points": points, "comparisons": plain})


def _compare(
    distances: Array, labels: Sequence[Mapping[str, Any]], architecture: str, wish: Mapping[str, Any]
) -> Comparison:
    design = Design(
        networks=np.array([f"{architecture}/{system['task']}/{system['seed']}" for system in labels]),
        tasks=np.array([system["task"] for system in labels]),
        conditions=np.array([system["condition"] for system in labels]),
        seeds=np.array([system["seed"] for system in labels]),
    )
    return compare(
        distances,
        design,
        n_components=wish["n_components"],
        metric=wish["mds"] == "metric",
        max_relabellings=wish["max_relabellings"],
    )


def _coordinates(point: Sequence[float]) -> dict[str, float]:
    names = ("x", "y", *(f"dimension_{number}" for number in range(3, len(point) + 1)))
    return dict(zip(names, [*point, 0.0] if len(point) == 1 else point, strict=False))
