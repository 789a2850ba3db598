"""What a table says of a comparison: every statistic, in the words of its analysis; nothing where there is none."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from dynashape.distances import Distances
from dynashape.inference import Comparison, ComparisonKey, LeftOut, compare, comparison_rows, measured_coverage
from dynashape.records import Code, Status, Term

KEY = ComparisonKey(2, "GRU", "delay", "CDM", "PR")


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    points = np.random.default_rng(0).normal(size=(20, 5)) + 3.0 * np.repeat([0.0, 1.0], 10)[:, None]
    labels = {
        "task": np.repeat(["CDM", "PR"], 10),
        "condition": np.tile(["noise", "trained"], 10),
        "seed": np.arange(20) // 2 % 5,
    }
    return compare(Distances(cdist(points, points), labels))


def test_every_statistic_is_in_its_row(comparison: Comparison):
    rows = comparison_rows(KEY, comparison)
    for row, term in zip(rows, (Term.TASK, Term.CONDITION), strict=True):
        separation = comparison.separations[term]
        for name, value in asdict(separation).items():
            if name not in ("accuracies", "p_values"):
                assert row[name] == value
        assert row["n_seeds"] == 5
        assert row["omega_coverage"] == measured_coverage(5)
        assert [row[f"accuracy_{k}d"] for k in range(1, 6)] == list(separation.accuracies)
        assert [row[f"p_value_{k}d"] for k in range(1, 6)] == list(separation.p_values)
        assert [row[f"stress_{k}d"] for k in range(1, 6)] == list(comparison.stresses)
        assert row["interaction_p"] == comparison.interaction_p
        assert row["interaction_omega_squared"] == comparison.shares.omega_squared[Term.INTERACTION]
        # The plane of the paper is one of the dimensions.
        assert row["accuracy_2d"] == row["accuracy"]
        assert row["p_value_2d"] == row["p_value"]
        assert row["stress_2d"] == row["stress"]
    assert rows[0]["accuracy_1d"] != rows[1]["accuracy_1d"]


def test_columns_come_in_one_order_and_hold_plain_values(comparison: Comparison):
    row, other = comparison_rows(KEY, comparison)
    assert list(row) == list(other)
    assert list(row)[:7] == [*asdict(KEY), "labelling", "accuracy"]
    middle = list(row).index("silhouette")
    assert list(row)[middle : middle + 8] == [
        *("silhouette", "depends_on_dimension", "stress", "n_systems"),
        *("n_left_out", "status", "message", "n_seeds"),
    ]
    assert (row["status"], row["message"]) == ("ok", "")
    for name, value in row.items():
        assert type(value) in (str, int, float, bool), name


@pytest.mark.parametrize(("analysis", "labelling"), [(1, "training"), (2, "input")])
def test_the_condition_is_called_what_it_is_in_its_analysis(comparison: Comparison, analysis: int, labelling: str):
    rows = comparison_rows(ComparisonKey(analysis, "GRU", "delay", "CDM", "PR"), comparison)
    assert [row["labelling"] for row in rows] == ["task", labelling]


def test_a_comparison_left_out_has_its_reason_and_no_numbers(comparison: Comparison):
    lost = LeftOut(Status(Code.TOO_FEW_NETWORKS, "more seeds"), 2, 18)
    for row, full in zip(comparison_rows(KEY, lost), comparison_rows(KEY, comparison), strict=True):
        assert list(row) == list(full)[: len(row)]
        assert (row["status"], row["message"], row["n_systems"], row["n_left_out"]) == (
            *("too_few_networks", "more seeds"),
            *(2, 18),
        )
        assert all(row[name] is None for name in ("accuracy", "p_value", "omega_low", "stress"))
        assert "n_seeds" not in row
