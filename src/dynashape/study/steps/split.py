"""Measure how far apart two halves of the same network's trials are: the floor under its distances to others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dynashape.errors import InputError
from dynashape.records import Array, Code, Status
from dynashape.store import Store
from dynashape.study.measures import Reduced, measure_pairs
from dynashape.study.steps.fit import reduce_phase


def split(store: Store, key: str, params: Mapping[str, Any], upstream: Mapping[str, str]) -> None:
    """One row a system and phase: the distance between its even and its odd trials, or a status that says why not."""
    (record_key,) = upstream.values()
    activity, recorded = store.load_arrays("record", record_key)
    rows: list[dict[str, Any]] = []
    halves: list[Array] = []
    whole: list[dict[str, Any]] = []
    for name, values in activity.items():
        seed, condition = name.split("/")
        choices = np.array(recorded["choices"][seed])
        for phase, (start, stop) in params["phases"].items():
            status = Status(*recorded["status"][name])
            row = {"seed": int(seed), "condition": condition, "phase": phase, "distance": None}
            rows.append(row)
            if status.ok:
                pair = [
                    _reduce(values[first::2, start:stop], choices[first::2], params, f"{name}/{phase}, {half} trials")
                    for first, half in ((0, "even"), (1, "odd"))
                ]
                status = next((half.status for half in pair if not half.status.ok), status)
                compared = [half.compared for half in pair if half.compared is not None]
                if len(compared) == 2:
                    halves += compared
                    whole.append(row)
            row |= {"code": status.code, "message": status.message}
    if whole:
        pairs = np.arange(len(halves)).reshape(-1, 2)
        distances, _, _ = measure_pairs(params.get("dissimilarity", "dsa"), halves, pairs, params.get("effort"))
        for row, distance in zip(whole, distances.tolist(), strict=True):
            row["distance"] = distance
    store.save_json("split", key, {"rows": rows})


def _reduce(activity: Array, choices: Array, params: Mapping[str, Any], name: str) -> Reduced:
    """Half of the trials may hold too little for what all of them can carry: a status, as for a whole system."""
    try:
        return reduce_phase(activity, choices, params, name)
    except InputError as error:
        return Reduced(Status(Code.TOO_FEW_TRIALS, str(error)), None, {}, {})
