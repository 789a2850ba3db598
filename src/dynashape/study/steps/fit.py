"""Fit one linear operator to each network's activity in each condition and phase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dynashape.dissimilarity import fit_operator
from dynashape.records import Status
from dynashape.store import Store


def fit(store: Store, key: str, params: Mapping[str, Any], upstream: Mapping[str, str]) -> None:
    """Operators `seed/condition/phase`: the matrix, singular values, how well it predicts, and its status."""
    (record_key,) = upstream.values()
    activity, recorded = store.load_arrays("record", record_key)
    arrays = {}
    operators: dict[str, dict[str, Any]] = {}
    for name, values in activity.items():
        status = Status(*recorded["status"][name])
        for phase, (start, stop) in params["phases"].items():
            place = f"{name}/{phase}"
            if not status.ok:
                operators[place] = {"code": status.code, "message": status.message}
                continue
            operator = fit_operator(values[:, start:stop], **params["dsa"], name=place)
            # An operator padded with zeros is no estimate: a system without enough rank has a status, not distances.
            if operator.status.ok:
                arrays[f"{place}/matrix"] = operator.matrix
            arrays[f"{place}/singular_values"] = operator.singular_values
            operators[place] = {
                "code": operator.status.code,
                "message": operator.status.message,
                "explained_variance": operator.explained_variance,
                "effective_rank": operator.effective_rank,
                "one_step_error": operator.one_step_error,
                "persistence_error": operator.persistence_error,
            }
    store.save_arrays("fit", key, arrays, {"task": params["task"], "operators": operators})
