from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from dynashape.dissimilarity import fit_operator, spectral_distance, spectral_distances
from dynashape.errors import InputError


def test_the_matching_is_the_best_of_all() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        A, B = rng.normal(size=(2, 5, 5))
        a, b = np.linalg.eigvals(A), np.linalg.eigvals(B)
        best = min(np.sqrt(np.mean(np.abs(a - b[list(p)]) ** 2)) for p in permutations(range(5)))
        assert spectral_distance(A, B) == pytest.approx(best, abs=1e-12)


def test_symmetric_operators_compare_sorted_spectra() -> None:
    rng = np.random.default_rng(1)
    A, B = (m + m.T for m in rng.normal(size=(2, 12, 12)))
    expected = np.sqrt(np.mean((np.linalg.eigvalsh(A) - np.linalg.eigvalsh(B)) ** 2))
    assert spectral_distance(A, B) == pytest.approx(expected, abs=1e-12)


def test_any_change_of_basis_is_distance_zero() -> None:
    A, T = np.random.default_rng(2).normal(size=(2, 8, 8))
    # Not orthogonal, so eigenvalues are moved by rounding times the condition of the basis.
    assert spectral_distance(A, T @ A @ np.linalg.inv(T)) < 1e-10
    assert spectral_distance(A, A) == 0.0


def test_the_matrix_of_all_pairs() -> None:
    operators = list(np.random.default_rng(3).normal(size=(6, 4, 4)))
    D = spectral_distances(operators)
    assert (D == D.T).all()
    assert (np.diag(D) == 0).all()
    assert D[4, 1] == pytest.approx(spectral_distance(operators[1], operators[4]))
    for i, j, k in permutations(range(6), 3):
        assert D[i, j] <= D[i, k] + D[k, j] + 1e-12


def test_scale_counts() -> None:
    assert spectral_distance(np.eye(3), 0.5 * np.eye(3)) == pytest.approx(0.5)


def test_records_and_unequal_ranks() -> None:
    activity = np.random.default_rng(4).normal(size=(10, 20, 3)).cumsum(axis=1)
    small, large = fit_operator(activity, 1, 2), fit_operator(activity, 1, 3)
    with pytest.raises(InputError, match=r"ranks \[2, 3\]"):
        spectral_distance(small, large)
    padded = np.pad(small.matrix, (0, 1))
    assert spectral_distance(small, large, zero_pad=True) == pytest.approx(spectral_distance(padded, large))


@pytest.mark.parametrize("size", [1e300, 1e-300, 2.0**1000])
def test_the_distance_grows_with_its_operators_at_any_size(size: float) -> None:
    A, B = np.random.default_rng(5).normal(size=(2, 4, 4))
    assert spectral_distance(size * A, size * B) == pytest.approx(size * spectral_distance(A, B), rel=1e-12)


@pytest.mark.parametrize(
    ("operators", "message"),
    [
        (None, "operators must be a list of square matrices; got None"),
        ([np.ma.masked_array(np.eye(2), mask=[[0, 1], [0, 0]])], "operator 0 has 1 masked value of 4"),
        ([1j * np.eye(2)], "operator 0 must hold real numbers; got dtype complex128"),
    ],
    ids=["none", "masked", "complex"],
)
def test_what_is_no_operator_is_refused(operators, message: str) -> None:
    with pytest.raises(InputError, match=message):
        spectral_distances(operators)
