"""What the points and features of the meta-clustering are."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from dynashape.study.steps.organise import N_REPLICATES, _replicates, feature_table

from dynashape.inference import ComparisonKey


def rows(**fixed):
    for analysis, architecture, phase, (a, b) in product(
        (1, 2), ("GRU", "LSTM"), ("stimulus", "delay"), (("CDM", "PR"), ("DC", "PR"))
    ):
        for labelling in ("task", "training" if analysis == 1 else "input"):
            value = analysis + (phase == "delay") / 2 + (labelling == "task") / 4
            names = {"analysis": analysis, "architecture": architecture, "phase": phase, "task_a": a, "task_b": b}
            yield {**names, "labelling": labelling, "accuracy": value, **fixed}


def test_whatever_is_no_point_becomes_a_feature():
    table = feature_table(list(rows()), ["analysis", "architecture", "task_pair"], ["accuracy"])
    assert table.shape == (2 * 2 * 2, 2 * 2)  # two labellings in each of two phases
    assert sorted(table.loc[(1, "GRU", "CDM-PR")]) == [1.0, 1.25, 1.5, 1.75]


def test_with_phases_as_points_two_separations_are_left():
    table = feature_table(list(rows()), ["analysis", "architecture", "task_pair", "phase"], ["accuracy"])
    assert table.shape == (16, 2)


def test_a_point_without_all_its_features_is_left_out():
    every = list(rows())
    every[0] = {**every[0], "accuracy": None}
    table = feature_table(every, ["analysis", "architecture", "task_pair"], ["accuracy"])
    assert len(table) == 7
    assert np.isfinite(table.to_numpy(dtype=float)).all()


@pytest.mark.parametrize("points", [["analysis", "architecture", "task_pair", "phase"], ["analysis", "task_pair"]])
@pytest.mark.parametrize("features", [["accuracy"], ["omega_squared"], ["omega_squared", "accuracy"]])
def test_resampled_features_stand_where_their_own_stand(draw_comparison, points, features):
    places = [ComparisonKey(a, "GRU", phase, "CDM", "PR") for a in (2, 1) for phase in ("stimulus", "delay")]
    archived = [(place, draw_comparison(number, apart=1.5)) for number, place in enumerate(places)]
    rows = [
        {**vars(place), "labelling": kind, "accuracy": one.separations[kind].accuracy,
         "omega_squared": one.shares.omega_squared[kind]}
        for place, one in archived
        for kind in ("task", "condition")
    ]  # fmt: skip
    table = feature_table(rows, points, features)
    drawn = _replicates(archived, table, {"points": points, "features": features})
    assert drawn.shape == (N_REPLICATES, *table.shape)
    # Resampling moves a feature about its own value: over all places the averages must follow the values.
    assert np.corrcoef(drawn.mean(axis=0).ravel(), table.to_numpy(float).ravel())[0, 1] > 0.97
    assert (drawn.std(axis=0) > 0).mean() > 0.7


def test_features_that_cannot_be_resampled_have_no_replicates():
    table = feature_table(list(rows()), ["analysis", "architecture", "task_pair"], ["accuracy"])
    assert _replicates([], table, {"points": ["analysis"], "features": ["silhouette"]}) is None
