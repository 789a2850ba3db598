"""The scale of a distance: how far apart two measurements of one network lie, and two networks of one task.

A distance means something only between its floor (the same network, other trials) and its ceiling (other seeds of
the same architecture and task).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy import stats

from dynashape.errors import InputError
from dynashape.inference.intervals import LEVEL
from dynashape.records import Array


@dataclass(frozen=True)
class Bound:
    """A mean distance with its 95 % interval over seeds; the interval is None where fewer than three seeds remain."""

    kind: str
    mean: float
    low: float | None
    high: float | None
    n_seeds: int


def compute_floor(split_half: Float[Array, " networks"], seeds: Int[Array, " networks"]) -> Bound:
    """The floor: mean distance between the two halves of each network's trials.

    Halves hold half of the trials, so the floor is a little above the error of the distances themselves. Networks of a
    seed are averaged first. Raises InputError where nothing is left or a distance is not finite.

    >>> compute_floor(np.array([0.125, 0.25, 0.375]), np.array([0, 1, 2])).mean
    0.25
    """
    if len(split_half) == 0 or not np.isfinite(split_half).all():
        raise InputError("split_half must hold finite distances of at least one network; leave out the others.")
    each = np.array([split_half[seeds == seed].mean() for seed in np.unique(seeds)])
    return _bound("floor", float(each.mean()), each)


def compute_ceiling(distances: Float[Array, "networks networks"], seeds: Int[Array, " networks"]) -> Bound:
    """The ceiling: mean distance between networks of different seeds (one architecture, task, condition and phase).

    Pairs share networks, so the interval is the jackknife's over seeds, through pseudo-values. Raises InputError where
    there are fewer than two seeds or a distance is not finite.

    >>> compute_ceiling(1.0 - np.eye(3), np.array([0, 1, 2])).mean
    1.0
    """
    names = np.unique(seeds)
    if len(names) < 2 or not np.isfinite(distances).all():
        raise InputError(f"a ceiling needs finite distances between at least two seeds; got {len(names)} seeds.")

    def mean(kept: Array) -> float:
        return float(distances[kept[:, None] & kept[None, :] & (seeds[:, None] != seeds[None, :])].mean())

    full = mean(np.ones(len(seeds), dtype=bool))
    if len(names) < 3:
        return Bound("ceiling", full, None, None, len(names))
    without = np.array([mean(seeds != name) for name in names])
    return _bound("ceiling", full, len(names) * full - (len(names) - 1) * without)


def _bound(kind: str, mean: float, values: Float[Array, " seeds"]) -> Bound:
    n_seeds = len(values)
    if n_seeds < 3:
        return Bound(kind, mean, None, None, n_seeds)
    reach = float(stats.t.ppf(0.5 + 0.5 * LEVEL, n_seeds - 1)) * float(values.std(ddof=1)) / np.sqrt(n_seeds)
    return Bound(kind, mean, max(mean - float(reach), 0.0), mean + float(reach), n_seeds)
