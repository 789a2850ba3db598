"""The alignment is exact where the answer is known, the same whatever stands beside it, and refuses what it must."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ortho_group
from threadpoolctl import threadpool_limits

from dynashape.dissimilarity import align, align_all
from dynashape.errors import InputError
from dynashape.records import Code

RANKS = (2, 3, 5, 10, 20, 40, 100)


def orthogonal(rng, n, determinant=None):
    Q = ortho_group.rvs(n, random_state=rng) if n > 1 else np.array([[1.0]])
    if determinant is not None and np.sign(np.linalg.det(Q)) != determinant:
        Q[:, 0] *= -1
    return Q


def awkward(kind, n, rng):
    X = rng.standard_normal((n, n))
    Q = orthogonal(rng, n)
    half = max(1, n // 2)
    blocks = np.zeros((n, n))
    blocks[:half, :half] = X[:half, :half]
    return {
        "generic": X,
        "symmetric": X + X.T,
        "skew": X - X.T + (0 if n > 1 else 1),
        "orthogonal": Q,
        "normal": Q @ np.kron(np.eye(half), np.array([[0.9, 0.3], [-0.3, 0.9]])) @ Q.T if n == 2 * half else Q,
        "nilpotent": np.triu(X, 1) if n > 1 else X,
        "diagonal": np.diag(rng.standard_normal(n)),
        "repeated": Q @ np.diag(np.repeat([1.0, 0.5], [half, n - half])) @ Q.T,
        "zero blocks": blocks,
        "block-permuted": np.kron(np.array([[0.0, 1.0], [1.0, 0.0]]), X[:half, :half]) if n == 2 * half else X,
        "twin blocks": np.kron(np.eye(2), X[:half, :half]) if n == 2 * half else X,
        "nearly equal": np.diag(1 + 1e-7 * rng.standard_normal(n)),
        "near the identity": np.eye(n) + 0.05 * X / np.sqrt(n),
    }[kind]


KINDS = (
    "generic",
    "symmetric",
    "skew",
    "orthogonal",
    "normal",
    "nilpotent",
    "diagonal",
    "repeated",
    "zero blocks",
    "block-permuted",
    "twin blocks",
    "nearly equal",
    "near the identity",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rank", RANKS)
def test_conjugates_have_distance_zero(kind, rank):
    rng = np.random.default_rng([rank, KINDS.index(kind)])
    for determinant in (1, -1):
        A = awkward(kind, rank, rng)
        Q = orthogonal(rng, rank, determinant if rank > 1 else None)
        found = align(A, Q @ A @ Q.T)
        assert found.distance <= 1e-6
        assert np.abs(found.transform @ found.transform.T - np.eye(rank)).max() < 1e-9


def test_rank_one_has_nothing_to_align():
    found, all_found = align(np.array([[1.0]]), np.array([[-3.0]])), align_all(np.array([[[1.0]], [[-3.0]], [[2.0]]]))
    assert np.isnan([found.distance, found.euclidean]).all()
    assert np.isnan([all_found.values, all_found.euclidean]).all()
    assert found.status.code == all_found.status.code == Code.NOTHING_TO_COMPARE
    assert not (found.converged or all_found.converged.any())
    assert np.isfinite(align(np.array([[1.0]]), np.diag([1.0, 2.0]), zero_pad=True).distance)


def test_masked_pairs_are_no_pairs():
    with pytest.raises(InputError, match="pairs has 1 masked value"):
        align_all([np.eye(2), np.diag([1.0, 2.0])], np.ma.array([[0, 1]], mask=[[False, True]]))


@pytest.mark.parametrize("kind", KINDS)
def test_an_operator_has_no_distance_to_itself(kind):
    A = awkward(kind, 8, np.random.default_rng(KINDS.index(kind)))
    assert align(A, A).distance == 0.0
    assert align(A, 3.0 * A).distance <= 1e-12


def random_pairs(n_pairs, rank, seed):
    rng = np.random.default_rng(seed)
    for _ in range(n_pairs):
        yield (np.eye(rank) + 0.3 * rng.standard_normal((rank, rank)) / np.sqrt(rank) for _ in range(2))


def test_distance_is_symmetric_and_free_of_scale():
    for A, B in random_pairs(8, 8, seed=1):
        forward = align(A, B).distance
        assert abs(forward - align(B, A).distance) <= 1e-9
        assert abs(forward - align(5.0 * A, 0.1 * B).distance) <= 1e-9


def test_a_change_of_basis_changes_nothing():
    rng = np.random.default_rng(2)
    operators = [M for pair in random_pairs(200, 8, seed=3) for M in pair]
    turned = [Q @ M @ Q.T for M in operators for Q in [orthogonal(rng, 8)]]
    pairs = np.arange(400).reshape(200, 2)
    moved = np.abs(align_all(operators, pairs).values - align_all(turned, pairs).values) > 1e-6
    # 99 % of random pairs: an operator whose canonical form lies between two float32 numbers may go another way.
    assert moved.sum() <= 2


def test_triangle_inequality_holds():
    operators = [M for pair in random_pairs(6, 6, seed=4) for M in pair]
    square = align_all(operators).square()
    # The distance of the minima is a metric; 2e-3 is what a missed minimum may cost.
    assert (square[:, None, :] <= square[:, :, None] + square[None, :, :].swapaxes(1, 2) + 2e-3).all()


@pytest.mark.parametrize("rank", [2, 7, 20])
def test_symmetric_operators_differ_by_their_sorted_spectra(rank):
    rng = np.random.default_rng(rank)
    A, B = (X + X.T for X in rng.standard_normal((2, rank, rank)))
    spectra = [np.linalg.eigvalsh(X / np.linalg.norm(X)) for X in (A, B)]
    assert abs(align(A, B).euclidean - np.linalg.norm(spectra[0] - spectra[1])) <= 1e-8


def test_the_transform_reaches_the_distance_it_reports():
    for A, B in random_pairs(5, 9, seed=5):
        found = align(A, B)
        A, B = A / np.linalg.norm(A), B / np.linalg.norm(B)
        reached = np.linalg.norm(A - found.transform @ B @ found.transform.T)
        assert abs(reached - found.euclidean) <= 1e-9


def test_a_pair_is_the_same_in_any_tile_order_and_thread_count():
    operators = [M for pair in random_pairs(4, 6, seed=6) for M in pair]
    whole = align_all(operators)
    np.random.seed(1)  # noqa: NPY002  (global state must not matter)
    assert np.array_equal(align_all(operators, tile=7).values, whole.values)
    backwards = align_all(operators, pairs=whole.pairs[::-1].copy())
    assert np.array_equal(backwards.values[::-1], whole.values)
    assert align(operators[2], operators[7]).distance == whole.square()[2, 7]
    with threadpool_limits(2):
        assert np.array_equal(align_all(operators).values, whole.values)


@pytest.mark.parametrize("rank", [3, 15, 33])
def test_a_pair_is_the_same_bit_for_bit_in_any_tile_at_sizes_that_are_filled_up(rank):
    operators = [M for pair in random_pairs(6, rank, seed=rank) for M in pair]
    chosen = np.arange(12).reshape(6, 2)
    whole = align_all(operators, chosen)
    assert np.array_equal(align_all(operators, chosen, tile=1).values, whole.values)
    assert np.array_equal(align_all(operators, chosen, tile=4).spread, whole.spread)
    assert np.array_equal(align_all(operators, chosen[[4, 1]]).values, whole.values[[4, 1]])


def test_operators_are_left_as_they_were():
    operators = [np.random.default_rng(k).standard_normal((4, 4)) for k in range(3)]
    copies = [operator.copy() for operator in operators]
    align_all(operators)
    assert all(np.array_equal(a, b) for a, b in zip(operators, copies, strict=True))


def test_more_effort_never_ends_higher():
    for A, B in random_pairs(5, 12, seed=8):
        assert align(A, B, effort="thorough").distance <= align(A, B).distance + 1e-6


@pytest.mark.parametrize(
    ("operators", "said"),
    [
        ([np.eye(3), np.full((3, 3), np.nan)], "operator 1 holds NaN"),
        ([np.eye(3), np.zeros((3, 3))], "operator 1 is zero"),
        ([np.eye(3), np.eye(4)], "zero_pad=True"),
        ([np.eye(3), np.ones((3, 4))], "square"),
        ([np.eye(3), np.eye(3) * 1j], "operator 1 must hold real numbers"),
        ([], "at least one"),
    ],
)
def test_what_cannot_be_aligned_is_one_clear_error(operators, said):
    with pytest.raises(InputError, match=said):
        align_all(operators)


THREE = [np.eye(2), np.diag([1.0, 2.0]), np.diag([1.0, 3.0])]


@pytest.mark.parametrize(
    "pairs",
    [
        [[0.7, 1.2]],
        [[0, 1, 2], [1, 2, 0]],
        [0, 1],
        [[[0, 1]]],
        [[0, 1], [2]],
        [["0", "1"]],
        [[True, False]],
        [[0, np.nan]],
        [[0, 1j]],
        [[0, None]],
        [[0, 3]],
        [[-1, 0]],
        3,
    ],
)
def test_pairs_that_are_none_are_one_clear_error(pairs):
    with pytest.raises(InputError, match=r"^pairs must hold"):
        align_all(THREE, pairs)


@pytest.mark.parametrize("pairs", [[(0, 1), (2, 1)], np.array([[0, 1], [2, 1]], np.uint8), [[0.0, 1.0], [2.0, 1.0]]])
def test_pairs_of_any_whole_numbers_are_taken(pairs):
    found = align_all(THREE, pairs)
    assert found.pairs.tolist() == [[0, 1], [2, 1]]
    assert found.pairs.dtype == np.int64


@pytest.mark.parametrize("pairs", [[], np.empty((0, 2), int), np.empty((0, 2))])
def test_no_pairs_are_taken(pairs):
    assert align_all(THREE, pairs).values.shape == (0,)


@pytest.mark.parametrize("tile", [0, -1, 1.5, "2", True, np.nan, np.inf])
def test_tiles_that_cannot_be_are_refused(tile):
    with pytest.raises(InputError, match="tile"):
        align_all(THREE, tile=tile)


@pytest.mark.parametrize("number", [2, np.int64(2), np.uint8(2), 2.0, np.float32(2)])
def test_tile_and_jobs_may_be_any_whole_number(number):
    assert len(align_all(THREE, tile=number, n_jobs=number).values) == 3


@pytest.mark.parametrize("rank", [5, 12])
def test_threads_change_nothing(rank):
    operators = [M for pair in random_pairs(4, rank, seed=10) for M in pair]
    seen = []
    one = align_all(operators)
    two = align_all(operators, tile=5, n_jobs=2, progress=lambda done, total: seen.append((done, total)))
    for name in ("values", "euclidean", "converged", "spread"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert np.array_equal(align_all(operators, n_jobs=3).values, one.values)
    assert seen == [(5, 28), (10, 28), (15, 28), (20, 28), (25, 28), (28, 28)]


def test_square_needs_every_pair():
    operators = [M for pair in random_pairs(2, 4, seed=9) for M in pair]
    some = align_all(operators, np.array([[0, 1], [2, 3]]))
    with pytest.raises(InputError, match="4 are missing"):
        some.square()


def test_progress_counts_up_to_all_pairs():
    seen = []
    align_all([np.diag([1.0, k]) for k in range(5)], tile=4, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(4, 10), (8, 10), (10, 10)]


def test_one_system_has_no_pairs():
    found = align_all([np.eye(3)])
    assert found.values.shape == (0,)
    assert found.square().tolist() == [[0.0]]


def test_unequal_ranks_are_padded_when_asked():
    A = np.diag([2.0, 1.0])
    assert align(A, np.diag([2.0, 1.0, 0.0]), zero_pad=True).distance <= 1e-12


def test_an_unknown_effort_names_the_near_one():
    with pytest.raises(InputError, match="standard"):
        align(np.eye(2), np.diag([1.0, 2.0]), effort="standart")
