"""How a computation went: a failure is a value, of one of a closed set of kinds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """What can become of a computation; `meaning` says it in words.

    Examples
    --------
    >>> Code("silent").meaning
    'no unit is ever active'
    """

    OK = "ok"
    DIVERGED = "diverged"
    SILENT = "silent"
    DEAD = "dead"
    NOT_REACHED = "not_reached"
    RANK_DEFICIENT = "rank_deficient"
    TOO_FEW_DIRECTIONS = "too_few_directions"
    UNDETERMINED = "undetermined"
    UNVARYING = "unvarying"
    NOTHING_TO_COMPARE = "nothing_to_compare"
    UNCONVERGED = "unconverged"
    DOUBTFUL = "doubtful"
    TOO_FEW_TRIALS = "too_few_trials"
    TOO_FEW_NETWORKS = "too_few_networks"
    FAILED = "failed"
    KILLED = "killed"

    @property
    def meaning(self) -> str:
        """What this code says, for readers who have no message of their own."""
        return _MEANINGS[self]


_MEANINGS = {
    Code.OK: "the result can be used",
    Code.DIVERGED: "values are not finite or grow without bound",
    Code.SILENT: "no unit is ever active",
    Code.DEAD: "too many units never respond",
    Code.NOT_REACHED: "the network did not reach its criterion",
    Code.RANK_DEFICIENT: "the activity holds fewer directions than the rank",
    Code.TOO_FEW_DIRECTIONS: "too few directions are left to compare",
    Code.UNDETERMINED: "the data do not determine the result",
    Code.UNVARYING: "the activity never varies",
    Code.NOTHING_TO_COMPARE: "all systems agree in what the distance sees",
    Code.UNCONVERGED: "the search still moved when it stopped",
    Code.DOUBTFUL: "the result is not to be trusted as it is",
    Code.TOO_FEW_TRIALS: "there are too few trials",
    Code.TOO_FEW_NETWORKS: "there are too few usable networks",
    Code.FAILED: "the computation raised an error",
    Code.KILLED: "the worker died whenever it ran the computation",
}


@dataclass(frozen=True, slots=True)
class Status:
    """How a computation went: what happened, and what to do about it.

    Attributes
    ----------
    code : Code
        What happened.
    message : str
        The same with its place and numbers, and the remedy; empty where there is nothing to add.

    Examples
    --------
    >>> Status().ok
    True
    >>> str(Status(Code.DIVERGED, "activity of seed 3 is not finite from step 12; lower training.learning_rate"))
    'diverged: activity of seed 3 is not finite from step 12; lower training.learning_rate'
    >>> str(Status(Code.SILENT))
    'silent: no unit is ever active'
    """

    code: Code = Code.OK
    message: str = ""

    @property
    def ok(self) -> bool:
        """Whether the result beside this status can be used."""
        return self.code == Code.OK

    def __str__(self) -> str:
        if self.ok and not self.message:
            return str(self.code)
        return f"{self.code}: {self.message or self.code.meaning}"


OK = Status()
"""All went well."""
