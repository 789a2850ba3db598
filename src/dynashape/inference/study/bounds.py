"""The scale of a distance: how far apart two measurements of one network lie, and two networks of one task.

A distance means something only between its floor (the same network, other trials) and its ceiling (other seeds of
the same architecture and task).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy import stats

from dynashape.distances import Distances
from dynashape.errors import InputError, unknown_name
from dynashape.inference.comparison.intervals import LEVEL
from dynashape.records import Array


@dataclass(frozen=True)
class Bound:
    """A mean distance with its 95 % interval over seeds.

    Attributes
    ----------
    kind : str
        ``"floor"`` or ``"ceiling"``.
    mean : float
        In the unit of the distances.
    low, high : float or None
        The interval; None below three seeds.
    n_seeds : int
        Number of seeds.
    """

    kind: str
    mean: float
    low: float | None
    high: float | None
    n_seeds: int


def compute_floor(split_half: Float[Array, " networks"], seeds: Int[Array, " networks"]) -> Bound:
    """Compute the floor of distances, the mean distance between the two halves of each network's trials.

    Parameters
    ----------
    split_half : array of shape (networks,)
        The distance between the two halves of each network.
    seeds : integer array of shape (networks,)
        The seed of each network. Networks of one seed are averaged first.

    Returns
    -------
    Bound

    Raises
    ------
    InputError
        Where there is no network, or a distance is not finite.

    Notes
    -----
    Halves hold half of the trials, so the floor overstates the error of the distances themselves (about sqrt(2) times):
    what lies below it need not be alike.

    Examples
    --------
    >>> compute_floor(np.array([0.125, 0.25, 0.375]), np.array([0, 1, 2])).mean
    0.25
    """
    if len(split_half) == 0 or not np.isfinite(split_half).all():
        raise InputError("split_half must hold finite distances of at least one network; leave out the others.")
    each = np.array([split_half[seeds == seed].mean() for seed in np.unique(seeds)])
    return _bound("floor", float(each.mean()), each)


def compute_ceiling(distances: Distances) -> Bound | None:
    """Compute the ceiling of distances, the mean distance between networks of different seeds.

    Parameters
    ----------
    distances : Distances
        Between networks of one architecture and task, in one condition and phase, with the label ``seed``. Systems
        that could not be compared are left out.

    Returns
    -------
    Bound or None
        None where fewer than two seeds remain.

    Raises
    ------
    InputError
        Where there is no label ``seed``, or a distance between systems that remain is not finite.

    Notes
    -----
    Distances of the same network are not independent, so the interval is the jackknife's over seeds, through
    pseudo-values.

    Examples
    --------
    >>> compute_ceiling(Distances(1.0 - np.eye(3), {"seed": [0, 1, 2]})).mean
    1.0
    """
    if "seed" not in distances.labels:
        raise InputError(unknown_name("label", "seed", distances.labels))
    usable = distances.usable()
    values, seeds = usable.values, usable.labels["seed"]
    names = np.unique(seeds)
    if len(names) < 2:
        return None
    if not np.isfinite(values).all():
        raise InputError("a ceiling needs finite distances between all systems; drop those that have none.")

    def mean(kept: Array) -> float:
        return float(values[kept[:, None] & kept[None, :] & (seeds[:, None] != seeds[None, :])].mean())

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
