"""How well an operator predicts the coming step in trials that it has not seen, beside "nothing changes".

The coordinates, the regression and the way back to the units are all taken from the training trials. To make this
cheap the training trials are decomposed within the leading directions of all trials (a few more than the rank), where
leaving trials out is a subtraction of small matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float

from dynashape.dissimilarity.operator.decomposition import Directions
from dynashape.dissimilarity.operator.regression import regress
from dynashape.dissimilarity.operator.trial_groups import N_GROUPS
from dynashape.dissimilarity.operator.window_sums import (
    LOST,
    PairSums,
    Windows,
    add_sums,
    sum_by_group,
    variance_of_next,
)
from dynashape.records import Array


def one_step_errors(
    windows: Windows,
    directions: Directions,
    ranks: Sequence[int],
    ridge: float,
    precision: float,
    first_step: int = 0,
    regression: str = "ols",
) -> tuple[list[float | None], float | None]:
    """The unexplained share of the variance of the coming step in held-out trials, for each rank; and for persistence.

    The coming step is `windows.steps_ahead` steps on.

    Groups of trials are held out in turn; a single trial is held out in stretches, without the windows that overlap
    them. Only steps from `first_step` of their trial are predicted, so that embeddings of different lengths can be
    judged on the same steps. 1 is no better than each unit's mean. None where too few windows are left to learn from,
    or where the activity does not vary beyond its own rounding, `precision`.
    """
    k = windows.steps_ahead
    dropped = first_step - k - windows.reach
    predicted = windows.later(dropped)
    if len(windows.lengths) > 1:
        tested, left_out = predicted.groups, windows.groups
    else:
        stretches = list(pairwise(np.linspace(0, windows.n_pairs, N_GROUPS + 1).astype(int).tolist()))
        tested = [windows.stretch(max(a, dropped), b + k) for a, b in stretches]
        left_out = [windows.stretch(a - windows.reach - k, b + windows.reach + 2 * k) for a, b in stretches]
    whole, sums = sum_by_group(windows), add_sums([part.sums for part in tested])
    total = variance_of_next(predicted, sums)
    if not total > (10 * precision) ** 2 * sums.energy:
        return [None] * len(ranks), None
    wide = min(directions.coordinates.shape[1], directions.numerical_rank, max(ranks) + 10)
    training = _decompose_training(whole, left_out, directions, wide)
    errors: list[float | None] = []
    for rank in ranks:
        if any(whole.n - out.sums.n < rank for out in left_out):
            errors.append(None)
            continue
        weights = training.weights(rank, ridge, regression)
        if weights is None:
            errors.append(None)
            continue
        missed = [_missed(part, each) for part, each in zip(tested, weights, strict=True)]
        errors.append(sum(missed) / total)
    return errors, sums.change / total


@dataclass(frozen=True, eq=False)
class _Training:
    """The singular directions of the training windows of each fold, within the kept directions of all windows.

    `axes` leads to their coordinates and `back` from there to the present step; `squares` and `products` are the sums
    (see `PairSums`) over the training pairs in these coordinates. Directions that are not `held` are zero.
    """

    axes: Float[Array, "folds kept kept"]
    back: Float[Array, "folds kept units"]
    squares: Float[Array, "folds kept kept"]
    products: Float[Array, "folds kept kept"]
    squares_later: Float[Array, "folds kept kept"]
    held: Bool[Array, "folds kept"]

    def weights(self, rank: int, ridge: float, regression: str) -> Float[Array, "folds kept units"] | None:
        """What takes the coordinates of a window to the coming step, by the operator of this rank, if there is one."""
        chosen = (slice(None), slice(None, rank), slice(None, rank))
        diagonal = np.where(self.held[:, :rank], ridge, 1.0)
        step = regress(self.squares[chosen], self.products[chosen], self.squares_later[chosen], diagonal, regression)
        if step is None:
            return None
        return np.asarray(self.axes[:, :, :rank] @ (step @ self.back[:, :rank]))


def _decompose_training(whole: PairSums, left_out: Sequence[Windows], directions: Directions, wide: int) -> _Training:
    scale = directions.singular_values[:wide]

    def left(name: str) -> Float[Array, "folds kept kept"]:
        return np.stack([(getattr(whole, name) - getattr(out.sums, name))[:wide, :wide] for out in left_out])

    squares, products, later = left("squares"), left("products"), left("squares_later")
    variances, axes = np.linalg.eigh(scale[:, None] * squares * scale)
    variances, axes = variances[:, ::-1], axes[:, :, ::-1]
    held = variances > wide * np.finfo(np.float64).eps * variances[:, :1]
    spread = np.sqrt(np.where(held, variances, 1.0))[:, None]
    axes = np.where(held[:, None], axes, 0.0)
    to_axes = scale[:, None] * axes / spread
    turned = to_axes.swapaxes(1, 2)
    back = (spread * axes).swapaxes(1, 2) @ directions.present[:wide]
    squares, products, later = (turned @ each @ to_axes for each in (squares, products, later))
    return _Training(to_axes, back, squares, products, later, held)


def _missed(windows: Windows, weights: Float[Array, "kept units"]) -> float:
    """The sum of squares of the coming step less what is predicted of it, over these windows."""
    sums, kept = windows.sums, len(weights)
    doubled = sums.squares[:kept, :kept] @ weights - 2.0 * sums.crossed[:kept]
    value = float(np.vdot(weights, doubled)) + sums.energy
    return value if value > LOST * sums.energy else windows.missed(weights)
