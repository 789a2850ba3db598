"""What is known of every fitted system, as records and as a table in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from dynashape.dissimilarity.estimator.doubts import Doubt, DoubtKind
from dynashape.dissimilarity.estimator.facts import ActivityFacts
from dynashape.dissimilarity.operator.fit import Operator
from dynashape.records import Status


@dataclass(frozen=True)
class FitSummary:
    """How far the fit of one system is to be trusted.

    Attributes
    ----------
    name : str
        The system.
    trials, steps, units : int or None
        The number of trials, of steps in the shortest of them, and of units. None for operators that were given.
    explained_variance : float
        The share of the variance of the embedding in the directions of the operator.
    error : float or None
        The held-out one-step error (see `Operator`).
    error_of_mean : float
        The same for each unit's mean, 1 by definition: what an operator must beat.
    persistence : float or None
        The same for the guess that nothing changes, which is a poor yardstick for spikes.
    status : Status
        How the fit went.
    doubts : tuple of DoubtKind
        Why it may not be what it seems.
    """

    name: str
    trials: int | None
    steps: int | None
    units: int | None
    explained_variance: float
    error: float | None
    error_of_mean: float
    persistence: float | None
    status: Status
    doubts: tuple[DoubtKind, ...]


@dataclass(frozen=True)
class Summary:
    """How far the fits of all systems are to be trusted; as text it is a table.

    Attributes
    ----------
    systems : tuple of FitSummary
        A record for each system, those of the reference last.
    doubts : tuple of Doubt
        The doubts, each kind once, in full sentences.
    """

    systems: tuple[FitSummary, ...]
    doubts: tuple[Doubt, ...]

    def records(self) -> list[dict[str, str | int | float | None]]:
        """Give a row for each system, as a table of pandas takes them.

        Returns
        -------
        list of dict
            The fields of `FitSummary` by name, with the status and the doubts as text.
        """
        rows = []
        for system in self.systems:
            row = {**asdict(system), "status": str(system.status), "doubts": ", ".join(system.doubts)}
            rows.append(row)
        return rows

    def __str__(self) -> str:
        heads = [field.name.replace("_", " ") for field in fields(FitSummary)]
        table = [heads] + [
            [_cell(value) for value in (*list(row.values())[:-2], str(system.status.code), row["doubts"])]
            for system, row in zip(self.systems, self.records(), strict=True)
        ]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        words = {0, len(heads) - 2, len(heads) - 1}
        lines = [
            "  ".join(
                cell.ljust(width) if place in words else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in table
        ]
        return "\n".join([*lines, *(f"{doubt.kind}: {doubt.message}" for doubt in self.doubts)])


def summarise(
    names: Sequence[str],
    operators: Sequence[Operator],
    facts: Sequence[ActivityFacts],
    doubts: Sequence[Doubt],
) -> Summary:
    """The summary of fitted systems; without facts, of operators that were given."""
    sizes: list[tuple[int, int, int] | tuple[None, None, None]]
    sizes = [(fact.n_trials, fact.shortest, fact.n_units) for fact in facts] or [(None, None, None)] * len(names)
    systems = tuple(
        FitSummary(
            name,
            size[0],
            size[1],
            size[2],
            operator.explained_variance,
            operator.one_step_error,
            1.0,
            operator.persistence_error,
            operator.status,
            tuple(doubt.kind for doubt in doubts if name in doubt.systems),
        )
        for name, size, operator in zip(names, sizes, operators, strict=True)
    )
    return Summary(systems, tuple(doubts))


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
