"""A dissimilarity of one's own: how fast activity moves.

In a specification, with the module beside it:
`dissimilarity: "own_dissimilarity:Speed"` and `dissimilarity_options: {skip: 2}`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dynashape.dissimilarity import Dissimilarity, PairDistances
from dynashape.records import OK, Code, Status


@dataclass(frozen=True)
class LogSpeed:
    """What is kept of a system; where the status is not ok, it is not compared."""

    value: float
    status: Status = OK


@dataclass(frozen=True)
class Speed(Dissimilarity[LogSpeed]):
    """The difference of log speeds: the size of a step beside that of the activity."""

    skip: int = 0  # an option: so many steps at the beginning of a phase do not count

    name = "speed"
    words = "difference of log speeds"
    method = "speed"
    description = "the difference between the logarithms of their speeds"
    unit = "1"
    summary = LogSpeed

    def reduce(self, activity: np.ndarray, choices: np.ndarray, name: str) -> LogSpeed:
        # activity (trials, steps, units); choices (trials), the right ones.
        kept = activity[:, self.skip :]
        moved, size = np.diff(kept, axis=1).std(), np.sqrt(np.mean(kept**2))
        if not moved > 0:
            return LogSpeed(0.0, Status(Code.UNVARYING, f"{name} never moves; leave it out"))
        return LogSpeed(float(np.log(moved / size)))

    def measure(self, summaries: Sequence[LogSpeed], pairs: np.ndarray) -> PairDistances:
        # pairs (pairs, 2): positions in summaries.
        speeds = np.array([summary.value for summary in summaries])
        return PairDistances.exact(np.abs(speeds[pairs[:, 0]] - speeds[pairs[:, 1]]))
