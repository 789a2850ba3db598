"""A comparison in the store and back: what the family of tests, the headline and the meta-clustering need of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from dynashape.inference import Comparison, ComparisonKey, Contrasts, Embedding, Separation, compute_shares
from dynashape.records import Array, Status
from dynashape.store import Store

Archived = tuple[ComparisonKey, Comparison]


def pack(found: Sequence[Archived]) -> tuple[dict[str, Array], list[dict[str, Any]]]:
    """Arrays and plain values that `unpack` turns into the same comparisons."""
    arrays: dict[str, Array] = {}
    plain: list[dict[str, Any]] = []
    for number, (place, comparison) in enumerate(found):
        if comparison.contrasts is not None and comparison.seeds is not None:
            arrays[f"{number}/sums"] = comparison.contrasts.sums
            arrays[f"{number}/differences"] = comparison.contrasts.differences
            arrays[f"{number}/tasks"] = comparison.contrasts.tasks
            arrays[f"{number}/seeds"] = comparison.seeds
        if comparison.embedding is not None:
            arrays[f"{number}/points"] = comparison.embedding.points
        plain.append(
            {
                "place": asdict(place),
                "status": [comparison.status.code, comparison.status.message],
                "n_systems": comparison.n_systems,
                "n_left_out": comparison.n_left_out,
                "separations": {name: asdict(record) for name, record in comparison.separations.items()},
                "dimensions": list(comparison.dimensions),
                "stresses": list(comparison.stresses),
                "interaction_p": comparison.interaction_p,
                "networks": list(comparison.networks),
                "map": None if comparison.embedding is None else _map(comparison.embedding),
            }
        )
    return arrays, plain


def unpack(arrays: Mapping[str, Array], plain: Sequence[Mapping[str, Any]]) -> list[Archived]:
    """The comparisons that `pack` wrote."""
    found = []
    for number, values in enumerate(plain):
        contrasts = seeds = None
        if f"{number}/sums" in arrays:
            tasks = arrays[f"{number}/tasks"].astype(bool)
            contrasts = Contrasts(arrays[f"{number}/sums"], arrays[f"{number}/differences"], tasks)
            seeds = arrays[f"{number}/seeds"].astype(np.int64)
        embedding = None
        if f"{number}/points" in arrays:
            embedding = Embedding(points=arrays[f"{number}/points"], **values["map"])
        comparison = Comparison(
            status=Status(*values["status"]),
            n_systems=values["n_systems"],
            n_left_out=values["n_left_out"],
            separations={name: _separation(record) for name, record in values["separations"].items()},
            embedding=embedding,
            dimensions=tuple(values["dimensions"]),
            stresses=tuple(values["stresses"]),
            shares=None if contrasts is None else compute_shares(contrasts),
            interaction_p=values["interaction_p"],
            contrasts=contrasts,
            seeds=seeds,
            networks=tuple(values["networks"]),
        )
        found.append((ComparisonKey(**values["place"]), comparison))
    return found


def load_comparisons(store: Store, compare_keys: Mapping[str, str]) -> list[Archived]:
    """The comparisons of these units, in order."""
    found: list[Archived] = []
    for key in compare_keys.values():
        arrays, meta = store.load_arrays("compare", key)
        found += unpack(arrays, meta["comparisons"])
    return found


def _map(embedding: Embedding) -> dict[str, Any]:
    return {name: value for name, value in asdict(embedding).items() if name != "points"}


def _separation(values: Mapping[str, Any]) -> Separation:
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Separation(**{**values, **lists})
