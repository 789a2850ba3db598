"""Measure how far apart the systems of a tile of pairs are, of one architecture in one phase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dynashape.store import Store
from dynashape.study.measures import measure_pairs
from dynashape.study.parts import pair_indices


def align(store: Store, key: str, params: Mapping[str, Any], upstream: Mapping[str, str]) -> None:
    """Distance (radians where it is an angle), spread over starts and convergence of each pair of the tile.

    A pair with a system that has nothing to compare is left out: its entries are NaN, and the system's own status says
    why. So is one between the two `unneeded` conditions, where the parameters name them.
    """
    systems = params["systems"]
    matrices = _matrices(store, upstream.values(), systems, params["phase"])
    rows, columns = pair_indices(len(systems), *params["pairs"])
    unneeded = set(params.get("unneeded", ()))
    usable = np.array(
        [
            row in matrices
            and column in matrices
            and {systems[row]["condition"], systems[column]["condition"]} != unneeded
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        ]
    )
    place = {system: number for number, system in enumerate(matrices)}
    pairs = np.array(
        [(place[r], place[c]) for r, c in zip(rows[usable].tolist(), columns[usable].tolist(), strict=True)],
        dtype=np.int64,
    ).reshape(-1, 2)
    distance = np.full(len(rows), np.nan)
    spread = np.full(len(rows), np.nan)
    converged = np.zeros(len(rows), dtype=bool)
    if len(pairs):
        found = measure_pairs(params.get("dissimilarity", "dsa"), list(matrices.values()), pairs, params.get("effort"))
        distance[usable], spread[usable], converged[usable] = found
    arrays = {"distance": distance, "spread": spread, "converged": converged, "aligned": usable}
    store.save_arrays("align", key, arrays, {"pairs": params["pairs"]})


def _matrices(store: Store, fit_keys: Any, systems: Any, phase: str) -> dict[int, Any]:
    """What is compared of each system that has it, by the system's number."""
    places: dict[tuple[str, str], Any] = {}
    for fit_key in fit_keys:
        arrays, meta = store.load_arrays("fit", fit_key)
        # Every system of the unit, also those without a matrix: a snapshot that failed must not pass for the final one.
        places |= {(meta["task"], name): arrays.get(f"{name}/matrix") for name in meta["operators"]}
    found = {}
    for number, system in enumerate(systems):
        matrix = places.get((system["task"], f"{system['seed']}/{system['condition']}/{phase}"))
        if matrix is not None:
            found[number] = matrix
    return found
