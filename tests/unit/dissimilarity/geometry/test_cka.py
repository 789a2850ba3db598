from __future__ import annotations

import numpy as np
import pytest
import torch

from dynashape.dissimilarity import cka_distance, cka_distances, procrustes_distances
from dynashape.errors import InputError


def written_out(X: np.ndarray, Y: np.ndarray) -> float:
    """The HSIC form of Kornblith et al. 2019, with the n x n similarity matrices and the centring matrix."""
    n = len(X)
    H = np.eye(n) - np.ones((n, n)) / n
    K, L = H @ X @ X.T @ H, H @ Y @ Y.T @ H
    return float(np.trace(K @ L) / np.sqrt(np.trace(K @ K) * np.trace(L @ L)))


def test_the_angle_of_the_published_formula() -> None:
    X, Y = np.random.default_rng(0).normal(size=(2, 50, 4)) + 3.0
    assert np.cos(cka_distance(X, Y)) == pytest.approx(written_out(X, Y), abs=1e-12)
    assert np.cos(cka_distance(X, Y[:, :2])) == pytest.approx(written_out(X, Y[:, :2]), abs=1e-12)


@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-9])
def test_small_angles_are_exact(size: float) -> None:
    """A circle against a slightly flattened one: the angle between diag(1, 1) and diag(1, (1 - size)^2) is size."""
    angle = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    expected = np.pi / 4 - np.arctan((1 - size) ** 2)
    assert cka_distance(circle, circle * [1, 1 - size]) == pytest.approx(expected, rel=1e-6)


def test_orthogonal_geometries_are_a_right_angle() -> None:
    angle = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    assert cka_distance(np.cos(angle)[:, None], np.sin(angle)[:, None]) == pytest.approx(np.pi / 2)


def test_all_pairs_and_errors() -> None:
    systems = list(np.random.default_rng(2).normal(size=(4, 6, 20, 4)))
    assert cka_distances(systems)[3, 1] == pytest.approx(cka_distance(systems[1], systems[3]), abs=1e-12)
    with pytest.raises(InputError, match=r"activities\[1\] has 1 trials with 5 steps"):
        cka_distance(systems[0], np.zeros((5, 4)))


@pytest.mark.parametrize("distances", [cka_distances, procrustes_distances])
def test_two_steps_have_no_geometry_of_their_own(distances) -> None:
    x = np.random.default_rng(0).normal(size=(2, 2, 3))
    with pytest.raises(InputError, match=r"activities\[0\] has 2 steps in all; any two points are alike, give 3"):
        distances([x[0], x[1]])
    assert distances([np.eye(3), np.diag([1.0, 2.0, 4.0])])[0, 1] > 0.0


@pytest.mark.parametrize("distances", [cka_distances, procrustes_distances])
def test_trials_are_not_taken_for_systems(distances) -> None:
    x = np.random.default_rng(0).normal(size=(4, 10, 3))
    with pytest.raises(InputError, match=r"activities must be a list of systems; got an ndarray of shape \(4, 10, 3\)"):
        distances(x)
    for wrong in (None, "abc", (each for each in x), 3):
        with pytest.raises(InputError, match="activities must be a list of systems"):
            distances(wrong)
    apart = distances(list(x))
    for together in (x[:, None], torch.tensor(x[:, None])):
        assert (distances(together) == apart).all()


@pytest.mark.parametrize("distances", [cka_distances, procrustes_distances])
def test_masked_values_are_not_compared(distances) -> None:
    x = np.ma.masked_array(np.random.default_rng(0).normal(size=(10, 3)), mask=np.arange(30).reshape(10, 3) > 27)
    with pytest.raises(InputError, match=r"activities\[1\] has 2 masked values of 30"):
        distances([x.data, x])
