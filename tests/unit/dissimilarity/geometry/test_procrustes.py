from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import procrustes as scipy_procrustes

from dynashape.dissimilarity import procrustes_distance, procrustes_distances
from dynashape.errors import InputError


def test_the_same_angle_as_scipy() -> None:
    X, Y = np.random.default_rng(0).normal(size=(2, 50, 4))
    # scipy also fits the scale of Y, so its squared residual is the squared sine of the angle.
    disparity = scipy_procrustes(X, Y)[2]
    assert np.sin(procrustes_distance(X, Y)) ** 2 == pytest.approx(disparity, abs=1e-12)


def test_a_known_angle() -> None:
    """A circle against a flattened one: the cosine is (1 + b) / sqrt(2 (1 + b^2))."""
    angle = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    for b in (0.999999, 0.5, 0.0):
        expected = np.arccos(min((1 + b) / np.sqrt(2 * (1 + b**2)), 1.0))
        assert procrustes_distance(circle, circle * [1, b]) == pytest.approx(expected, abs=1e-9)


def test_silent_units_do_not_count() -> None:
    X, Y = np.random.default_rng(1).normal(size=(2, 6, 20, 4))
    wider = np.concatenate([Y, np.full((6, 20, 3), 2.0)], axis=2)
    assert procrustes_distance(X, wider) == pytest.approx(procrustes_distance(X, Y), abs=1e-12)
    assert procrustes_distance(wider, X) == pytest.approx(procrustes_distance(X, Y), abs=1e-12)


def test_all_pairs() -> None:
    systems = list(np.random.default_rng(2).normal(size=(4, 6, 20, 4)))
    assert procrustes_distances(systems)[3, 1] == pytest.approx(procrustes_distance(systems[1], systems[3]), abs=1e-12)


def test_one_error_lists_every_fault() -> None:
    x = np.random.default_rng(3).normal(size=(6, 20, 4))
    with pytest.raises(InputError) as caught:
        procrustes_distances([x, x[:5], np.full_like(x, 0.1), x])
    message = str(caught.value)
    assert "activities[1] has 5 trials with 100 steps in all, activities[0] has 6 with 120" in message
    assert "activities[2] never varies" in message
    assert "activities[3]" not in message
    with pytest.raises(InputError, match="at least one system"):
        procrustes_distances([])
