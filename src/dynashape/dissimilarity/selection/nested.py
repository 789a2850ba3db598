"""The operators of one system at many ranks from one decomposition: coordinates are nested, the first are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from dynashape.dissimilarity.activity import Recording
from dynashape.dissimilarity.operator.decomposition import decompose
from dynashape.dissimilarity.operator.regression import regress
from dynashape.dissimilarity.operator.window_sums import find_windows, sum_by_group
from dynashape.records import Array


@dataclass(frozen=True)
class Options:
    """The options of `fit_operator` that all choices share."""

    delay_interval: int = 1
    ridge: float = 1e-8
    regression: str = "ols"
    steps_ahead: int = 1


@dataclass(frozen=True, eq=False)
class Nested:
    """Operators by rank, for the ranks that the system allows, and all its singular values."""

    matrices: dict[int, Float[Array, "n n"]]
    singular_values: Float[Array, " values"]

    def gap(self, rank: int) -> float:
        """The first singular value that is left out over the last that is kept; NaN where nothing is left out."""
        values = self.singular_values
        return float(values[rank] / values[rank - 1]) if rank < len(values) else float("nan")


def allowed_ranks(recording: Recording, n_delays: int, delay_interval: int, ranks: Sequence[int]) -> list[int]:
    """The ranks that the numbers of windows and of columns allow, in order."""
    n_windows = int(recording.lengths.sum()) - recording.n_trials * (n_delays - 1) * delay_interval
    most = min(n_windows, n_delays * recording.n_units)
    return [rank for rank in sorted(set(ranks)) if 1 <= rank <= most]


def fit_nested(recording: Recording, n_delays: int, ranks: Sequence[int], options: Options) -> Nested:
    """The operators of a system at those of the ranks that it allows."""
    delay_interval = options.delay_interval
    wanted = allowed_ranks(recording, n_delays, delay_interval, ranks)
    directions = decompose(recording, n_delays, delay_interval, wanted[-1] if wanted else 1)
    wanted = [rank for rank in wanted if rank <= directions.numerical_rank]
    sums = sum_by_group(find_windows(recording, directions, n_delays, delay_interval, options.steps_ahead))
    matrices = {}
    for rank in wanted:
        squares, products, later = (part[:rank, :rank] for part in (sums.squares, sums.products, sums.squares_later))
        step = regress(squares, products, later, np.full(rank, options.ridge), options.regression)
        if step is not None:
            matrices[rank] = step.T
    return Nested(matrices, directions.singular_values)
