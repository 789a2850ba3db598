"""The comparisons of a study as points: what each is, and the features by which a meta-clustering lays them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from dynashape.inference.comparison.records import SEPARATED, Compared, Comparison, ComparisonKey
from dynashape.inference.comparison.rows import comparison_rows
from dynashape.inference.study.resampling import resample_accuracies, resample_shares
from dynashape.records import Array
from dynashape.seeds import stream

FACTORS: tuple[str, ...] = ("analysis", "architecture", "task_pair", "phase")
"""What a comparison varies in: any of these make a point, and the others make features."""
# The features whose seeds can be resampled; both hold the labellings task and condition first.
_RESAMPLED = {"accuracy": resample_accuracies, "omega_squared": resample_shares}
N_REPLICATES = 200


@dataclass(frozen=True)
class MetaFeatures:
    """Points and their features, both in order of their names.

    `replicates` are the features after resampling seeds, None where one of them cannot be resampled; `n_left_out`
    counts the points that lack a feature.
    """

    levels: tuple[dict[str, str | int], ...]
    names: tuple[str, ...]
    values: Float[Array, "points features"]
    replicates: Float[Array, "replicates points features"] | None
    n_left_out: int


def tabulate_features(
    comparisons: Mapping[ComparisonKey, Compared], points: Sequence[str], features: Sequence[str]
) -> MetaFeatures:
    """One point for each level of the factors `points`, one feature for each of `features`, term and other level.

    The training and the input labelling share a feature: they are the condition of their analysis.
    """
    measured: dict[tuple[str | int, ...], dict[tuple[str, ...], float]] = {}
    origin: dict[tuple[object, ...], int] = {}
    usable = [compared for compared in comparisons.values() if isinstance(compared, Comparison)]
    number = 0
    for key, compared in comparisons.items():
        levels: dict[str, str | int] = {factor: getattr(key, factor) for factor in FACTORS}
        point = tuple(levels[factor] for factor in points)
        others = tuple(str(levels[factor]) for factor in FACTORS if factor not in points)
        for column, (term, row) in enumerate(zip(SEPARATED, comparison_rows(key, compared), strict=True)):
            for part, feature in enumerate(features):
                name, value = (feature, str(term), *others), row[feature]
                measured.setdefault(point, {})[name] = np.nan if value is None else float(value)  # type: ignore[arg-type]
                origin[point, name] = (part * len(usable) + number) * len(SEPARATED) + column
        number += isinstance(compared, Comparison)
    names = sorted({name for values in measured.values() for name in values})
    whole = sorted(
        point for point, values in measured.items() if all(np.isfinite(values.get(name, np.nan)) for name in names)
    )
    table = np.array([[measured[point][name] for name in names] for point in whole]).reshape(len(whole), len(names))
    replicates = None
    if whole and set(features) <= set(_RESAMPLED):
        # Each feature from a stream of the same name, so that all of them meet the same draws of seeds.
        drawn = [_RESAMPLED[feature](usable, N_REPLICATES, stream("resample seeds")) for feature in features]
        flat = [resampled[:, :, : len(SEPARATED)].reshape(N_REPLICATES, -1) for resampled in drawn]
        chosen = np.array([[origin[point, name] for name in names] for point in whole])
        replicates = np.concatenate(flat, axis=1)[:, chosen]
    all_levels = tuple(dict(zip(points, point, strict=True)) for point in whole)
    shown = tuple("/".join(name) for name in names)
    return MetaFeatures(all_levels, shown, table, replicates, len(measured) - len(whole))
