"""All pairs of a set of operators, aligned in tiles: memory is bounded by the tile, not by the number of systems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from dynashape.dissimilarity.alignment import check_operators
from dynashape.dissimilarity.efforts import find_effort
from dynashape.dissimilarity.frames import canonicalise
from dynashape.dissimilarity.tiles import align_tile, tile_size
from dynashape.errors import InputError
from dynashape.records import OK, Array, Code, Status


@dataclass(frozen=True)
class Distances:
    """Distances of many pairs: `values` (angular, radians) and `euclidean` (operators of unit norm), one a pair.

    `spread` is how far the starts that were run to the end lie apart (radians); `converged` says whether the best one's
    gradient vanished.
    """

    values: Float[Array, " pairs"]
    euclidean: Float[Array, " pairs"]
    pairs: Int[Array, "pairs 2"]
    converged: Bool[Array, " pairs"]
    spread: Float[Array, " pairs"]
    n_systems: int

    def square(self) -> Float[Array, "systems systems"]:
        """The symmetric matrix with zeros on its diagonal; InputError unless every pair was aligned."""
        found = np.zeros((self.n_systems, self.n_systems), dtype=bool)
        out = np.zeros((self.n_systems, self.n_systems))
        for i, j in (self.pairs.T, self.pairs.T[::-1]):
            out[i, j], found[i, j] = self.values, True
        missing = int((~found | np.eye(self.n_systems, dtype=bool)).sum() - self.n_systems)
        if missing:
            raise InputError(
                f"square() needs every pair of the {self.n_systems} systems; {missing // 2} are missing. "
                "Align with pairs=None, or read .values beside .pairs."
            )
        return out

    def condensed(self) -> Float[Array, " all_pairs"]:
        """The upper triangle row by row, as scipy.spatial.distance.squareform reads it; InputError unless complete."""
        return self.square()[np.triu_indices(self.n_systems, 1)]

    def status(self, pair: int) -> Status:
        """How the alignment of this pair (a row of `pairs`) went."""
        if self.converged[pair]:
            return OK
        i, j = (int(k) for k in self.pairs[pair])
        return Status(
            Code.UNCONVERGED, f"the alignment of systems {i} and {j} still moved when it stopped; use effort='thorough'"
        )


def align_all(
    operators: Sequence[Any],
    pairs: Int[Array, "pairs 2"] | None = None,
    effort: str = "standard",
    *,
    tile: int | None = None,
    zero_pad: bool = False,
    progress: Callable[[int, int], None] | None = None,
    device: str = "cpu",
) -> Distances:
    """Angular and Euclidean distances between all pairs of operators, or between the given pairs of positions.

    A pair's result depends on its two operators and the effort alone: not on the tile, the order or the other
    pairs. `operators` are square arrays or records with a `.matrix`. `progress(done, total)` is called after every
    tile of `tile` pairs; memory grows with the tile, and with the operators themselves. InputError names every
    operator that is not finite, zero, or of another rank (zero-padded only with `zero_pad`).

    `device="cuda"` runs the same code on a GPU. It pays from about a thousand pairs of rank 20, or a hundred of rank
    100 (untried estimates: enough to fill it, see `tiles.BATCH_ON_GPU`); results agree with the CPU's to rounding,
    or to the spread where rounding leads to another minimum.

    >>> d = align_all([np.diag([1.0, 2.0]), np.diag([2.0, 1.0]), np.diag([1.0, -1.0])])
    >>> d.square().round(6).tolist()[0]
    [0.0, 0.0, 1.249046]
    """
    budget = find_effort(effort)
    matrices = check_operators(operators, zero_pad)
    n_systems = len(matrices)
    if pairs is None:
        pairs = np.stack(np.triu_indices(n_systems, 1), axis=1)
    pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    if tile is not None and tile < 1:
        raise InputError(
            f"tile must be at least 1 (pairs aligned together); got {tile}. Leave it out for the best size."
        )
    if pairs.size and (pairs.min() < 0 or pairs.max() >= n_systems):
        raise InputError(
            f"pairs must hold positions in 0..{n_systems - 1} (the operators); got {pairs.min()}..{pairs.max()}."
        )
    canonical = [canonicalise(matrix) for matrix in matrices]
    tile = tile or tile_size(len(matrices[0]), device)
    euclidean, spread = np.zeros(len(pairs)), np.zeros(len(pairs))
    converged = np.zeros(len(pairs), dtype=bool)
    for start in range(0, len(pairs), tile):
        rows = slice(start, min(start + tile, len(pairs)))
        result = align_tile([(canonical[i], canonical[j]) for i, j in pairs[rows]], budget, device)
        euclidean[rows], spread[rows], converged[rows] = result.euclidean, result.spread, result.converged
        if progress is not None:
            progress(int(rows.stop), len(pairs))
    values = 2 * np.arcsin(np.minimum(euclidean / 2, 1.0))
    return Distances(values, euclidean, pairs, converged, spread, n_systems)
