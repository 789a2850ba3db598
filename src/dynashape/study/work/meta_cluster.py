"""Meta-clustering: lay out all comparisons of both analyses by their separations, and ask what organises them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dynashape.inference import MetaClustering, meta_cluster
from dynashape.inference.study.meta_features import tabulate_features
from dynashape.steps import Reader, Step
from dynashape.study.ask.parts import MetaClusteringSpec
from dynashape.study.work.compare import Compare, read_comparisons

# Fewer points have no groups to speak of.
FEWEST = 4


@dataclass(frozen=True)
class MetaClustered:
    """The map of all comparisons: the levels of the factors of each point, and the features that make the map."""

    levels: tuple[dict[str, str | int], ...]
    found: MetaClustering
    features: tuple[str, ...]
    n_left_out: int


@dataclass(frozen=True)
class TooFewPoints:
    """Why there is no map: too few of the points have all these features."""

    message: str
    features: tuple[str, ...]
    n_left_out: int


@dataclass(frozen=True, eq=False)
class MetaCluster(Step[MetaClustered | TooFewPoints]):
    """The meta-clustering of all comparisons."""

    version: ClassVar[int] = 2
    title: ClassVar[str] = "meta-clustering"

    compares: tuple[Compare, ...]
    spec: MetaClusteringSpec

    @property
    def name(self) -> str:
        return "all comparisons"

    def run(self, read: Reader) -> MetaClustered | TooFewPoints:
        points = self.spec.points
        table = tabulate_features(read_comparisons(self.compares, read), points, self.spec.features)
        if len(table.levels) < FEWEST:
            message = f"{len(table.levels)} points have all their features, and {FEWEST} are needed"
            return TooFewPoints(message, table.names, table.n_left_out)
        levels = {factor: np.array([point[factor] for point in table.levels]) for factor in points}
        found = meta_cluster(
            table.values,
            {factor: names for factor, names in levels.items() if len(np.unique(names)) > 1},
            replicates=table.replicates,
            max_groups=self.spec.max_groups,
        )
        return MetaClustered(table.levels, found, table.names, table.n_left_out)
