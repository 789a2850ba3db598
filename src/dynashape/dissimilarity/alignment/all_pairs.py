"""All pairs of a set of operators, aligned in tiles: memory is bounded by the tile, not by the number of systems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from dynashape.arguments import read_arguments, refuse_masked
from dynashape.cores import count_jobs, on_one_blas_thread, spread
from dynashape.dissimilarity.alignment.align import NOTHING_TO_ALIGN
from dynashape.dissimilarity.alignment.canonical_form import canonicalise, check_operators
from dynashape.dissimilarity.alignment.efforts import find_effort
from dynashape.dissimilarity.alignment.search import Tile, align_tile, tile_size
from dynashape.errors import InputError
from dynashape.records import OK, Array, Status


@dataclass(frozen=True)
class Alignments:
    """The alignments of many pairs of operators.

    Attributes
    ----------
    values : array of shape (pairs,)
        The angular distance of each pair, in radians.
    euclidean : array of shape (pairs,)
        The norm of the difference of its operators, scaled to unit norm.
    pairs : integer array of shape (pairs, 2)
        Which systems each pair is of: their positions in the list of operators.
    converged : boolean array of shape (pairs,)
        Whether the distance may still fall by at most 1e-5 rad (see `Alignment`).
    spread : array of shape (pairs,)
        How far apart the starts of the last round lay, in radians; 0 where no search was needed.
    n_systems : int
        Number of operators.
    status : Status
        "nothing_to_compare", with the remedy, for operators of rank 1, whose distances are NaN.
    """

    values: Float[Array, " pairs"]
    euclidean: Float[Array, " pairs"]
    pairs: Int[Array, "pairs 2"]
    converged: Bool[Array, " pairs"]
    spread: Float[Array, " pairs"]
    n_systems: int
    status: Status = OK

    def square(self) -> Float[Array, "systems systems"]:
        """Give the distances as a symmetric matrix with zeros in its diagonal.

        Raises
        ------
        InputError
            Unless every pair of systems was aligned.
        """
        found = np.eye(self.n_systems, dtype=bool)
        out = np.zeros((self.n_systems, self.n_systems))
        for i, j in (self.pairs.T, self.pairs.T[::-1]):
            out[i, j], found[i, j] = self.values, True
        missing = int((~found).sum())
        if missing:
            raise InputError(
                f"square() needs every pair of the {self.n_systems} systems; {missing // 2} are missing. "
                "Align with pairs=None, or read .values beside .pairs."
            )
        return out


@on_one_blas_thread
@read_arguments()
def align_all(
    operators: Any,
    pairs: Any = None,
    effort: str = "standard",
    *,
    tile: int | None = None,
    zero_pad: bool = False,
    n_jobs: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Alignments:
    """Align all pairs of operators, or the given pairs.

    Parameters
    ----------
    operators : sequence of array of shape (n, n), or of Operator
        One operator a system; any records with a `matrix` will do.
    pairs : integer array of shape (pairs, 2), optional
        Positions in `operators`. All pairs by default, the upper triangle row by row.
    effort : {"standard", "thorough"}
        How many starts are tried, and for how long (see `EFFORTS`).
    tile : int, optional
        Number of pairs that are aligned together. Memory grows with it; the best number for the rank by default.
    zero_pad : bool, default False
        Whether operators of unequal rank are filled up with zeros.
    n_jobs : int, default 1
        Number of threads; -1 for all cores. The result does not depend on it.
    progress : callable, optional
        Called as `progress(done, total)` after every tile.

    Returns
    -------
    Alignments
        Distance, spread and convergence of each pair.

    Raises
    ------
    InputError
        Names every operator that is not square, not finite, zero, or of another rank (without `zero_pad`), and pairs
        or tiles that cannot be.

    Notes
    -----
    The result of a pair depends on its two operators and the effort alone: not on the tile, the order or other pairs.

    Examples
    --------
    >>> d = align_all([np.diag([1.0, 2.0]), np.diag([2.0, 1.0]), np.diag([1.0, -1.0])])
    >>> d.square().round(6).tolist()[0]
    [0.0, 0.0, 1.249046]
    """
    budget = find_effort(effort)
    matrices = check_operators(operators, zero_pad)
    n_systems = len(matrices)
    chosen = np.stack(np.triu_indices(n_systems, 1), axis=1) if pairs is None else _check_pairs(pairs, n_systems)
    size = tile_size(len(matrices[0])) if tile is None else _check_tile(tile)
    if tile is None:
        size = max(1, min(size, -(-len(chosen) // count_jobs(n_jobs))))
    canonical = spread(canonicalise, matrices, n_jobs)

    def run(rows: slice) -> Tile:
        return align_tile([(canonical[i], canonical[j]) for i, j in chosen[rows]], budget)

    def tell(done: int, _: int) -> None:
        if progress is not None:
            progress(min(done * size, len(chosen)), len(chosen))

    tiles = spread(run, [slice(k, k + size) for k in range(0, len(chosen), size)], n_jobs, tell)
    euclidean, values, far = (
        np.concatenate([np.zeros(0), *(getattr(found, name) for found in tiles)])
        for name in ("euclidean", "distance", "spread")
    )
    converged = np.concatenate([np.zeros(0, bool), *(found.converged for found in tiles)])
    if len(matrices[0]) == 1:
        none = np.full(len(chosen), np.nan)
        return Alignments(none, none.copy(), chosen, np.zeros(len(chosen), bool), far, n_systems, NOTHING_TO_ALIGN)
    return Alignments(values, euclidean, chosen, converged, far, n_systems)


def _check_pairs(pairs: Any, n_systems: int) -> Int[Array, "pairs 2"]:
    """The pairs as integers in rows of two; InputError where they are none."""
    if isinstance(pairs, np.ma.MaskedArray):
        refuse_masked("pairs", pairs, "leave masked pairs out")
    try:
        given = np.asarray(pairs)
    except ValueError:  # rows of unequal length
        given = np.empty(0, object)
    whole = given.dtype.kind in "iuf" and bool((np.isfinite(given) & (given == np.round(given))).all())
    if not whole or (given.size and (given.ndim != 2 or given.shape[1] != 2)):
        raise InputError(
            "pairs must hold two whole numbers a row, positions in the list of operators, as [[0, 1], [0, 2]]; "
            f"got {given.dtype} of shape {given.shape}{'' if whole else ' that are not whole numbers'}."
        )
    if given.size and (given.min() < 0 or given.max() >= n_systems):
        raise InputError(
            f"pairs must hold positions in 0..{n_systems - 1} (the operators); got {given.min()}..{given.max()}."
        )
    return given.astype(np.int64).reshape(-1, 2)


def _check_tile(tile: Any) -> int:
    """The size of a tile as an int; InputError where it is none."""
    if isinstance(tile, bool) or not isinstance(tile, Real) or not float(tile).is_integer() or float(tile) < 1.0:
        raise InputError(
            f"tile must be a whole number from 1 up (pairs aligned together); got {tile!r}. "
            "Leave it out for the best size."
        )
    return int(float(tile))
