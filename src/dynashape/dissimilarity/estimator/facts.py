"""What the activity of one system tells about itself before any operator: its size, its offset and its smoothness.

All but the sizes are taken from a part of the steps and units, so that they cost little beside a fit and copy little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Shaped

from dynashape.dissimilarity.activity import Activity, check_activity
from dynashape.records import Array

_MOST_STEPS = 2_000
_MOST_UNITS = 32


@dataclass(frozen=True)
class WeakDirections:
    """The weaker half of the principal directions, which hold noise where there is any, and no dynamics.

    `share` is their share of the variance. `roughness` is the ratio of the mean squares of their second and first
    differences over steps: 3 for noise at single steps, 2 for what decays, less for what was smoothed. `curvature` is
    that of the third and second over it: 1.4 to 1.8 after smoothing by a kernel. `steadiness` compares the mean squares
    of first differences in the three thirds of a trial, the least with the largest: what runs down is not steady.
    """

    share: float
    roughness: float
    curvature: float
    steadiness: float


@dataclass(frozen=True)
class ActivityFacts:
    """What is known of the activity of one system.

    `offset` is the share of the sum of squares that the units' means hold. `along_steps` is the correlation of
    successive steps of a unit, `along_units` that of neighbouring units at a step; NaN where nothing varies.
    """

    n_trials: int
    shortest: int
    longest: int
    n_steps: int
    n_units: int
    offset: float
    along_steps: float
    along_units: float
    weak: WeakDirections | None


def find_facts(activity: Activity, name: str) -> ActivityFacts:
    """The facts of one system's activity, which is checked as for a fit."""
    arrays, largest = check_activity(activity, name)
    lengths = np.concatenate([np.repeat(array.shape[1], len(array)) for array in arrays])
    parts = [part / (largest or 1.0) for part in _take_part(arrays)]
    together = np.concatenate(parts)
    mean = together.mean(axis=0)
    energy = float(np.vdot(together, together))
    centred = [part - mean for part in parts]
    variance = _lagged(centred, 0) or np.nan
    return ActivityFacts(
        n_trials=len(lengths),
        shortest=int(lengths.min()),
        longest=int(lengths.max()),
        n_steps=int(lengths.sum()),
        n_units=int(arrays[0].shape[2]),
        offset=float(len(together) * mean @ mean / energy) if energy > 0.0 else 0.0,
        along_steps=_lagged(centred, 1) / variance,
        along_units=_lagged([part.T for part in centred], 1) / variance,
        weak=_find_weak_directions(centred),
    )


def _take_part(arrays: Sequence[Shaped[Array, "_ _ units"]]) -> list[Float[Array, "_ units"]]:
    """Trials from all over the activity, whole or their beginnings, as (steps, units) arrays of float64."""
    trials = [(array, k) for array in arrays for k in range(len(array))]
    longest = max(array.shape[1] for array in arrays)
    wanted = max(1, _MOST_STEPS // longest)
    chosen = np.unique(np.linspace(0, len(trials) - 1, min(wanted, len(trials))).round().astype(int))
    return [np.asarray(trials[i][0][trials[i][1]][:_MOST_STEPS], dtype=np.float64) for i in chosen]


def _lagged(parts: Sequence[Float[Array, "_ _"]], lag: int) -> float:
    """The mean product of values so many rows apart, over all parts."""
    total = sum(float(np.vdot(part[lag:], part[: len(part) - lag])) for part in parts if len(part) > lag)
    n_values = sum(part[lag:].size for part in parts)
    return total / n_values if n_values else float("nan")


def _find_weak_directions(centred: Sequence[Float[Array, "_ _"]]) -> WeakDirections | None:
    every = max(1, -(-centred[0].shape[1] // _MOST_UNITS))
    parts = [part[:, ::every] for part in centred if len(part) > 9]
    if not parts:
        return None
    variances, axes = np.linalg.eigh(sum(part.T @ part for part in parts))
    n_weak = len(variances) // 2
    if n_weak == 0 or not variances[0] > 0.0:
        return None
    weak = [part @ axes[:, :n_weak] for part in parts]
    changes = [_mean_square([np.diff(part, order, axis=0) for part in weak]) for order in (1, 2, 3)]
    thirds = [[np.array_split(np.diff(part, axis=0), 3)[k] for part in weak] for k in range(3)]
    by_third = [_mean_square(third) for third in thirds]
    return WeakDirections(
        share=float(variances[:n_weak].sum() / variances.sum()),
        roughness=changes[1] / changes[0],
        curvature=changes[2] * changes[0] / changes[1] ** 2,
        steadiness=min(by_third) / max(by_third),
    )


def _mean_square(parts: Sequence[Float[Array, "_ _"]]) -> float:
    return float(np.vdot(joined := np.concatenate(parts), joined)) / joined.size
