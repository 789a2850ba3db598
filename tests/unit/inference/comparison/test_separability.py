from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dynashape.errors import InputError
from dynashape.inference import separability
from dynashape.inference.comparison.separability import fit_accuracies, fit_logistic, standardise


def test_weights_and_accuracies_are_sklearn_s():
    rng = np.random.default_rng(0)
    for n_components in (1, 2, 5):
        points = rng.normal(size=(20, n_components)) * 3.0 + 1.0
        labellings = rng.permuted(np.tile(np.arange(20) < 10, (40, 1)), axis=1)
        scaled = standardise(points)
        ours = fit_logistic(scaled, labellings)
        accuracies = fit_accuracies(points, labellings)
        for labels, weights, accuracy in zip(labellings, ours, accuracies, strict=True):
            peer = LogisticRegression(tol=1e-10, max_iter=1000).fit(scaled, labels)
            # Both stop at gradients of 1e-8 or so of a loss whose curvature is of order one.
            np.testing.assert_allclose(weights[:-1], peer.coef_[0], atol=1e-5)
            np.testing.assert_allclose(weights[-1], peer.intercept_[0], atol=1e-5)
            assert accuracy == pytest.approx(peer.score(scaled, labels), abs=1e-12)


def test_leaving_systems_out_equals_fitting_the_others():
    rng = np.random.default_rng(1)
    points, labels = rng.normal(size=(20, 2)), np.arange(20) % 2 == 0
    counted = np.arange(20) >= 4
    ours = fit_logistic(points, labels[None], multiplicity=counted[None].astype(float))
    np.testing.assert_allclose(ours, fit_logistic(points[4:], labels[None, 4:]), atol=1e-7)


def test_the_accuracy_does_not_depend_on_the_orientation_or_scale_of_the_plane():
    rng = np.random.default_rng(2)
    points = rng.normal(size=(20, 2)) * [4.0, 1.0]
    labellings = rng.permuted(np.tile(np.arange(20) < 10, (50, 1)), axis=1)
    rotation = np.array([[0.6, -0.8], [0.8, 0.6]])
    np.testing.assert_allclose(fit_accuracies(points, labellings), fit_accuracies(7.0 * points @ rotation, labellings))


def test_chance_of_twenty_points_in_a_plane_is_far_above_one_half():
    rng = np.random.default_rng(3)
    labels = np.arange(20) < 10
    relabellings = rng.permuted(np.tile(labels, (500, 1)), axis=1)
    found = separability(rng.normal(size=(20, 2)), labels, relabellings, exact=False)
    # 0.63 on average over planes (the shared measurement); one plane lies within a few per cent of it.
    assert 0.58 < found.chance < 0.68
    assert found.n_relabellings == 500


def test_separated_classes_are_right_and_their_p_value_is_the_smallest_possible():
    points = np.vstack([np.zeros((5, 2)), np.ones((5, 2))]) + np.random.default_rng(0).normal(size=(10, 2)) * 0.01
    labels = np.arange(10) < 5
    relabellings = np.random.default_rng(1).permuted(np.tile(labels, (99, 1)), axis=1)
    found = separability(points, labels, relabellings, exact=False)
    assert found.accuracy == 1.0
    hits = int(((relabellings == labels).all(axis=1) | (relabellings != labels).all(axis=1)).sum())
    assert found.p_value == pytest.approx((1 + hits) / 100)  # only the labelling itself is as good


def test_points_that_coincide_are_half_right():
    assert fit_accuracies(np.zeros((6, 2)), np.array([[True] * 3 + [False] * 3])).tolist() == [0.5]


def test_far_outliers_do_not_break_the_fit():
    points = np.random.default_rng(4).normal(size=(20, 2))
    points[0] = 1e6
    assert np.isfinite(fit_logistic(standardise(points), (np.arange(20) < 10)[None])).all()


def test_one_class_is_refused():
    with pytest.raises(InputError, match="single class"):
        fit_accuracies(np.zeros((3, 2)), np.ones((1, 3), dtype=bool))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"points": np.full((4, 2), np.nan)},
            "points must be .* finite; .* with 8 values that are not finite",
        ),
        ({"points": np.zeros(4)}, "points must be"),
        ({"labels": np.array([True, False])}, r"labels must have one entry for each of 4 points; got shape \(1, 2\)"),
        ({"labels": np.arange(4)}, "labels must hold True and False"),
        ({"relabellings": np.ones((3, 2), dtype=bool)}, "relabellings must have one entry for each of 4 points"),
        ({"inverse_penalty": 0}, "inverse_penalty must be above 0"),
        ({"inverse_penalty": np.nan}, "inverse_penalty must be a finite number"),
    ],
    ids=str,
)
def test_what_has_no_accuracy_is_refused(given, message: str):
    known = {"points": np.arange(8.0).reshape(4, 2), "labels": np.array([True, True, False, False])}
    with pytest.raises(InputError, match=message):
        separability(**{**known, **given})
