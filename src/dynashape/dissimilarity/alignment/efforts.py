"""How much work an alignment may cost: the budget of starts and iterations behind each named effort.

How the numbers were chosen, and what was tried without gain, stands in docs/method.md, "How the search was chosen".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from dynashape.errors import InputError, unknown_name

# Up to this rank all starts are taken to their minima in double precision (see `low_rank`).
LOW_RANK = 9
# The share of the budget at these ranks, with straight lines between: an iteration costs the cube of the rank.
RANKS = [0.0, 10.0, 20.0, 30.0, 40.0, 47.0, 60.0, 80.0, 100.0, 130.0]
SHARES = [2.5, 2.0, 1.6, 1.6, 1.0, 1.0, 0.9, 0.5, 0.34, 0.2]
# Shares of the velocity that a step keeps in a round, at first and at last.
HOT, WARM, COOL, COLD, QUENCH = (1.0, 1.0), (1.0, 0.95), (0.95, 0.9), (0.9, 0.85), (0.9, 0.8)


@dataclass(frozen=True)
class Round:
    """A leg of the race: `length` times `iterations_in_unit(rank)` iterations, after which `n_kept` starts go on.

    A step keeps the share `kept` of the velocity, at first and at last. All starts go on where `n_kept` is None.
    """

    length: float
    kept: tuple[float, float]
    n_kept: int | None

    def scaled(self, share: float) -> Round:
        """The round with this share of the starts that go on, at least one."""
        return self if self.n_kept is None else replace(self, n_kept=max(1, round(self.n_kept * share)))


# At high rank a search without friction drifts towards better minima, which is worth more there than further starts.
SLOW = (Round(3.0, HOT, None), Round(1.0, WARM, None), Round(0.5, (0.95, 0.85), 1))


@dataclass(frozen=True)
class Sweeps:
    """The budget at ranks up to `LOW_RANK`, where starts are swept and the lowest are followed to their minima.

    `n_drawn` random starts are swept beside the six matched ones, and the `n_followed` lowest go on: at ranks up to 6,
    more at 7, twice as many at 8 and 9. The others, and up to `n_spare` further ones, are followed only until the
    lowest minimum was found `n_agreeing` times.
    """

    n_drawn: int
    n_followed: int
    n_agreeing: int
    n_spare: int

    def at_rank(self, rank: int) -> Sweeps:
        """The budget for this rank.

        >>> EFFORTS["standard"].sweeps.at_rank(9).n_drawn
        24
        """
        more = float(np.clip(rank / 2 - 2, 1.0, 2.0))
        return replace(
            self,
            n_drawn=round(self.n_drawn * more),
            n_followed=round(self.n_followed * more),
            n_spare=round(self.n_spare * more),
        )


@dataclass(frozen=True)
class Effort:
    """The budget of one alignment.

    Attributes
    ----------
    n_matched, n_relaxed : int
        Numbers of starts, of either kind, at ranks 40 to 47. `SHARES` multiplies the relaxed ones at other ranks.
    rounds : tuple of Round
        The race between the starts.
    n_hops, n_moves : int
        Each start that is left hops `n_hops` times to the best place that one of `n_moves` moves leads to.
    end : float
        Length of the last leg of the lowest start in single precision.
    polish : int
        Iterations in double precision that end the alignment.
    sweeps : Sweeps
        The budget at ranks up to `LOW_RANK`, where none of the above counts.
    """

    n_matched: int
    n_relaxed: int
    rounds: tuple[Round, ...]
    n_hops: int
    n_moves: int
    end: float
    polish: int
    sweeps: Sweeps

    def at_rank(self, rank: int) -> Effort:
        """The budget for this rank.

        >>> [EFFORTS["standard"].at_rank(rank).n_relaxed for rank in (10, 40, 100)]
        [18, 9, 2]
        """
        share = float(np.interp(rank, RANKS, SHARES))
        if share < 0.5:
            # These rounds are half as long again, and a hop costs more starts than it is worth.
            return replace(self, n_relaxed=max(1, round(self.n_relaxed * share / 1.5)), rounds=SLOW, n_hops=0)
        return replace(
            self,
            n_relaxed=max(2, round(self.n_relaxed * share)),
            rounds=tuple(each.scaled(share) for each in self.rounds),
            n_hops=round(self.n_hops * share),
        )


EFFORTS: Mapping[str, Effort] = {
    "standard": Effort(
        n_matched=1,
        n_relaxed=9,
        rounds=(Round(3.0, WARM, 3), Round(1.0, COOL, 1)),
        n_hops=2,
        n_moves=4,
        end=1.0,
        polish=12,
        sweeps=Sweeps(n_drawn=12, n_followed=12, n_agreeing=2, n_spare=24),
    ),
    "thorough": Effort(
        n_matched=3,
        n_relaxed=70,
        rounds=(Round(1.0, (1.0, 0.85), 24), Round(3.0, WARM, 6), Round(1.0, COOL, 2)),
        n_hops=2,
        n_moves=4,
        end=1.0,
        polish=40,
        sweeps=Sweeps(n_drawn=72, n_followed=60, n_agreeing=3, n_spare=72),
    ),
}
"""The efforts by name: "standard", the default, and "thorough", which tries more starts for longer."""


def iterations_in_unit(rank: int) -> int:
    """The iterations that lengths of rounds are counted in.

    >>> iterations_in_unit(40), iterations_in_unit(100)
    (46, 76)
    """
    return int(6 * rank**0.55 + 0.5)


def find_effort(name: str) -> Effort:
    """The budget with this name; InputError for an unknown one."""
    if name not in EFFORTS:
        raise InputError(unknown_name("effort", name, EFFORTS))
    return EFFORTS[name]
