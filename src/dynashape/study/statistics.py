"""More of a comparison's record for its rows: interaction, the other MDS dimensions, the coverage of intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dynashape.inference import Comparison, ComparisonKey, measured_coverage
from dynashape.study.archive import Archived

_PLACE = ("analysis", "architecture", "phase", "task_a", "task_b")


def add_statistics(rows: Sequence[Mapping[str, Any]], archived: Sequence[Archived]) -> list[dict[str, Any]]:
    """The rows of `Comparison.rows` with more columns, from the archived comparisons of the same unit.

    `n_seeds` and `omega_coverage` (the measured coverage of the nominal 95 % interval at that number of seeds);
    `interaction_share`, `interaction_omega_squared` and `interaction_p` of task by condition, which both labellings
    share; `stress_1d`, `accuracy_1d` and `p_value_1d` for each MDS dimension tried. A comparison without numbers adds
    none.
    """
    found = dict(archived)
    return [
        {**row, **_statistics(found[ComparisonKey(**{name: row[name] for name in _PLACE})], str(row["labelling"]))}
        for row in rows
    ]


def _statistics(comparison: Comparison, labelling: str) -> dict[str, Any]:
    separation = comparison.separations.get("task" if labelling == "task" else "condition")
    if separation is None or comparison.shares is None or comparison.seeds is None:
        return {}
    n_seeds = len(np.unique(comparison.seeds))
    said: dict[str, Any] = {
        "n_seeds": n_seeds,
        "omega_coverage": None if separation.omega_low is None else measured_coverage(n_seeds),
        "interaction_share": comparison.shares.share["interaction"],
        "interaction_omega_squared": comparison.shares.omega_squared["interaction"],
        "interaction_p": comparison.interaction_p,
    }
    for name, values in (
        ("stress", comparison.stresses),
        ("accuracy", separation.accuracies),
        ("p_value", separation.p_values),
    ):
        said |= {f"{name}_{k}d": value for k, value in zip(comparison.dimensions, values, strict=True)}
    return said
