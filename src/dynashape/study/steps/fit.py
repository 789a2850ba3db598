"""Reduce each network's activity in each condition and phase to what is compared: a linear operator, or averages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from dynashape.records import Array, Status
from dynashape.store import Store
from dynashape.study.measures import Reduced, reduce_to_averages, reduce_to_operator
from dynashape.study.steps.record import record_group


def fit(store: Store, key: str, params: Mapping[str, Any], upstream: Mapping[str, str]) -> None:
    """Systems `seed/condition/phase`: the matrix to compare, singular values, how well it predicts, and its status."""
    (upstream_key,) = upstream.values()
    if "record" in params:
        # Along learning activity is not kept: a snapshot's would take as much room as all else, and seconds to make.
        activity, recorded = record_group(store.load_arrays("train", upstream_key)[0], params["record"])
    else:
        activity, recorded = store.load_arrays("record", upstream_key)
    arrays = {}
    operators: dict[str, dict[str, Any]] = {}
    for name, values in activity.items():
        status = Status(*recorded["status"][name])
        choices = np.array(recorded["choices"][name.split("/")[0]])
        for phase, (start, stop) in params["phases"].items():
            place = f"{name}/{phase}"
            if not status.ok:
                operators[place] = {"code": status.code, "message": status.message}
                continue
            reduced = reduce_phase(values[:, start:stop], choices, params, place)
            if reduced.compared is not None:
                arrays[f"{place}/matrix"] = reduced.compared
            arrays |= {f"{place}/{kind}": array for kind, array in reduced.arrays.items()}
            operators[place] = {"code": reduced.status.code, "message": reduced.status.message, **reduced.facts}
    store.save_arrays("fit", key, arrays, {"task": params["task"], "operators": operators})


def reduce_phase(
    activity: Float[Array, "trials steps units"], choices: Array, params: Mapping[str, Any], name: str
) -> Reduced:
    """One system's activity in one phase, reduced to an operator where the unit says how, to averages elsewhere."""
    if "dsa" in params:
        return reduce_to_operator(activity, params["dsa"], name)
    return reduce_to_averages(activity, choices, name)
