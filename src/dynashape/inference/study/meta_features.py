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

    places: tuple[dict[str, str | int], ...]
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
    found: dict[tuple[str | int, ...], dict[tuple[str, ...], float]] = {}
    origin: dict[tuple[object, ...], int] = {}
    usable = [compared for compared in comparisons.values() if isinstance(compared, Comparison)]
    number = 0
    for key, compared in comparisons.items():
        levels: dict[str, str | int] = {factor: getattr(key, factor) for factor in FACTORS}
        place = tuple(levels[factor] for factor in points)
        others = tuple(str(levels[factor]) for factor in FACTORS if factor not in points)
        own = found.setdefault(place, {})
        for column, (term, row) in enumerate(zip(SEPARATED, comparison_rows(key, compared), strict=True)):
            for part, feature in enumerate(features):
                value = row[feature]
                own[feature, str(term), *others] = np.nan if value is None else float(value)  # type: ignore[arg-type]
                origin[place, (feature, str(term), *others)] = (part * len(usable) + number) * len(SEPARATED) + column
        number += isinstance(compared, Comparison)
    names = sorted({name for own in found.values() for name in own})
    whole = sorted(place for place, own in found.items() if all(np.isfinite(own.get(name, np.nan)) for name in names))
    values = np.array([[found[place][name] for name in names] for place in whole]).reshape(len(whole), len(names))
    replicates = None
    if whole and set(features) <= set(_RESAMPLED):
        # Each feature from a stream of the same name, so that all of them meet the same draws of seeds.
        drawn = [_RESAMPLED[feature](usable, N_REPLICATES, stream("resample seeds")) for feature in features]
        flat = np.concatenate([own[:, :, : len(SEPARATED)].reshape(N_REPLICATES, -1) for own in drawn], axis=1)
        replicates = flat[:, np.array([[origin[place, name] for name in names] for place in whole])]
    places = tuple(dict(zip(points, place, strict=True)) for place in whole)
    return MetaFeatures(places, tuple("/".join(name) for name in names), values, replicates, len(found) - len(whole))
