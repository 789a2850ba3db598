"""How much work an alignment may cost: the budget of starts and iterations behind each named effort."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dynashape.errors import InputError, unknown_name


@dataclass(frozen=True)
class Round:
    """`length` times `unit(rank)` iterations; then the `n_kept` lowest go on.

    A step keeps this share of the velocity, `kept`, at first and at last.
    """

    length: float
    kept: tuple[float, float]
    n_kept: int


@dataclass(frozen=True)
class Effort:
    """The budget of one alignment: starts, the rounds of their race, and descent steps in float64 that end it.

    The numbers hold at rank 40. They halve with every 26 ranks more, for an iteration costs rank cubed: so the time
    stays below the same share of the published method's up to rank 40, and half that share above.
    """

    n_matched: int
    n_relaxed: int
    rounds: tuple[Round, ...]
    polish: int

    def at_rank(self, rank: int) -> Effort:
        """The budget for this rank.

        >>> [EFFORTS["standard"].at_rank(rank).n_relaxed for rank in (10, 40, 100)]
        [27, 12, 2]
        """
        share = 2 ** ((40 - rank) / 26)
        return replace(
            self,
            n_relaxed=max(2, round(self.n_relaxed * share)),
            rounds=tuple(replace(each, n_kept=max(1, round(each.n_kept * share))) for each in self.rounds[:-1])
            + self.rounds[-1:],
        )


# All of the velocity kept, and then ever less, is what finds low minima: three units of it are better than two with
# more starts, and as good as five with fewer. Where so warm a start will end cannot be seen before it has cooled;
# "thorough" can afford to look once at many starts that were cooled soon.
WARM, COOL, COLD = (1.0, 0.95), (0.95, 0.9), (0.9, 0.85)

EFFORTS: dict[str, Effort] = {
    "standard": Effort(
        n_matched=1,
        n_relaxed=12,
        rounds=(Round(3.0, WARM, 3), Round(1.0, COOL, 1), Round(1.0, COLD, 1)),
        polish=12,
    ),
    "thorough": Effort(
        n_matched=3,
        n_relaxed=84,
        rounds=(Round(1.0, (1.0, 0.85), 28), Round(3.0, WARM, 8), Round(1.0, COOL, 4), Round(1.0, COLD, 1)),
        polish=40,
    ),
}
"""The efforts by name: "standard", the default, and "thorough", which tries more starts for longer."""


def unit(rank: int) -> int:
    """Iterations that budgets are counted in.

    >>> unit(40), unit(100)
    (46, 76)
    """
    return int(6 * rank**0.55 + 0.5)


def find_effort(name: str) -> Effort:
    """The budget with this name; InputError for an unknown one."""
    if name not in EFFORTS:
        raise InputError(unknown_name("effort", name, EFFORTS))
    return EFFORTS[name]
