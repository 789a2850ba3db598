"""The polish: downhill and on O(n); and the starts that it is compared with."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from dynashape.dissimilarity.alignment.canonical_form import canonicalise
from dynashape.dissimilarity.alignment.polish import descend, orthonormalise
from dynashape.dissimilarity.alignment.starts import relaxed_starts

RANK = 12


@pytest.fixture
def problem() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Diagonal-plus-skew operators A and B and random orthogonal C, (6, 12, 12) each."""
    rng = np.random.default_rng(5)
    forms = [canonicalise(rng.normal(size=(RANK, RANK))).rough for _ in range(12)]
    C = np.linalg.qr(rng.normal(size=(6, RANK, RANK)))[0].astype(np.float32)
    return np.stack(forms[:6]), np.stack(forms[6:]), C


def value(A: np.ndarray, B: np.ndarray, C: np.ndarray) -> np.ndarray:
    A, B, C = (X.astype(np.float64) for X in (A, B, C))
    return -(A * (C @ B @ C.mT)).sum((1, 2))


def test_it_descends_and_stays_on_the_orthogonal_group(problem):
    A, B, C = problem
    before = [value(A, B, C)]
    for iterations in (5, 20, 200):
        end = descend(A, B, C, iterations)
        assert np.allclose(end.value, value(A, B, end.C), atol=1e-6)  # float32 carries 1e-7
        before.append(end.value)
    # The first long steps leave C off O(n), by up to .2; later ones by a quarter of DRIFT.
    assert np.linalg.norm(end.C @ end.C.mT - np.eye(RANK), axis=(1, 2)).max() < 3e-4
    assert all((later < earlier + 1e-6).all() for earlier, later in pairwise(before))
    assert end.remaining.max() < 1e-5


def test_relaxed_starts_are_near_orthogonal(problem):
    A, B, _ = problem
    starts = relaxed_starts(A, B, np.full(6, 8.0, np.float32), RANK, 4)
    nearest = orthonormalise(starts.astype(np.float64), 8)
    assert np.abs(nearest @ nearest.mT - np.eye(RANK)).max() < 1e-6


def test_relaxed_starts_lie_low(problem):
    A, B, C = problem
    gain = np.array([2 * (np.linalg.norm(a, 2) + np.linalg.norm(b, 2)) ** 2 for a, b in zip(A, B, strict=True)])
    starts = orthonormalise(relaxed_starts(A, B, gain.astype(np.float32), RANK, 8).astype(np.float64), 8)
    lows = np.array([value(A, B, starts[:, k]) for k in range(8)]).mean(axis=0)
    assert (lows < value(A, B, C) - 0.05).mean() > 0.8
