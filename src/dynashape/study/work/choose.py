"""Choose delays and rank where the study leaves them open: once for all systems, before any label is looked at."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVar, cast

from dynashape.dissimilarity import select_delays_and_rank
from dynashape.errors import InputError
from dynashape.inference.study.choice import Choice
from dynashape.inference.study.halves import has_halves
from dynashape.records import Array, Condition
from dynashape.seeds import stream
from dynashape.steps import Reader, Step
from dynashape.study.ask.parts import AUTO, DsaSpec
from dynashape.study.work.record import Record

T = TypeVar("T")

MOST_SYSTEMS = 200
"""From about so many systems the choice is made."""
# Of fewer in a group, halves and systems cannot be told apart.
_LEAST_IN_GROUP = 3


@dataclass(frozen=True, eq=False)
class Choose(Step[Choice]):
    """One choice for all systems, from the trained networks on task input.

    Systems of one architecture and phase are compared, so that only these must be told apart. Silent units, which add
    nothing to an operator, and systems that leave too little for halves do not take part in the choice.
    """

    title: ClassVar[str] = "choosing delays and rank"

    records: tuple[Record, ...]
    phases: tuple[str, ...]
    n_delays: int | None
    rank: int | None
    delay_interval: int
    ridge: float
    criterion: str

    @property
    def name(self) -> str:
        return "all systems"

    def run(self, read: Reader) -> Choice:
        of_group: dict[tuple[str, str], list[Array]] = {}
        for record in self.records:
            for system, part in record.read_phases(read, self.phases):
                live = part.activity[..., part.activity.any(axis=(0, 1))]
                if part.status.ok and system.condition is Condition.TRAINED and has_halves(live):
                    of_group.setdefault((system.architecture, system.phase), []).append(live)
        if not of_group:
            raise InputError(
                "no trained network has activity of which halves can be compared; name dsa.n_delays and dsa.rank."
            )
        n_each = max(MOST_SYSTEMS // len(of_group), _LEAST_IN_GROUP)
        activities: list[Array] = []
        groups: list[Hashable] = []
        for group, own in of_group.items():
            order = stream("systems to choose from", *group).permutation(len(own))
            activities += [own[k] for k in sorted(order[:n_each].tolist())]
            groups += [group] * min(n_each, len(own))
        selection = select_delays_and_rank(
            activities,
            None if self.n_delays is None else (self.n_delays,),
            None if self.rank is None else (self.rank,),
            self.delay_interval,
            self.ridge,
            criterion=self.criterion,
            groups=groups,
        )
        return Choice.of(selection)


def plan_choice(dsa: DsaSpec, kind: object, records: tuple[Record, ...], phases: tuple[str, ...]) -> Choose | None:
    """The step that chooses what this dissimilarity needs and the study leaves open; None where that is nothing."""
    if AUTO not in (getattr(kind, "n_delays", None), getattr(kind, "rank", None)):
        return None
    n_delays, rank = (None if value == AUTO else value for value in (dsa.n_delays, dsa.rank))
    return Choose(records, phases, n_delays, rank, dsa.delay_interval, dsa.ridge, dsa.criterion)


def settle(value: T, choice: Choose | None, read: Reader) -> T:
    """A dissimilarity, its reduction or their options with the numbers that were chosen."""
    if choice is None:
        return value
    selection, given = read(choice), cast(Any, value)
    chosen = {name: getattr(selection, name) for name in ("n_delays", "rank") if getattr(given, name, None) == AUTO}
    return cast(T, replace(given, **chosen)) if chosen else value
