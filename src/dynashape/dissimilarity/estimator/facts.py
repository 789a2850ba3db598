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

_MOST_STEPS = 6_000
_MOST_UNITS = 32


@dataclass(frozen=True)
class ActivityFacts:
    """What is known of the activity of one system.

    `offset` is the share of the sum of squares that the units' means hold. `along_steps` is the correlation of
    successive steps of a unit, `along_units` that of neighbouring units at a step. `weak_share` is the share of the
    variance in the weaker half of the principal directions, and `weak_roughness` the ratio of the mean squares of
    second and first differences there: 3 for noise at single steps, 2 for what decays, less for what was smoothed.
    They are NaN where there is too little activity to tell.
    """

    n_trials: int
    shortest: int
    longest: int
    n_steps: int
    n_units: int
    offset: float
    along_steps: float
    along_units: float
    weak_share: float
    weak_roughness: float


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
    weak_share, weak_roughness = _weak_directions(centred)
    return ActivityFacts(
        n_trials=len(lengths),
        shortest=int(lengths.min()),
        longest=int(lengths.max()),
        n_steps=int(lengths.sum()),
        n_units=int(arrays[0].shape[2]),
        offset=float(len(together) * mean @ mean / energy) if energy > 0.0 else 0.0,
        along_steps=_lagged(centred, 1) / variance,
        along_units=_lagged([part.T for part in centred], 1) / variance,
        weak_share=weak_share,
        weak_roughness=weak_roughness,
    )


def _take_part(arrays: Sequence[Shaped[Array, "trials steps units"]]) -> list[Float[Array, "steps units"]]:
    """Trials from all over the activity, whole or their beginnings, as (steps, units) arrays of float64."""
    trials = [(array, k) for array in arrays for k in range(len(array))]
    longest = max(array.shape[1] for array in arrays)
    wanted = max(1, _MOST_STEPS // longest)
    chosen = np.unique(np.linspace(0, len(trials) - 1, min(wanted, len(trials))).round().astype(int))
    return [np.asarray(trials[i][0][trials[i][1]][:_MOST_STEPS], dtype=np.float64) for i in chosen]


def _lagged(parts: Sequence[Float[Array, "steps units"]], lag: int) -> float:
    """The mean product of values so many rows apart, over all parts."""
    total = sum(float(np.vdot(part[lag:], part[: len(part) - lag])) for part in parts if len(part) > lag)
    n_values = sum(part[lag:].size for part in parts)
    return total / n_values if n_values else float("nan")


def _weak_directions(centred: Sequence[Float[Array, "steps units"]]) -> tuple[float, float]:
    """The share of the variance in the weaker half of the principal directions, and its roughness."""
    every = max(1, -(-centred[0].shape[1] // _MOST_UNITS))
    parts = [part[:, ::every] for part in centred if len(part) > 2]
    if not parts:
        return float("nan"), float("nan")
    covariance = sum(part.T @ part for part in parts)
    variances, axes = np.linalg.eigh(covariance)
    weak = len(variances) // 2
    if weak == 0 or not variances[-1] > 0.0:
        return float("nan"), float("nan")
    weakly = [part @ axes[:, :weak] for part in parts]
    first, second = (np.concatenate([np.diff(part, order, axis=0) for part in weakly]) for order in (1, 2))
    changed = float(np.mean(first**2))
    share = max(0.0, float(variances[:weak].sum() / variances.sum()))
    return share, float(np.mean(second**2)) / changed if changed > 0.0 else float("nan")
