"""Meta-clustering: lay out all comparisons of both analyses by their separations, and ask what organises them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from jaxtyping import Float

from dynashape.inference import (
    Compared,
    Comparison,
    ComparisonKey,
    MetaClustering,
    comparison_rows,
    meta_cluster,
    resample_accuracies,
    resample_shares,
)
from dynashape.records import ANALYSES, Array, Term
from dynashape.seeds import stream
from dynashape.steps import Reader, Step
from dynashape.study.ask.parts import MetaClusteringSpec
from dynashape.study.work.compare import Compare, read_comparisons

FACTORS = ("analysis", "architecture", "task_pair", "phase")
# Fewer points have no groups to speak of.
FEWEST = 4
# Draws of seeds behind the stability of the groups.
N_REPLICATES = 200
# The features of which resampling says how stable the groups are; both hold task and condition first.
RESAMPLED = {"accuracy": resample_accuracies, "omega_squared": resample_shares}
_TERMS = (Term.TASK, Term.CONDITION)


@dataclass(frozen=True)
class MetaClustered:
    """The map of all comparisons: a place (the levels of the factors) a point, and the features that make it.

    `found` is None where too few points have all their features, for the reason in `message`.
    """

    places: tuple[dict[str, str | int], ...]
    found: MetaClustering | None
    features: tuple[str, ...]
    n_left_out: int
    message: str


@dataclass(frozen=True, eq=False)
class MetaCluster(Step[MetaClustered]):
    """The meta-clustering of all comparisons."""

    version: ClassVar[int] = 3
    title: ClassVar[str] = "meta-clustering"

    compares: tuple[Compare, ...]
    wish: MetaClusteringSpec

    @property
    def name(self) -> str:
        """All comparisons."""
        return "all comparisons"

    def run(self, read: Reader) -> MetaClustered:
        """The map, its groups, and how well each factor explains it."""
        comparisons = read_comparisons(self.compares, read)
        rows = [row for key, compared in comparisons.items() for row in comparison_rows(key, compared)]
        points: list[str] = list(self.wish.points)
        features = list(self.wish.features)
        table = feature_table(rows, points, features)
        names = tuple("/".join(map(str, name)) for name in table.columns)
        n_left_out = len(_with_factors(rows).drop_duplicates(points)) - len(table)
        if len(table) < FEWEST:
            message = f"{len(table)} points have all their features, and {FEWEST} are needed"
            return MetaClustered((), None, names, n_left_out, message)
        places = table.index.to_frame(index=False)
        found = meta_cluster(
            table.to_numpy(dtype=np.float64),
            {factor: places[factor].to_numpy() for factor in points if places[factor].nunique() > 1},
            replicates=_replicates(comparisons, table, points, features),
            max_groups=self.wish.max_groups,
        )
        return MetaClustered(tuple(places.to_dict("records")), found, names, n_left_out, "")


def feature_table(rows: Sequence[Mapping[str, object]], points: list[str], features: list[str]) -> pd.DataFrame:
    """One row a point, one column for each feature, term and level of whatever is not part of a point.

    The training and the input labelling share a column: they are the condition of their analysis. Rows with a missing
    feature are left out.

    >>> row = {"analysis": 1, "architecture": "GRU", "task_a": "CDM", "task_b": "PR", "phase": "delay", "accuracy": 1.0}
    >>> rows = [row | {"labelling": "task"}, row | {"labelling": "training", "accuracy": 0.8}]
    >>> feature_table(rows, ["analysis", "architecture", "task_pair"], ["accuracy"]).values.tolist()
    [[0.8, 1.0]]
    """
    others = [factor for factor in FACTORS if factor not in points]
    wide = _with_factors(rows).pivot(index=points, columns=["term", *others], values=features)
    return wide.dropna().sort_index(axis=1)


def _with_factors(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows))
    terms = {str(label): str(analysis.term(label)) for analysis in ANALYSES for label in analysis.labellings}
    pairs = [f"{row.task_a}-{row.task_b}" for row in table.itertuples()]
    return table.assign(task_pair=pairs, term=table["labelling"].map(terms))


def _replicates(
    comparisons: Mapping[ComparisonKey, Compared], table: pd.DataFrame, points: list[str], features: list[str]
) -> Float[Array, "replicates points features"] | None:
    """The features of `table` after resampling seeds; None where one of them cannot be resampled."""
    if not set(features) <= set(RESAMPLED):
        return None
    usable = {key: found for key, found in comparisons.items() if isinstance(found, Comparison)}
    # Each feature from a stream of the same name, so that all of them meet the same draws of seeds.
    drawn = np.concatenate(
        [
            RESAMPLED[feature](list(usable.values()), N_REPLICATES, stream("resample seeds"))[
                :, :, : len(_TERMS)
            ].reshape(N_REPLICATES, -1)
            for feature in features
        ],
        axis=1,
    )
    # Rows that hold, instead of each value, its column among what was drawn: laid out, they say what comes from where.
    numbered = [
        {
            **asdict(key),
            "labelling": str(ANALYSES[key.analysis - 1].labelling(term)),
            **{
                feature: (place * len(usable) + number) * len(_TERMS) + column for place, feature in enumerate(features)
            },
        }
        for number, key in enumerate(usable)
        for column, term in enumerate(_TERMS)
    ]
    origin = feature_table(numbered, points, features).loc[table.index, table.columns]
    return np.asarray(drawn[:, origin.to_numpy(dtype=np.int64)])
