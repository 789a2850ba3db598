"""What the points and features of the meta-clustering are."""

from __future__ import annotations

from itertools import product

import numpy as np

from dynashape.study.steps.organise import feature_table


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
