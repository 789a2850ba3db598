"""Steps that also exist along learning: the same analyses of the weights after some update."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TypeVar

from dynashape.steps import Step

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class SnapshotStep(Step[T]):
    """A step of the final networks, where `update` is None, or of the networks as they were after that update."""

    @property
    def update(self) -> int | None:
        """The update after which the weights are looked at, that of the last input; None for the final ones."""
        last = self.inputs[-1]
        return last.update if isinstance(last, SnapshotStep) else None

    @property
    @abstractmethod
    def what(self) -> str:
        """What is worked on, whatever the update."""

    @property
    def name(self) -> str:
        return self.what if self.update is None else f"{self.what} at update {self.update}"

    @property
    def stage(self) -> str:
        return self.title if self.update is None else f"along learning: {self.title}"
