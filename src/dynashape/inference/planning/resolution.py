"""What a design can find at all: the smallest p-value of its tests, and the fewest seeds that reach a level."""

from __future__ import annotations

import numpy as np

from dynashape.arguments import read_arguments
from dynashape.errors import InputError
from dynashape.inference.comparison.intervals import FEWEST_SEEDS
from dynashape.inference.comparison.permutation import MAX_RELABELLINGS, condition_swaps, task_relabellings
from dynashape.records import ALPHA, Term

_MOST_SEEDS = 30


@read_arguments(n_seeds=2, max_relabellings=1)
def smallest_p_value(term: Term, n_seeds: int, max_relabellings: int = MAX_RELABELLINGS) -> float:
    """Compute the smallest p-value that the permutation test of one comparison of two tasks can give.

    Parameters
    ----------
    term : Term
        What is tested: the task, or the condition (training or input).
    n_seeds : int
        Number of usable seeds, with a network of each task each; at least 2.
    max_relabellings : int, default 5000
        Up to this many relabellings are enumerated, else so many are drawn.

    Returns
    -------
    float
        The p-value where no relabelling separates as well as the labels given.

    Raises
    ------
    InputError
        For fewer than 2 seeds, or the interaction, which no labelling tests.

    Examples
    --------
    >>> smallest_p_value(Term.CONDITION, 2), smallest_p_value(Term.TASK, 5)
    (0.125, 0.007936507936507936)
    """
    if n_seeds < 2:
        raise InputError(f"n_seeds must be at least 2; got {n_seeds}.")
    rng = np.random.default_rng(0)
    if term is Term.CONDITION:
        return condition_swaps(2 * n_seeds, max_relabellings, rng).resolution
    if term is Term.TASK:
        return task_relabellings(np.repeat([True, False], n_seeds), max_relabellings, rng).resolution
    raise InputError(f"term must be {Term.TASK} or {Term.CONDITION}; got {term}.")


@read_arguments(max_relabellings=1)
def fewest_seeds(term: Term, alpha: float = ALPHA, max_relabellings: int = MAX_RELABELLINGS) -> int | None:
    """Find the fewest seeds with which the permutation test of a term can give a p-value of at most `alpha`.

    Parameters
    ----------
    term, max_relabellings
        As in `smallest_p_value`.
    alpha : float, default 0.05
        The level.

    Returns
    -------
    int or None
        The number of seeds; None where no number does up to 30, because too few relabellings are drawn.

    Raises
    ------
    InputError
        For the interaction, which no labelling tests, and a level outside of 0 to 1.

    Examples
    --------
    >>> fewest_seeds(Term.CONDITION), fewest_seeds(Term.TASK), fewest_seeds(Term.TASK, max_relabellings=10)
    (3, 4, None)
    """
    if not 0.0 < alpha < 1.0:
        raise InputError(f"alpha must lie between 0 and 1; got {alpha!r}.")
    numbers = range(2, _MOST_SEEDS + 1)
    return next((n for n in numbers if smallest_p_value(term, n, max_relabellings) <= alpha), None)


@read_arguments(n_seeds=2, max_relabellings=1)
def describe_reach(n_seeds: int, max_relabellings: int = MAX_RELABELLINGS) -> str:
    """Say what so few seeds cannot find, whatever their networks do, and how many could.

    A verdict takes an interval over seeds, and a test a smallest p-value of at most `ALPHA`.

    Parameters
    ----------
    n_seeds, max_relabellings
        As in `smallest_p_value`.

    Returns
    -------
    str
        A sentence; empty where nothing is out of reach.

    Raises
    ------
    InputError
        For fewer than 2 seeds.

    Examples
    --------
    >>> describe_reach(3)
    '3 seeds cannot tell tasks apart at 0.05 (the smallest p is 0.1); 4 seeds are the fewest that can.'
    >>> describe_reach(5)
    ''
    """
    tested = {Term.CONDITION: "training or input", Term.TASK: "tasks"}
    smallest = {term: smallest_p_value(term, n_seeds, max_relabellings) for term in tested}
    lost = [term for term in tested if smallest[term] > ALPHA]
    said = ["give a verdict"] if n_seeds < FEWEST_SEEDS else []
    said += [f"tell {tested[term]} apart at {ALPHA:g} (the smallest p is {smallest[term]:.3g})" for term in lost]
    if not said:
        return ""
    needed = [fewest_seeds(term, ALPHA, max_relabellings) for term in lost]
    known = [number for number in needed if number is not None]
    remedy = f"{max(known, default=FEWEST_SEEDS)} seeds are the fewest that can"
    if len(known) < len(needed):
        remedy = f"that takes more than {max_relabellings} relabellings (separability.max_relabellings)"
    return f"{n_seeds} seeds cannot {', nor '.join(said)}; {remedy}."
