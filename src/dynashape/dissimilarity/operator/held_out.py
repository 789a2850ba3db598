"""How well an operator predicts the next step in trials that it has not seen, beside "nothing changes".

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

from dynashape.dissimilarity.activity import Recording
from dynashape.dissimilarity.operator.decomposition import Directions
from dynashape.dissimilarity.operator.window_sums import LOST, PairSums, Windows, add_sums, find_windows, sum_pairs, variance_of_next
from dynashape.records import Array

N_FOLDS = 5
"""How many groups of trials are held out in turn; a recording must be read with its trials in these groups."""


@dataclass(frozen=True, eq=False)
class Folds:
    """What is held out in turn: the windows to predict and their sums, the sums not to learn from, and those of all."""

    windows: Windows
    tested: list[Windows]
    tested_sums: list[PairSums]
    left_out: list[PairSums]
    all: PairSums


def fold(
    recording: Recording, directions: Directions, n_delays: int, delay_interval: int, first_step: int = 0
) -> Folds:
    """The windows of a recording in the groups that are held out in turn.

    These are the groups of trials the recording was read in; a single trial is held out in five stretches, without the
    windows that overlap them. Only steps from `first_step` of their trial are predicted, so that embeddings of
    different lengths can be judged on the same steps.
    """
    windows = find_windows(recording, directions, n_delays, delay_interval)
    reach = (n_delays - 1) * delay_interval
    dropped = first_step - 1 - reach
    tested = windows.later(dropped)
    if recording.n_trials > 1:
        parts = [tested.trials(group) for group in recording.groups]
        sums = [sum_pairs(part) for part in parts]
        left_out = sums if tested is windows else [sum_pairs(windows.trials(group)) for group in recording.groups]
        return Folds(tested, parts, sums, left_out, add_sums(left_out))
    edges = np.linspace(0, windows.n_pairs, N_FOLDS + 1).astype(int).tolist()
    stretches = list(pairwise(edges))
    parts = [windows.stretch(max(a, dropped), b + 1) for a, b in stretches]
    left_out = [sum_pairs(windows.stretch(a - reach - 1, b + reach + 2)) for a, b in stretches]
    return Folds(tested, parts, [sum_pairs(part) for part in parts], left_out, sum_pairs(windows))


def one_step_errors(
    folds: Folds, directions: Directions, ranks: Sequence[int], ridge: float, precision: float
) -> tuple[list[float | None], float | None]:
    """The unexplained share of the variance of the next step in held-out trials, for each rank; and for persistence.

    1 is no better than each unit's mean. None where too few windows are left to learn from, or where the activity
    does not vary beyond its own rounding, `precision`.
    """
    sums = add_sums(folds.tested_sums)
    total = variance_of_next(folds.windows, sums)
    if not total > (10 * precision) ** 2 * sums.energy:
        return [None] * len(ranks), None
    wide = min(directions.coordinates.shape[1], directions.numerical_rank, max(ranks) + 10)
    training = _decompose_training(folds, directions, wide)
    errors: list[float | None] = []
    for rank in ranks:
        if any(folds.all.n - out.n < rank for out in folds.left_out):
            errors.append(None)
            continue
        weights = training.weights(rank, ridge)
        missed = [_missed(*part) for part in zip(folds.tested, folds.tested_sums, weights, strict=True)]
        errors.append(sum(missed) / total)
    return errors, sums.change / total


@dataclass(frozen=True, eq=False)
class _Training:
    """The singular directions of the training windows of each fold, within the kept directions of all windows.

    `axes` leads to their coordinates and `back` from there to the present step; `squares` and `products` are the sums
    over the training pairs in these coordinates. Directions that are not `held` are zero.
    """

    axes: Float[Array, "folds kept kept"]
    back: Float[Array, "folds kept units"]
    squares: Float[Array, "folds kept kept"]
    products: Float[Array, "folds kept kept"]
    held: Bool[Array, "folds kept"]

    def weights(self, rank: int, ridge: float) -> Float[Array, "folds kept units"]:
        """What takes the coordinates of a window to the next step, by the operator of this rank."""
        system = self.squares[:, :rank, :rank].copy()
        diagonal = np.arange(system.shape[1])
        system[:, diagonal, diagonal] += np.where(self.held[:, :rank], ridge, 1.0)
        step = np.linalg.solve(system, self.products[:, :rank, :rank])
        return np.asarray(self.axes[:, :, :rank] @ (step @ self.back[:, :rank]))


def _decompose_training(folds: Folds, directions: Directions, wide: int) -> _Training:
    scale = directions.singular_values[:wide]
    squares = np.stack([(folds.all.squares - out.squares)[:wide, :wide] for out in folds.left_out])
    products = np.stack([(folds.all.products - out.products)[:wide, :wide] for out in folds.left_out])
    variances, axes = np.linalg.eigh(scale[:, None] * squares * scale)
    variances, axes = variances[:, ::-1], axes[:, :, ::-1]
    held = variances > wide * np.finfo(np.float64).eps * variances[:, :1]
    spread = np.sqrt(np.where(held, variances, 1.0))[:, None]
    axes = np.where(held[:, None], axes, 0.0)
    to_axes = scale[:, None] * axes / spread
    turned = to_axes.swapaxes(1, 2)
    back = (spread * axes).swapaxes(1, 2) @ directions.present[:wide]
    return _Training(to_axes, back, turned @ squares @ to_axes, turned @ products @ to_axes, held)


def _missed(windows: Windows, sums: PairSums, weights: Float[Array, "kept units"]) -> float:
    """The sum of squares of the next step less what is predicted of it, over these windows."""
    kept = len(weights)
    doubled = sums.squares[:kept, :kept] @ weights - 2.0 * sums.crossed[:kept]
    value = float(np.vdot(weights, doubled)) + sums.energy
    return value if value > LOST * sums.energy else windows.missed(weights)
