"""At low rank the lowest minimum is found, where it is known and where operators are nearly the same."""

from __future__ import annotations

import numpy as np
import pytest

from dynashape.dissimilarity import align, align_all, fit_operator
from dynashape.dissimilarity.alignment.efforts import EFFORTS, LOW_RANK
from dynashape.dissimilarity.alignment.low_rank import finish, search_low_rank
from dynashape.dissimilarity.alignment.polish import descend, orthonormalise
from dynashape.dissimilarity.alignment.starts import draw_rotations

RANKS = range(2, 7)


def fitted_operators(rank: int, count: int) -> list[np.ndarray]:
    """Operators of small random recurrent networks, of unit norm."""
    rng = np.random.default_rng([7, rank])
    found = []
    for _ in range(count):
        W = 1.3 * rng.normal(size=(20, 20)) / np.sqrt(20)
        x = rng.normal(size=(15, 20))
        steps = []
        for _ in range(30):
            x = 0.8 * x + 0.2 * np.tanh(x @ W.T)
            steps.append(x)
        matrix = fit_operator(np.stack(steps, axis=1), n_delays=3, rank=rank).matrix
        found.append(matrix / np.linalg.norm(matrix))
    return found


def orthogonal(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.linalg.qr(rng.normal(size=(n, n)))[0]


def test_rank_two_is_as_low_as_a_fine_grid_of_all_rotations_and_reflections():
    rng = np.random.default_rng(0)
    angles = np.linspace(0, 2 * np.pi, 20_001)
    c, s = np.cos(angles), np.sin(angles)
    rotations = np.stack([np.stack([c, -s], -1), np.stack([s, c], -1)], -2)
    grid = np.concatenate([rotations, rotations @ np.diag([1.0, -1.0])])
    for A, B in rng.normal(size=(20, 2, 2, 2)):
        A, B = A / np.linalg.norm(A), B / np.linalg.norm(B)
        lowest = np.linalg.norm(A - grid @ B @ grid.mT, axis=(1, 2)).min()
        found = align(A, B).euclidean
        # The grid's steps of 3e-4 leave it less than 1e-6 above.
        assert lowest - 1e-6 < found < lowest + 1e-12


@pytest.mark.parametrize("rank", [4, 8])
def test_no_descent_from_many_random_starts_ends_lower(rank):
    rng = np.random.default_rng(rank)
    for A, B in rng.normal(size=(4, 2, rank, rank)):
        A, B = (X - np.trace(X) / rank * np.eye(rank) for X in (A, B))
        A, B = A / np.linalg.norm(A), B / np.linalg.norm(B)
        starts = np.linalg.qr(rng.normal(size=(60, rank, rank)))[0]
        end = orthonormalise(descend(*(np.tile(X, (60, 1, 1)) for X in (A, B)), starts, 200).C, 2)
        lowest = np.linalg.norm(A - end @ B @ end.mT, axis=(1, 2)).min()
        assert align(A, B, effort="thorough").euclidean < lowest + 1e-9


@pytest.mark.parametrize("rank", RANKS)
def test_standard_ends_where_thorough_does(rank):
    operators = fitted_operators(rank, 10)
    standard, thorough = (align_all(operators, effort=effort) for effort in ("standard", "thorough"))
    assert (standard.values <= thorough.values + 1e-4).mean() >= 0.97  # 45 pairs: one may miss
    assert (thorough.values <= standard.values + 1e-9).all()
    assert thorough.converged.all()


@pytest.mark.parametrize("rank", RANKS)
def test_nearly_identical_operators_end_at_the_best_known(rank):
    rng = np.random.default_rng(rank)
    operators = []
    for k, A in enumerate(fitted_operators(rank, 12)):
        Q = orthogonal(rng, rank)
        operators += [A, Q @ (A + 10.0 ** -(3 + k % 3) * rng.normal(size=A.shape) / rank) @ Q.T]
    pairs = np.arange(len(operators)).reshape(-1, 2)
    standard, thorough = (align_all(operators, pairs, effort) for effort in ("standard", "thorough"))
    above = standard.values - thorough.values
    assert above.max() <= 1e-5
    assert standard.values.max() < 2e-3
    assert standard.converged.all()


@pytest.mark.parametrize("rank", range(2, LOW_RANK + 1))
def test_conjugates_end_at_rounding(rank):
    rng = np.random.default_rng(rank)
    for A in rng.normal(size=(5, rank, rank)):
        Q = orthogonal(rng, rank)
        assert align(A, Q @ A @ Q.T).distance < 3e-14
        # Not through the exact start: the search and its end alone.
        A = A / np.linalg.norm(A)
        C, _, _ = search_low_rank(
            A[None], (Q @ A @ Q.T)[None], np.eye(rank)[None, None], draw_rotations(rank, 40), 40, 40, 2
        )
        finish(A[None], (Q @ A @ Q.T)[None], C)
        assert np.linalg.norm(A - C[0] @ Q @ A @ Q.T @ C[0].T) < 3e-14


def test_a_minimum_that_one_start_alone_has_found_is_not_called_converged():
    rng = np.random.default_rng(3)
    A, B = rng.normal(size=(2, 1, 6, 6))
    drawn = draw_rotations(6, 24)
    _, values, agreeing = search_low_rank(A, B, drawn[None, :1], drawn[1:1], 0, 1, 2)
    assert agreeing[0] == 1
    assert np.isinf(values[0, 1])
    _, values, agreeing = search_low_rank(A, B, drawn[None, :1], drawn[1:], 4, 1, 2)
    assert agreeing[0] >= 2
    np.testing.assert_allclose(values[0, 1], values[0, 0], rtol=1e-6)


def test_starts_of_both_determinants_are_drawn_once_a_rank():
    drawn = draw_rotations(5, 8)
    np.testing.assert_allclose(drawn @ drawn.mT, np.tile(np.eye(5), (8, 1, 1)), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(drawn), [1, -1] * 4)
    assert np.array_equal(draw_rotations(5, 4), drawn[:4])


@pytest.mark.parametrize("rank", [2, 5])
def test_multiples_of_the_identity_have_no_direction_and_give_no_nan(rank):
    found = align_all([np.eye(rank), -2.0 * np.eye(rank), np.eye(rank) + 1e-3 * np.ones((rank, rank))])
    assert np.isfinite(found.values).all()
    assert found.square()[0, 1] == pytest.approx(np.pi)


def test_thorough_affords_more_than_standard():
    standard, thorough = (EFFORTS[name].sweeps.at_rank(7) for name in ("standard", "thorough"))
    assert thorough.n_drawn > standard.n_drawn
    assert thorough.n_followed > standard.n_followed
    assert thorough.n_agreeing > standard.n_agreeing
