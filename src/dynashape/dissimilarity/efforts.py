"""How much work an alignment may cost: the budget of starts and iterations behind each named effort."""

from __future__ import annotations

from dataclasses import dataclass

from dynashape.errors import InputError, unknown_name


@dataclass(frozen=True)
class Effort:
    """The budget of one alignment; iterations are counted in units of 10 + rank / 2, what a start needs to settle.

    The `n_matched` best of the matched starts descend, beside `n_relaxed` relaxed ones. `rounds` are (iterations, how
    many of the starts go on). From the best one `n_hops` times `n_moves` moves are tried for `hop` iterations, the best
    of them for `after` more. `polish` iterations in float64 end it (a count, not in units).
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


EFFORTS: dict[str, Effort] = {
    "standard": Effort(
        n_matched=3,
        n_relaxed=9,
        rounds=((1.5, 8), (1.0, 4), (1.0, 2)),
        n_hops=2,
        n_moves=4,
        hop=1.25,
        after=0.75,
        final=1.5,
        polish=12,
    ),
    "thorough": Effort(
        n_matched=6,
        n_relaxed=42,
        rounds=((2.0, 24), (1.5, 8), (2.0, 4)),
        n_hops=8,
        n_moves=6,
        hop=1.5,
        after=1.5,
        final=2.0,
        polish=40,
    ),
}


def find_effort(name: str) -> Effort:
    """The budget with this name; InputError for an unknown one."""
    if name not in EFFORTS:
        raise InputError(unknown_name("effort", name, EFFORTS))
    return EFFORTS[name]
