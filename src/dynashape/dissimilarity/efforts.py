"""How much work an alignment may cost: the budget of starts and iterations behind each named effort."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dynashape.errors import InputError, unknown_name

# An iteration costs rank cubed and starts need rank iterations, so the higher the rank the fewer starts and hops: their
# numbers hold at this rank. Below it they grow up to `MOST` times: there, time is short of the published method's by a
# factor of hundreds, and the rare pair that misses its minimum is what is left to improve.
NUMBERS_HOLD_AT = 40
MOST = 1.8


@dataclass(frozen=True)
class Effort:
    """The budget of one alignment; iterations are counted in units of about 1.1 times the rank (see `unit`).

    The `n_matched` best of the matched starts descend, beside `n_relaxed` relaxed ones. `rounds` are (iterations, how
    many of the starts go on). From the best one, `n_hops` times, `n_moves` moves are tried for `hop` iterations, and
    the best of them for `after` more. `final` iterations in float32 and `polish` in float64 (a count) end it.
    """

    n_matched: int
    n_relaxed: int
    rounds: tuple[tuple[float, int], ...]
    n_hops: int
    n_moves: int
    hop: float
    after: float
    final: float
    polish: int

    def at_rank(self, rank: int) -> Effort:
        """The budget for this rank.

        >>> EFFORTS["standard"].at_rank(10).n_relaxed, EFFORTS["standard"].at_rank(80).n_relaxed
        (27, 9)
        """
        relative = NUMBERS_HOLD_AT / rank
        share = relative**0.8 if relative < 1 else min(MOST, relative**1.6)
        return replace(
            self,
            n_relaxed=max(3, round(self.n_relaxed * share)),
            rounds=tuple((iterations, max(1, round(n_kept * share))) for iterations, n_kept in self.rounds),
            n_hops=round(self.n_hops * share),
        )


# Most of the time goes into starts. Hops lead to the bottom of the funnel that a start lies in (rank 40: nothing is
# gained after four), another start to another funnel; where it will end shows after one unit (correlation .4), not
# sooner.
EFFORTS: dict[str, Effort] = {
    "standard": Effort(
        n_matched=1,
        n_relaxed=15,
        rounds=((0.7, 7), (0.8, 4), (1.0, 2)),
        n_hops=1,
        n_moves=4,
        hop=1.0,
        after=0.5,
        final=1.5,
        polish=12,
    ),
    "thorough": Effort(
        n_matched=3,
        n_relaxed=70,
        rounds=((0.9, 24), (1.0, 8), (1.0, 4)),
        n_hops=2,
        n_moves=4,
        hop=1.0,
        after=0.5,
        final=2.0,
        polish=40,
    ),
}
"""The efforts by name: "standard", the default, and "thorough", which tries more starts for longer."""


def unit(rank: int) -> int:
    """Iterations that budgets are counted in: about a third of what a start needs to come within 1e-3 rad of its end.

    >>> unit(40)
    44
    """
    return max(15, round(1.1 * rank))


def find_effort(name: str) -> Effort:
    """The budget with this name; InputError for an unknown one."""
    if name not in EFFORTS:
        raise InputError(unknown_name("effort", name, EFFORTS))
    return EFFORTS[name]
