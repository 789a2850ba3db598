"""How much work an alignment may cost: the budget of starts and iterations behind each named effort."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dynashape.errors import InputError, unknown_name

# The share of the budget at these ranks, with straight lines between. An iteration costs rank cubed, so a low rank can
# afford more: the time of "standard" stays below a hundredth of the published method's up to rank 30, an eightieth up
# to 40 and a fortieth up to 100. At rank 30, with 1.26 for 1.6, 2 of 120 pairs ended .007 above the best minimum known;
# at rank 60, with .8 for .9, the median excess was .00053 rad instead of .00044. At rank 100 what leaves .0005 takes
# three times what a fortieth allows.
RANKS = [0.0, 10.0, 20.0, 30.0, 40.0, 47.0, 60.0, 80.0, 100.0, 130.0]
SHARES = [2.5, 2.0, 1.6, 1.6, 1.0, 1.0, 0.9, 0.5, 0.34, 0.2]


@dataclass(frozen=True)
class Round:
    """`length` times `unit(rank)` iterations; then the `n_kept` lowest go on, or all.

    A step keeps this share of the velocity, `kept`, at first and at last.
    """

    length: float
    kept: tuple[float, float]
    n_kept: int | None

    def scaled(self, share: float) -> Round:
        """The round with this share of those that go on, at least one."""
        return self if self.n_kept is None else replace(self, n_kept=max(1, round(self.n_kept * share)))


@dataclass(frozen=True)
class Effort:
    """The budget of one alignment: starts, the rounds of their race, hops from those left, and how long the end is.

    Each start left hops `n_hops` times: `n_moves` moves are tried, each for a unit, and the best of them for half a
    unit more. `end` units in float32 and `polish` steps in float64 end the lowest one.

    The numbers hold at ranks 40 to 47 and are multiplied by `SHARES` at others. Above rank 80 the rounds are `SLOW`.
    """

    n_matched: int
    n_relaxed: int
    rounds: tuple[Round, ...]
    n_hops: int
    n_moves: int
    end: float
    polish: int

    def at_rank(self, rank: int) -> Effort:
        """The budget for this rank.

        >>> [EFFORTS["standard"].at_rank(rank).n_relaxed for rank in (10, 40, 100)]
        [18, 9, 2]
        """
        share = float(np.interp(rank, RANKS, SHARES))
        if share < 0.5:
            # A start takes half as much again, and a hop costs more starts than it is worth.
            return replace(self, n_relaxed=max(1, round(self.n_relaxed * share / 1.5)), rounds=SLOW, n_hops=0)
        return replace(
            self,
            n_relaxed=max(2, round(self.n_relaxed * share)),
            rounds=tuple(each.scaled(share) for each in self.rounds),
            n_hops=round(self.n_hops * share),
        )


# All of the velocity kept, and then ever less, is what finds low minima: three units of it are better than two with
# more starts, and as good as five with fewer. Where so warm a start will end cannot be seen before it has cooled;
# "thorough" can afford to look once at many starts that were cooled soon. Two hops do at rank 40 what a third more
# starts do, in half the time, and at rank 20 what three fifths more do in a fourth; at rank 60 they are worth starts.
# Waves of starts that end when their lowest ends agree are worth no more: at rank 40 few minima are found twice. Nor
# are more starts where the first ones end further apart: their spread says little of how far above the best they lie.
HOT, WARM, COOL, COLD, QUENCH = (1.0, 1.0), (1.0, 0.95), (0.95, 0.9), (0.9, 0.85), (0.9, 0.8)

# At high rank the velocity is kept whole at first. Without friction a search stays hot, some .14 rad above the minima,
# and there it drifts towards better ones: of quenches a unit apart the values correlate by .97, and fall. At rank 100
# three such units and a quench of one and a half leave three starts at a median of .00116 rad, where the rounds below
# leave four starts at .00142 in nearly the same time. Five units of two starts, quenches of the best of several starts
# at intervals, hotter and cooler stays, and slow cooling leave as much or more. At rank 60 nothing is gained, at rank
# 40 something lost.
SLOW = (Round(3.0, HOT, None), Round(1.0, WARM, None), Round(0.5, (0.95, 0.85), 1))

EFFORTS: dict[str, Effort] = {
    "standard": Effort(
        n_matched=1,
        n_relaxed=9,
        rounds=(Round(3.0, WARM, 3), Round(1.0, COOL, 1)),
        n_hops=2,
        n_moves=4,
        end=1.0,
        polish=12,
    ),
    "thorough": Effort(
        n_matched=3,
        n_relaxed=70,
        rounds=(Round(1.0, (1.0, 0.85), 24), Round(3.0, WARM, 6), Round(1.0, COOL, 2)),
        n_hops=2,
        n_moves=4,
        end=1.0,
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
