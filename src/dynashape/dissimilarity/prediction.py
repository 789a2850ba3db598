"""How well an operator predicts the next step in trials that it has not seen, beside "nothing changes".

The coordinates, the regression and the way back to the units are all taken from the training trials. To make this
cheap the training trials are decomposed within the leading directions of all trials (a few more than the rank), where
leaving trials out is a small subtraction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import scipy.linalg
from jaxtyping import Bool, Float, Int

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
    """The unexplained share of the variance of the next step in held-out trials, one for each rank; and for persistence.

    1 is no better than each unit's mean. Trials are held out in five interleaved groups; a single trial is held out in
    five stretches, without the windows that overlap them. Only steps from `first_step` of their trial count, so that
    embeddings of different lengths can be judged on the same steps. None where too few windows are left to learn from.
    """
    rows = embedding_rows(recording, n_delays, delay_interval)
    follows = has_next(recording, rows)
    now = np.flatnonzero(follows)
    trial = np.repeat(np.arange(recording.n_trials), recording.lengths)[rows]
    counted = rows[now] + 1 - recording.starts[trial[now]] >= first_step
    activity = recording.table[rows]
    targets = activity[now[counted] + 1]
    total = float(np.sum((targets - targets.mean(axis=0)) ** 2)) if len(targets) else 0.0
    # Activity that does not vary beyond its own rounding has nothing to be predicted.
    if not total > (10 * recording.precision) ** 2 * float(np.sum(targets**2)):
        return [None] * len(ranks), None
    persistence = float(np.sum((targets - activity[now[counted]]) ** 2)) / total

    wide = min(directions.coordinates.shape[1], directions.numerical_rank, max(ranks) + 10)
    scale = directions.singular_values[:wide] / directions.singular_values[0]
    values, present = directions.coordinates[:, :wide], directions.present[:wide]
    before, after = values[now], values[now + 1]
    squares, products = before.T @ before, before.T @ after
    sums = np.zeros(len(ranks))
    fits = np.ones(len(ranks), dtype=bool)
    for held_out, left_out in _folds(recording, trial, (n_delays - 1) * delay_interval):
        out = left_out[now] | left_out[now + 1]
        tested = held_out[now] & counted
        n_train = len(now) - int(out.sum())
        # Over all rows the coordinates are orthonormal, so what is left after taking rows out is I minus theirs.
        gram = np.eye(wide) - values[left_out].T @ values[left_out]
        variances, axes = scipy.linalg.eigh(scale[:, None] * gram * scale, check_finite=False)
        variances, axes = variances[::-1], axes[:, ::-1]
        n_axes = int(np.sum(variances > wide * np.finfo(np.float64).eps * variances[0]))
        spread = np.sqrt(variances[:n_axes])
        to_axes = scale[:, None] * axes[:, :n_axes] / spread
        train_squares = to_axes.T @ (squares - before[out].T @ before[out]) @ to_axes
        train_products = to_axes.T @ (products - before[out].T @ after[out]) @ to_axes
        test = before[tested] @ to_axes
        back = spread[:, None] * (axes[:, :n_axes].T @ present) * (directions.singular_values[0] / recording.scale)
        seen = activity[now[tested] + 1]
        for i, rank in enumerate(ranks):
            r = min(rank, n_axes)
            fits[i] &= n_train >= rank
            system = train_squares[:r, :r] + ridge * np.eye(r)
            weights = scipy.linalg.lstsq(system, train_products[:r, :r], check_finite=False)[0]
            sums[i] += float(np.sum((test[:, :r] @ (weights @ back[:r]) - seen) ** 2))
    return [float(s) / total if ok else None for s, ok in zip(sums, fits, strict=True)], persistence


def _folds(
    recording: Recording, trial: Int[Array, " rows"], reach: int
) -> Iterator[tuple[Bool[Array, " rows"], Bool[Array, " rows"]]]:
    """For each fold: the rows that are predicted, and those that must not be learnt from."""
    if recording.n_trials > 1:
        for fold in range(min(N_FOLDS, recording.n_trials)):
            held_out = trial % min(N_FOLDS, recording.n_trials) == fold
            yield held_out, held_out
        return
    position = np.arange(len(trial))
    edges = np.linspace(0, len(trial), N_FOLDS + 1).astype(int)
    for start, stop in zip(edges[:-1], edges[1:], strict=True):
        near = (position >= start - reach - 1) & (position < stop + reach + 1)
        yield (position >= start) & (position < stop), near
