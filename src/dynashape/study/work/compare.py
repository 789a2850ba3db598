"""Compare every pair of tasks in both analyses, for one architecture in one phase."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from dynashape.inference import Compared, ComparisonKey, compare
from dynashape.records import ANALYSES, System, analysis_numbered
from dynashape.steps import Reader
from dynashape.study.ask.parts import SeparabilitySpec
from dynashape.study.work.align import Align, join_tiles
from dynashape.study.work.record import SnapshotStep


@dataclass(frozen=True, eq=False)
class Compare(SnapshotStep[dict[ComparisonKey, Compared]]):
    """All comparisons of the systems whose pairs the tiles hold."""

    title: ClassVar[str] = "comparing tasks, training and input"

    tiles: tuple[Align, ...]
    task_pairs: tuple[tuple[str, str], ...]
    separability: SeparabilitySpec

    @property
    def architecture(self) -> str:
        """The architecture of the systems."""
        return self.tiles[0].architecture

    @property
    def phase(self) -> str:
        """The phase that is compared."""
        return self.tiles[0].phase

    @property
    def what(self) -> str:
        return f"{self.architecture} {self.phase}"

    @property
    def systems(self) -> dict[ComparisonKey, list[System]]:
        """The systems of each comparison, in the order of its distances."""
        return {
            ComparisonKey(analysis.number, self.architecture, self.phase, *tasks): [
                system
                for system in self.tiles[0].systems
                if system.task in tasks and system.condition in analysis.conditions
            ]
            for analysis in ANALYSES
            for tasks in self.task_pairs
        }

    def run(self, read: Reader) -> dict[ComparisonKey, Compared]:
        distances, _ = join_tiles(self.tiles, read)
        return {
            key: compare(
                distances.select(task=key.tasks, condition=analysis_numbered(key.analysis).conditions),
                n_components=self.separability.n_components,
                metric=self.separability.mds == "metric",
                max_relabellings=self.separability.max_relabellings,
            )
            for key in self.systems
        }


def read_comparisons(compares: Iterable[Compare], read: Reader) -> dict[ComparisonKey, Compared]:
    """All comparisons of these steps, in order."""
    return {key: compared for step in compares for key, compared in read(step).items()}
