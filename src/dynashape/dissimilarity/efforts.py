"""How much work an alignment may cost: the budget of starts and iterations behind each named effort."""

from __future__ import annotations

from dataclasses import dataclass

from dynashape.errors import InputError, unknown_name


@dataclass(frozen=True)
class Effort:
    """The budget of one alignment.

    All `n_starts` starts run for `search_iterations`; the `n_finalists` best of them then run for up to `final_iterations`.
    """

    n_starts: int
    search_iterations: int
    n_finalists: int
    final_iterations: int


EFFORTS: dict[str, Effort] = {
    "standard": Effort(n_starts=6, search_iterations=60, n_finalists=2, final_iterations=300),
    "thorough": Effort(n_starts=16, search_iterations=100, n_finalists=5, final_iterations=600),
}


def find_effort(name: str) -> Effort:
    """The budget with this name; InputError for an unknown one."""
    if name not in EFFORTS:
        raise InputError(unknown_name("effort", name, EFFORTS))
    return EFFORTS[name]
