"""The momentum search: on O(n), each start by itself, the same compiled or loaded, and lower than descent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba.core.caching import CacheImpl

from dynashape.dissimilarity.alignment.canonical_form import canonicalise
from dynashape.dissimilarity.alignment.momentum import compiled, roll

RANK, PAIRS, STARTS = 12, 3, 4


def draw(seed: int, rank: int = RANK, pairs: int = PAIRS, starts: int = STARTS) -> tuple[np.ndarray, ...]:
    """Diagonal-plus-skew operators A and B (pairs, n, n) and random orthogonal C (pairs, starts, n, n)."""
    rng = np.random.default_rng(seed)
    A, B = (np.stack([canonicalise(rng.normal(size=(rank, rank))).rough for _ in range(pairs)]) for _ in range(2))
    C = np.linalg.qr(rng.normal(size=(pairs, starts, rank, rank)))[0].astype(np.float32)
    return A, B, C


def value(A: np.ndarray, B: np.ndarray, C: np.ndarray) -> np.ndarray:
    A, B, C = A.astype(np.float64)[:, None], B.astype(np.float64)[:, None], C.astype(np.float64)
    return -(A * (C @ B @ C.mT)).sum((2, 3))


def follow(A: np.ndarray, B: np.ndarray, C: np.ndarray, *legs: tuple[int, tuple[float, float]]):
    C = C.copy()
    V = np.zeros_like(C)
    for iterations, kept in legs:
        found = roll(A, B, C, V, iterations, kept)
    return found, C, V


def test_it_stays_on_the_orthogonal_group_and_tells_the_value_of_where_it_is():
    A, B, C = draw(1)
    found, C, V = follow(A, B, C, (60, (1.0, 0.95)), (60, (0.95, 0.8)))
    assert np.allclose(found, value(A, B, C), atol=1e-6)  # float32 carries 1e-7
    assert np.abs(C @ C.mT - np.eye(RANK)).max() < 1e-5
    assert np.allclose(V, -V.mT, atol=1e-6)


def test_a_velocity_that_is_kept_leads_lower_than_none():
    A, B, C = draw(2, rank=24, pairs=4, starts=8)
    still = follow(A, B, C, (96, (0.0, 0.0)))[0]
    moving = follow(A, B, C, (72, (1.0, 0.95)), (24, (0.95, 0.8)))[0]
    assert moving.mean() < still.mean() - 0.005


def test_no_start_and_no_pair_changes_the_way_of_another():
    A, B, C = draw(5)
    together, ends, _ = follow(A, B, C, (40, (1.0, 0.9)))
    for pair in range(PAIRS):
        for start in range(STARTS):
            alone, end, _ = follow(A[pair, None], B[pair, None], C[pair, start][None, None], (40, (1.0, 0.9)))
            assert np.array_equal(alone[0, 0], together[pair, start])
            assert np.array_equal(end[0, 0], ends[pair, start])


def test_an_operator_of_zeros_gives_no_nan():
    A, B, C = draw(6)
    found, ends, _ = follow(np.zeros_like(A), B, C, (20, (1.0, 0.95)))
    assert np.array_equal(found, np.zeros_like(found))
    assert np.isfinite(ends).all()


def test_a_machine_without_a_place_for_compiled_code_compiles_all_the_same(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    assert compiled(lambda x: x + 1)(2) == 3


@pytest.mark.slow
def test_code_that_was_compiled_and_code_that_was_loaded_give_the_same_bits(tmp_path: Path):
    program = (
        "import numpy as np, dynashape\n"
        "rng = np.random.default_rng(0)\n"
        "for rank in (7, 16, 33):\n"
        "    print(dynashape.align(rng.normal(size=(rank, rank)), rng.normal(size=(rank, rank))).distance.hex())\n"
    )
    environment = {"NUMBA_CACHE_DIR": str(tmp_path), "OMP_NUM_THREADS": "1", "PATH": ""}
    runs = [
        subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert any(tmp_path.rglob("*.nbc"))
    assert runs[0].stdout == runs[1].stdout != ""
