"""The descent: downhill, on O(n), and the same whether its arrays are numpy's or torch's."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from dynashape.dissimilarity.descent import _follow, _State, descend, orthonormalise
from dynashape.dissimilarity.frames import canonicalise
from dynashape.dissimilarity.starts import _draws, _filtered, relaxed_starts

RANK = 12


@pytest.fixture
def problem() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Diagonal-plus-skew operators A and B and random orthogonal C, (6, 12, 12) each."""
    rng = np.random.default_rng(5)
    forms = [canonicalise(rng.normal(size=(RANK, RANK))).rough for _ in range(12)]
    C = np.linalg.qr(rng.normal(size=(6, RANK, RANK)))[0].astype(np.float32)
    return torch.from_numpy(np.stack(forms[:6])), torch.from_numpy(np.stack(forms[6:])), torch.from_numpy(C)


def value(A: torch.Tensor, B: torch.Tensor, C: torch.Tensor) -> np.ndarray:
    A, B, C = A.double(), B.double(), C.double()
    return -(A * (C @ B @ C.mT)).sum((1, 2)).numpy()


def test_it_descends_and_stays_on_the_orthogonal_group(problem):
    A, B, C = problem
    before = [value(A, B, C)]
    for iterations in (5, 20, 200):
        end = descend(A, B, C, iterations)
        assert np.allclose(end.value.numpy(), value(A, B, end.C), atol=1e-6)  # float32 carries 1e-7
        before.append(end.value.numpy())
    # The first long steps leave C off O(n), by up to .2; later ones by a quarter of DRIFT.
    assert float((end.C @ end.C.mT - torch.eye(RANK)).norm(dim=(1, 2)).max()) < 3e-4
    assert all((later < earlier + 1e-6).all() for earlier, later in pairwise(before))
    assert float(end.remaining.max()) < 1e-5


def test_torch_follows_the_same_path_as_numpy(problem):
    # What runs on a GPU is this torch path; devices without one run it here on the CPU.
    A, B, C = problem
    on_torch = _follow(_State(torch, A, B, C), 12)
    on_numpy = descend(A, B, C, 12)
    assert torch.allclose(on_torch.value, on_numpy.value, atol=1e-5)
    assert torch.allclose(on_torch.C, on_numpy.C, atol=1e-2)


def test_relaxed_starts_are_the_same_on_torch_and_near_orthogonal(problem):
    A, B, _ = problem
    gain = torch.full((6,), 8.0)
    on_numpy = relaxed_starts(A, B, gain, RANK, 4)
    draws = _draws(RANK, RANK, 4).float()
    on_torch = torch.stack([_filtered(torch, a, b, draws, g) for a, b, g in zip(A, B, gain, strict=True)])
    assert torch.allclose(on_torch, on_numpy, atol=1e-3)
    nearest = orthonormalise(on_numpy.double(), 8)
    assert float((nearest @ nearest.mT - torch.eye(RANK)).abs().max()) < 1e-6


def test_relaxed_starts_lie_low(problem):
    A, B, C = problem
    gain = torch.tensor([2 * (np.linalg.norm(a, 2) + np.linalg.norm(b, 2)) ** 2 for a, b in zip(A, B, strict=True)])
    starts = orthonormalise(relaxed_starts(A, B, gain.float(), RANK, 8).double(), 8)
    lows = np.array([value(A, B, starts[:, k]) for k in range(8)]).mean(axis=0)
    assert (lows < value(A, B, C) - 0.05).mean() > 0.8
