"""Meta-clustering: lay out all comparisons of both analyses by their separations, and ask what organises them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from dynashape.inference import SEPARATED as LABELLINGS
from dynashape.inference import meta_cluster, resample_accuracies, resample_shares
from dynashape.records import Array
from dynashape.seeds import stream
from dynashape.store import Store
from dynashape.study.archive import Archived, load_comparisons

FACTORS = ("analysis", "architecture", "task_pair", "phase")
# Fewer points have no groups to speak of.
FEWEST = 4
# Draws of seeds behind the stability of the groups.
N_REPLICATES = 200
# The features of which resampling says how stable the groups are; both hold the labellings first, in their order.
RESAMPLED = {"accuracy": resample_accuracies, "omega_squared": resample_shares}


def organise(store: Store, key: str, params: Mapping[str, Any], upstream: Mapping[str, str]) -> None:
    """Points of the map with their group, and how well each factor explains the map."""
    rows = [row for compare_key in upstream.values() for row in store.load_arrays("compare", compare_key)[1]["rows"]]
    wish = params["meta_clustering"]
    table = feature_table(rows, wish["points"], wish["features"])
    expected = len({tuple(_place(row)[factor] for factor in wish["points"]) for row in rows})
    left_out = {"n_left_out": expected - len(table), "features": ["/".join(map(str, name)) for name in table.columns]}
    if len(table) < FEWEST:
        message = f"{len(table)} points have all their features, and {FEWEST} are needed"
        store.save_json("organise", key, {"points": [], "explained": [], "message": message, **left_out})
        return
    places = table.index.to_frame(index=False)
    varied = [factor for factor in wish["points"] if places[factor].nunique() > 1]
    found = meta_cluster(
        table.to_numpy(dtype=np.float64),
        {factor: places[factor].to_numpy() for factor in varied},
        replicates=_replicates(load_comparisons(store, upstream), table, wish),
        max_groups=wish["max_groups"],
    )
    points = [
        {**_split_pair(place), "x": x, "y": y, "group": group}
        for place, (x, y), group in zip(
            places.to_dict("records"), found.embedding.points.tolist(), found.groups.tolist(), strict=True
        )
    ]
    store.save_json(
        "organise",
        key,
        {
            "points": points,
            "explained": [asdict(factor) for factor in found.explained],
            "stress": found.embedding.stress,
            "n_groups": found.n_groups,
            "silhouettes": found.silhouettes,
            "stable": found.stable,
            "same_number": found.same_number,
            "message": "",
            **left_out,
        },
    )


def _replicates(
    archived: Sequence[Archived], table: pd.DataFrame, wish: Mapping[str, Any]
) -> Float[Array, "replicates points features"] | None:
    """The features of `table` after resampling seeds; None where one of them cannot be resampled."""
    features = list(wish["features"])
    if not set(features) <= set(RESAMPLED):
        return None
    usable = [
        (place, comparison)
        for place, comparison in archived
        if comparison.embedding is not None and comparison.shares is not None
    ]
    comparisons = [comparison for _, comparison in usable]
    n_kinds = len(LABELLINGS)
    # Each feature from a stream of the same name, so that all of them meet the same draws of seeds.
    drawn = np.concatenate(
        [
            RESAMPLED[feature](comparisons, N_REPLICATES, stream("resample seeds"))[:, :, :n_kinds].reshape(
                N_REPLICATES, -1
            )
            for feature in features
        ],
        axis=1,
    )
    numbered = [
        {
            **asdict(place),
            "labelling": kind,
            **{
                feature: (position * len(usable) + number) * n_kinds + column
                for position, feature in enumerate(features)
            },
        }
        for number, (place, _) in enumerate(usable)
        for column, kind in enumerate(LABELLINGS)
    ]
    origin = feature_table(numbered, wish["points"], features).loc[table.index, table.columns]
    return np.asarray(drawn[:, origin.to_numpy(dtype=np.int64)])


def _place(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "task_pair": f"{row['task_a']}-{row['task_b']}"}


def _split_pair(place: Mapping[str, Any]) -> dict[str, Any]:
    named = dict(place)
    if "task_pair" in named:
        named["task_a"], named["task_b"] = named["task_pair"].split("-", 1)
    return named


def feature_table(rows: Sequence[Mapping[str, Any]], points: Sequence[str], features: Sequence[str]) -> pd.DataFrame:
    """One row a point, one column for each feature, labelling and level of whatever is not part of a point.

    The training and the input labelling share a column: they are the condition of their analysis. Rows with a missing
    feature are left out.

    >>> row = {"analysis": 1, "architecture": "GRU", "task_a": "CDM", "task_b": "PR", "phase": "delay", "accuracy": 1.0}
    >>> rows = [row | {"labelling": "task"}, row | {"labelling": "training", "accuracy": 0.8}]
    >>> feature_table(rows, ["analysis", "architecture", "task_pair"], ["accuracy"]).values.tolist()
    [[0.8, 1.0]]
    """
    table = pd.DataFrame([_place(row) for row in rows])
    table["kind"] = table["labelling"].where(table["labelling"] == "task", "condition")
    others = [factor for factor in FACTORS if factor not in points]
    wide = table.pivot(index=list(points), columns=["kind", *others], values=list(features))
    return wide.dropna().sort_index(axis=1)
