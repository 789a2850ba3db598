"""What is added to the rows of comparisons: interaction, other dimensions, coverage; nothing where there is none."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from dynashape.study.statistics import add_statistics

from dynashape.inference import Comparison, ComparisonKey, Design, compare, measured_coverage
from dynashape.records import Status

PLACE = ComparisonKey(2, "GRU", "delay", "CDM", "PR")


def rows_of(comparison: Comparison) -> list[dict[str, object]]:
    named = {"task": "task", "condition": "input"}
    return [{**asdict(PLACE), **row, "labelling": named[str(row["labelling"])]} for row in comparison.rows()]


def a_comparison() -> Comparison:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(20, 5)) + 3.0 * np.repeat([0.0, 1.0], 10)[:, None]
    design = Design(
        networks=np.arange(20) // 2,
        tasks=np.repeat(["CDM", "PR"], 10),
        conditions=np.tile(["noise", "trained"], 10),
        seeds=np.arange(20) // 2 % 5,
    )
    return compare(np.linalg.norm(points[:, None] - points[None], axis=-1), design)


def test_every_statistic_of_the_record_is_in_its_row():
    comparison = a_comparison()
    task, condition = add_statistics(rows_of(comparison), [(PLACE, comparison)])
    for row, kind in ((task, "task"), (condition, "condition")):
        separation = comparison.separations[kind]
        assert row["n_seeds"] == 5
        assert row["omega_coverage"] == measured_coverage(5)
        assert [row[f"accuracy_{k}d"] for k in range(1, 6)] == list(separation.accuracies)
        assert [row[f"p_value_{k}d"] for k in range(1, 6)] == list(separation.p_values)
        assert [row[f"stress_{k}d"] for k in range(1, 6)] == list(comparison.stresses)
        assert row["interaction_p"] == comparison.interaction_p
        assert row["interaction_omega_squared"] == comparison.shares.omega_squared["interaction"]
        # The plane of the paper is one of the dimensions.
        assert row["accuracy_2d"] == row["accuracy"]
        assert row["p_value_2d"] == row["p_value"]
        assert row["stress_2d"] == pytest.approx(row["stress"])
    assert task["accuracy_1d"] != condition["accuracy_1d"]


def test_a_comparison_without_numbers_gets_none():
    lost = Comparison(Status("too_few_networks"), 2, 18)
    rows = rows_of(lost)
    assert add_statistics(rows, [(PLACE, lost)]) == rows
