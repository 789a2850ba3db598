"""Eigenvalues and leading eigenvectors of symmetric matrices."""

from __future__ import annotations

import numpy as np
import pytest

from dynashape.dissimilarity.operator.leading_eigenvectors import decompose_symmetric


def random_rotation(n: int, seed: int) -> np.ndarray:
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(n, n)))[0]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 30, 101])
@pytest.mark.parametrize("kind", ["distinct", "repeated", "few", "zero", "wide"])
def test_leading_vectors_of_known_spectra(n, kind):
    rng = np.random.default_rng(n)
    known = {
        "distinct": np.arange(1.0, n + 1),
        "repeated": rng.integers(1, 3, n).astype(float),
        "few": np.where(np.arange(n) < 2, 1.0, 0.0),
        "zero": np.zeros(n),
        "wide": np.logspace(-14, 0, n),
    }[kind]
    Q = random_rotation(n, n)
    matrix = (Q * known) @ Q.T
    matrix = (matrix + matrix.T) / 2
    before = matrix.copy()
    values, leading = decompose_symmetric(matrix)
    np.testing.assert_array_equal(matrix, before)
    np.testing.assert_allclose(values, np.sort(known)[::-1], atol=1e-13 * max(1.0, known.max()))
    for k in {1, (n + 1) // 2, n}:
        vectors = leading(k)
        assert vectors.shape == (n, k)
        assert vectors.flags.c_contiguous
        np.testing.assert_allclose(vectors.T @ vectors, np.eye(k), atol=1e-13)
        np.testing.assert_allclose(matrix @ vectors, vectors * values[:k], atol=1e-12 * max(1.0, known.max()))
