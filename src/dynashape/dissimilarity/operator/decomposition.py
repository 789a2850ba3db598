"""The leading singular directions of a delay embedding: from its Gram matrix, by an SVD where that is too coarse.

Squaring the embedding loses what is small: rounding in H'H turns the direction with singular value s_r by about
eps (s_1 / s_r)^2, and its length by as much. Where that could be felt, a few directions more than asked for are taken
and the embedding projected on them is decomposed anew (Rayleigh-Ritz): only the turn towards the directions that are
not taken is left. Where that could still be felt, the embedding is built and its SVD taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.integrate
import scipy.linalg
import scipy.optimize
from jaxtyping import Float

from dynashape.dissimilarity.activity import Recording
from dynashape.dissimilarity.operator.embedding import (
    build_embedding,
    embedding_gram,
    embedding_rows,
    project_embedding,
)
from dynashape.dissimilarity.operator.leading_eigenvectors import decompose_symmetric
from dynashape.errors import InputError
from dynashape.records import Array

_EPS = float(np.finfo(np.float64).eps)
# A direction may turn by this much before the SVD is called in: a tenth of what the default ridge moves the operator.
# Activity in single precision has turned it by more than its own rounding already, so that much is allowed there.
_LARGEST_TURN = 1e-9
_EXTRA = 10
# Relative to the first, singular values below this cannot be told from rounding in the Gram matrix.
_GRAM_FLOOR = 1e-7


@dataclass(frozen=True, eq=False)
class Directions:
    """The leading singular vectors of an embedding H = V S U', in order of variance.

    `coordinates` holds the first columns of V and `present` the rows of U' that belong to the present step, so that
    the activity is nearly `coordinates * singular_values @ present`. There are at least `rank` of them (or
    `numerical_rank`, where that is less), and some more where there are any. `singular_values` holds all
    min(rows, columns), in units of `Recording.scale`; from the Gram matrix, those below 1e-7 of the first are rounding.
    `numerical_rank` counts those above the rounding of the activity, exact up to the kept ones. `n_found` is how many
    of them the rule for the rank found, which may be none; `rank` is at least one.
    """

    coordinates: Float[Array, "rows kept"]
    present: Float[Array, "kept units"]
    singular_values: Float[Array, " values"]
    rank: int
    numerical_rank: int
    method: str
    n_found: int


def decompose(recording: Recording, n_delays: int, delay_interval: int, rank: int | float | str) -> Directions:
    """The first `rank` singular directions of the delay embedding of a recording (see `Directions`).

    `rank` is a number of directions, a share of the variance, or "svht" (see `check_rank`); of a number larger than
    there are columns or windows, all there are. By the Gram matrix or by the SVD, rounding turns the last direction by
    at most about 1e-9, or by the rounding of the activity.
    """
    rows = embedding_rows(recording, n_delays, delay_interval)
    shape = (len(rows), n_delays * recording.n_units)
    # With fewer windows than columns the small Gram matrix is H H', and there the embedding itself is small.
    short = build_embedding(recording, rows, n_delays, delay_interval) if shape[0] < shape[1] else None
    gram = embedding_gram(recording, n_delays, delay_interval) if short is None else short @ short.T
    squares, leading = decompose_symmetric(gram)
    values = np.sqrt(np.maximum(squares, 0.0))
    if not values[0] > 0.0:
        return _nothing(recording, shape, rank)

    found = resolve_rank(rank, values, shape)
    n = max(1, found)
    allowed = max(_LARGEST_TURN, recording.precision)
    # Directions below the rounding of the activity are not used, so their accuracy does not matter.
    used = min(n, len(values), max(1, int(np.sum(values > recording.precision * values[0]))))
    kept = next((k for k in (used + _EXTRA, 2 * used + _EXTRA) if _turn(values, used, k) < allowed), None)
    median_is_rounding = rank == "svht" and values[len(values) // 2] < _GRAM_FLOOR * values[0]
    floor = max(recording.precision, max(shape) * _EPS)
    if kept is None or median_is_rounding:
        embedding = build_embedding(recording, rows, n_delays, delay_interval) if short is None else short
        left, values, right = scipy.linalg.svd(embedding, full_matrices=False, check_finite=False)
        found = resolve_rank(rank, values, shape)
        n = max(1, found)
        kept = min(2 * n + _EXTRA, len(values))
        coordinates, columns, method = left[:, :kept], right[:kept].T, "svd"
    else:
        basis = leading(min(kept, len(values)))
        if short is not None:
            columns, ritz, turn = scipy.linalg.svd(short.T @ basis, full_matrices=False, check_finite=False)
            coordinates = basis @ turn.T
            values[: len(ritz)] = ritz
        elif (values[0] / values[used - 1]) ** 2 * _EPS < 0.1 * allowed:
            columns = basis[:, : int(np.sum(values > _GRAM_FLOOR * values[0]))]
            weights = columns / values[: columns.shape[1]]
            coordinates = project_embedding(recording, weights, n_delays, delay_interval)
        else:
            projected = project_embedding(recording, basis, n_delays, delay_interval)
            coordinates, ritz, turn = _thin_svd(projected, values[:kept])
            columns = basis @ turn.T
            values[: len(ritz)] = ritz
        floor, method = max(floor, _GRAM_FLOOR), "gram"
    numerical_rank = int(np.sum(values > floor * values[0]))
    # From V alone, so that neither the order nor a rotation of the units can flip a coordinate.
    signs = np.where(np.einsum("ij,ij,ij->j", coordinates, coordinates, coordinates) < 0.0, -1.0, 1.0)
    coordinates *= signs
    return Directions(
        coordinates,
        (columns[: recording.n_units] * signs).T,
        values,
        # A number is asked for and answered with a status; a rule never asks for more than there is.
        n if isinstance(rank, int | np.integer) else min(n, numerical_rank),
        numerical_rank,
        method,
        found,
    )


def _thin_svd(
    X: Float[Array, "rows k"], sizes: Float[Array, " k"]
) -> tuple[Float[Array, "rows k"], Float[Array, " k"], Float[Array, "k k"]]:
    """The SVD of X, whose columns are nearly orthogonal and of these sizes: a Cholesky QR, then a small SVD.

    Scaled to unit size such columns have a Gram matrix near I, whose Cholesky factor is as good as Householder's R and
    cheaper. Where they are not (sizes that drowned in rounding) it is LAPACK's SVD.
    """
    if sizes[-1] > 0.0:
        scaled = X / sizes
        gram = scaled.T @ scaled
        if np.abs(gram - np.eye(len(gram))).max() < 0.1:
            R = scipy.linalg.cholesky(gram, check_finite=False)
            left, values, right = scipy.linalg.svd(R * sizes, check_finite=False)
            return scaled @ scipy.linalg.solve_triangular(R, left, check_finite=False), values, right
    left, values, right = scipy.linalg.svd(X, full_matrices=False, check_finite=False)
    return left, values, right


def check_rank(
    recording: Recording, rank: int | float | str, n_delays: int, delay_interval: int, name: str, asked: str = ""
) -> None:
    """An `InputError` unless the windows of the recording may hold `rank` directions; `asked` says who wants so many.

    The form of `rank` has been checked (see `check_rank_form`).
    """
    n_windows = int(recording.lengths.sum()) - recording.n_trials * (n_delays - 1) * delay_interval
    n_columns = n_delays * recording.n_units
    most = min(n_windows, n_columns)
    if not isinstance(rank, int | np.integer) or rank <= most:
        return
    why = f"the smaller of {n_windows} windows and {n_columns} columns ({n_delays} delays x {recording.n_units} units)"
    if asked:
        raise InputError(f"{name} has at most {most} directions, {why} of it, fewer than {asked}.")
    raise InputError(f"rank must lie in 1..{most}, {why} of {name}; got {rank}.")


def check_rank_form(rank: int | float | str) -> None:
    """An `InputError` unless `rank` is a number of directions, a share of the variance, or "svht"."""
    if isinstance(rank, str):
        if rank != "svht":
            raise InputError(f'rank must be a whole number, a share of the variance in (0, 1) or "svht"; got {rank!r}.')
    elif isinstance(rank, int | np.integer) and not isinstance(rank, bool):
        if rank < 1:
            raise InputError(f"rank must be at least 1 (and 2 to have something to align); got {rank}.")
    elif isinstance(rank, bool) or not 0.0 < rank < 1.0:
        raise InputError(
            "rank as a share of the variance must lie strictly between 0 and 1 (a number of directions is an int); "
            f"got {rank!r}."
        )


def resolve_rank(rank: int | float | str, values: Float[Array, " values"], shape: tuple[int, int]) -> int:
    """How many directions `rank` stands for, given all singular values; none, where "svht" finds only noise."""
    if isinstance(rank, str):
        threshold = svht_factor(min(shape) / max(shape)) * float(np.median(values))
        return int(np.sum(values > threshold))
    if isinstance(rank, int | np.integer):
        return int(rank)
    share = np.cumsum(values**2) / np.sum(values**2)
    return min(int(np.searchsorted(share, float(rank))) + 1, len(values))


@lru_cache(maxsize=256)
def svht_factor(aspect: float) -> float:
    """The optimal hard threshold for singular values, in units of their median (noise level unknown).

    `aspect` is the smaller over the larger side of the matrix. Gavish & Donoho 2014, "The optimal hard threshold for
    singular values is 4/sqrt(3)", equations 11 and 5: lambda(aspect) over the root of the Marchenko-Pastur median.

    >>> round(svht_factor(1.0), 3)
    2.858
    """
    low, high = (1 - np.sqrt(aspect)) ** 2, (1 + np.sqrt(aspect)) ** 2

    def below(x: float) -> float:
        density = scipy.integrate.quad(
            # In sqrt(x) the density has no pole at 0 for a square matrix.
            lambda y: np.sqrt(max((high - y * y) * (y * y - low), 0.0)) / (np.pi * aspect * y),
            np.sqrt(low),
            np.sqrt(x),
            limit=200,
        )
        return float(density[0]) - 0.5

    median = float(scipy.optimize.brentq(below, low + 1e-12, high))
    best = np.sqrt(2 * (aspect + 1) + 8 * aspect / (aspect + 1 + np.sqrt(aspect**2 + 14 * aspect + 1)))
    return float(best / np.sqrt(median))


def _turn(values: Float[Array, " values"], rank: int, kept: int) -> float:
    """About how far rounding of the Gram matrix turns direction `rank` towards the directions that are not kept."""
    ratio = float(values[rank - 1] / values[0])
    if ratio < _GRAM_FLOOR:
        return float("inf")
    # A direction whose value drowned in the rounding of its square may be as large as the root of that rounding.
    rest = max(float(values[kept] / values[0]), float(np.sqrt(_EPS))) if kept < len(values) else 0.0
    return _EPS / ratio**2 * rest / ratio


def _nothing(recording: Recording, shape: tuple[int, int], rank: int | float | str) -> Directions:
    n = int(rank) if isinstance(rank, int | np.integer) else 1
    return Directions(np.zeros((shape[0], n)), np.zeros((n, recording.n_units)), np.zeros(min(shape)), n, 0, "gram", 0)
