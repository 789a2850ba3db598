"""How well an operator predicts the next step in trials that it has not seen, beside "nothing changes".

The coordinates, the regression and the way back to the units are all taken from the training trials. To make this
cheap the training trials are decomposed within the leading directions of all trials (a few more than the rank), where
leaving trials out is a subtraction of small Gram matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import scipy.linalg
from jaxtyping import Float, Int

from dynashape.dissimilarity.activity import Recording
from dynashape.dissimilarity.decomposition import Directions
from dynashape.dissimilarity.embedding import embedding_rows, has_next
from dynashape.records import Array

N_FOLDS = 5


def one_step_errors(
    recording: Recording,
    directions: Directions,
    n_delays: int,
    delay_interval: int,
    ranks: Sequence[int],
    ridge: float,
    first_step: int = 0,
) -> tuple[list[float | None], float | None]:
    """The unexplained share of the variance of the next step in held-out trials, for each rank; and for persistence.

    1 is no better than each unit's mean. Trials are held out in five interleaved groups; a single trial is held out in
    five stretches, without the windows that overlap them. Only steps from `first_step` of their trial count, so that
    embeddings of different lengths can be judged on the same steps. None where too few windows are left to learn from.
    """
    rows = embedding_rows(recording, n_delays, delay_interval)
    trial = np.repeat(np.arange(recording.n_trials), recording.lengths)[rows]
    now = np.flatnonzero(has_next(recording, rows))
    now, folds = _folds(now, trial[now], recording.n_trials, (n_delays - 1) * delay_interval)
    counted = rows[now] + 1 - recording.starts[trial[now]] >= first_step
    ends = rows[now] + 1
    if not counted.any():
        return [None] * len(ranks), None
    total, energy, changed = _variances(recording.table, ends if counted.all() else ends[counted])
    # Activity that does not vary beyond its own rounding has nothing to be predicted.
    if not total > (10 * recording.precision) ** 2 * energy:
        return [None] * len(ranks), None
    persistence = changed / total

    wide = min(directions.coordinates.shape[1], directions.numerical_rank, max(ranks) + 10)
    scale = directions.singular_values[:wide]
    before, after = directions.coordinates[now, :wide], directions.coordinates[now + 1, :wide]
    left_out_squares = [before[out].T @ before[out] for _, out in folds]
    left_out_products = [before[out].T @ after[out] for _, out in folds]
    if recording.n_trials > 1:  # what is left out are all windows, each of them once
        squares, products = sum(left_out_squares), sum(left_out_products)
    else:
        squares, products = before.T @ before, before.T @ after
    sums = np.zeros(len(ranks))
    fits = [True] * len(ranks)
    for (tested, left_out), out_squares, out_products in zip(folds, left_out_squares, left_out_products, strict=True):
        train_squares = squares - out_squares
        train_products = products - out_products
        # The singular directions of the training windows within the kept ones, and the way to and from them.
        variances, axes = scipy.linalg.eigh(scale[:, None] * train_squares * scale, driver="evd", check_finite=False)
        n_axes = int(np.sum(variances > wide * np.finfo(np.float64).eps * variances[-1]))
        spread, axes = np.sqrt(variances[::-1][:n_axes]), axes[:, ::-1][:, :n_axes]
        to_axes = np.ascontiguousarray(scale[:, None] * axes / spread)
        back = (spread * axes).T @ directions.present[:wide]
        train_squares = to_axes.T @ train_squares @ to_axes
        train_products = to_axes.T @ train_products @ to_axes
        for i, rank in enumerate(ranks):
            fits[i] &= len(now) - len(before[left_out]) >= rank
            if not fits[i]:
                continue
            r = min(rank, n_axes)
            system = train_squares[:r, :r] + ridge * np.eye(r)
            factor = scipy.linalg.cho_factor(system, overwrite_a=True, check_finite=False)
            step = scipy.linalg.cho_solve(factor, train_products[:r, :r], check_finite=False)
            missed = before[tested] @ (to_axes[:, :r] @ (step @ back[:r])) - recording.table[ends[tested]]
            sums[i] += _energy(missed if counted[tested].all() else missed[counted[tested]])
    return [float(s) / total if fit else None for s, fit in zip(sums, fits, strict=True)], persistence


def _folds(
    now: Int[Array, " pairs"], trial: Int[Array, " pairs"], n_trials: int, reach: int
) -> tuple[Int[Array, " pairs"], list[tuple[slice, slice]]]:
    """The pairs of steps in order of their fold; for each fold, those to predict and those not to learn from."""
    if n_trials > 1:
        fold = trial % min(N_FOLDS, n_trials)
        stops = np.cumsum(np.bincount(fold)).tolist()
        parts = [slice(start, stop) for start, stop in pairwise([0, *stops])]
        return now[np.argsort(fold, kind="stable")], [(part, part) for part in parts]
    edges = np.linspace(0, len(now), N_FOLDS + 1).astype(int).tolist()
    return now, [(slice(a, b), slice(max(a - reach - 1, 0), b + reach + 1)) for a, b in pairwise(edges)]


def _variances(table: Float[Array, "all_steps units"], ends: Int[Array, " pairs"]) -> tuple[float, float, float]:
    """Of the steps at these rows: the sum of squares about their mean, about zero, and about the step before each.

    From products of rows, without arrays as large as the table (whose memory costs more than the sums), unless these
    sums lose more than six digits by their subtraction.
    """
    own = np.einsum("ij,ij->i", table, table)
    energy = float(own[ends].sum())
    mean = np.bincount(ends, minlength=len(table)).astype(np.float64) @ table / len(ends)
    total = energy - len(ends) * float(mean @ mean)
    with_next = np.einsum("ij,ij->i", table[:-1], table[1:])
    changed = float((own[ends] + own[ends - 1] - 2.0 * with_next[ends - 1]).sum())
    if total < 1e-6 * energy:
        # From the first of them: the mean of many equal values is not that value, to the last digit.
        apart = table[ends] - table[ends[0]]
        total = _energy(apart - apart.mean(axis=0))
    if changed < 1e-6 * energy:
        changed = _energy(table[ends] - table[ends - 1])
    return total, energy, changed


def _energy(values: Float[Array, "rows columns"]) -> float:
    return float(np.vdot(values, values))
