"""How many seeds a stated effect needs, by simulating studies with the variances of a finished one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dynashape.arguments import read_arguments
from dynashape.cores import on_one_blas_thread
from dynashape.errors import InputError
from dynashape.inference.comparison.permanova import Contrasts, condition_null, task_null
from dynashape.inference.comparison.permutation import MAX_RELABELLINGS, condition_swaps, task_relabellings
from dynashape.inference.planning.components import Components, draw_contrasts, estimate_components
from dynashape.records import ALPHA, Term


@dataclass(frozen=True)
class Power:
    """The chance to find an effect in one comparison, for each number of seeds.

    Attributes
    ----------
    term : Term
        The effect.
    share : float
        The share of the variance that it holds.
    alpha : float
        The level of the test.
    n_seeds : tuple of int
        The numbers of seeds tried.
    power, error : tuple of float
        For each of them, the share of simulated comparisons whose permutation p-value (PERMANOVA, restricted
        relabellings) is at most `alpha`, and the standard error of the simulation. Few seeds can have no power however
        large the effect, since their smallest p-value is above `alpha`.
    needed : int or None
        The smallest number of seeds tried that reaches `target`; None where none does.
    target : float
        The power that is aimed at.
    n_studies : int
        Number of comparisons simulated.
    """

    term: Term
    share: float
    alpha: float
    n_seeds: tuple[int, ...]
    power: tuple[float, ...]
    error: tuple[float, ...]
    needed: int | None
    target: float
    n_studies: int


@on_one_blas_thread
@read_arguments(n_studies=1, seed=0)
def compute_power(
    components: Components,
    term: Term,
    share: float,
    n_seeds: Sequence[int] = (2, 3, 4, 5, 7, 10, 15, 20),
    *,
    alpha: float = ALPHA,
    target: float = 0.8,
    n_studies: int = 500,
    seed: int = 0,
) -> Power:
    """Compute the chance to find a term that holds a given share of the variance, by simulation.

    Parameters
    ----------
    components : Components
        The variances of a comparison; see `pool_components` for those of a finished study. All but that of `term` stay
        as they are.
    term : Term
        The effect.
    share : float
        The share of the variance that it is to hold.
    n_seeds : sequence of int
        Numbers of seeds to try, each at least 2.
    alpha : float, default 0.05
        Level of the test. Give it divided by the number of tests for a corrected family.
    target : float, default 0.8
        The power that is aimed at.
    n_studies : int, default 500
        Number of comparisons to simulate.
    seed : int, default 0
        Seed of the simulation.

    Returns
    -------
    Power

    Raises
    ------
    InputError
        Where the share lies outside [0, 1), or a number of seeds is below 2.

    Examples
    --------
    >>> noise = Components(0.0, 0.0, 0.0, 1.0, 1.0)
    >>> power = compute_power(noise, Term.CONDITION, 0.4, (2, 5), n_studies=20)
    >>> power.power, power.needed
    ((0.0, 1.0), 5)
    """
    if not 0.0 <= share < 1.0:
        raise InputError(f"share must lie in [0, 1); got {share}.")
    if not n_seeds or min(n_seeds) < 2:
        raise InputError(f"n_seeds must hold numbers of at least 2; got {list(n_seeds)}.")
    planned = with_share(components, term, share)
    powers, errors = [], []
    for number in n_seeds:
        rng = np.random.default_rng([seed, number])
        hits = sum(_p_value(draw_contrasts(planned, number, rng), term, rng) <= alpha for _ in range(n_studies))
        powers.append(hits / n_studies)
        errors.append(simulation_error(hits, n_studies))
    reached = [number for number, power in zip(n_seeds, powers, strict=True) if power >= target]
    needed = min(reached, default=None)
    return Power(term, share, alpha, tuple(n_seeds), tuple(powers), tuple(errors), needed, target, n_studies)


def simulation_error(hits: int, n_studies: int) -> float:
    """The standard error of a share of simulated studies (Agresti & Coull 1998: never 0, also where all or none hit).

    >>> round(simulation_error(200, 400), 3), simulation_error(0, 400) > 0
    (0.025, True)
    """
    share = (hits + 2.0) / (n_studies + 4.0)
    return float(np.sqrt(share * (1.0 - share) / (n_studies + 4.0)))


def with_share(components: Components, term: Term, share: float) -> Components:
    """The same components with one term set to hold `share` of the new total.

    >>> with_share(Components(0.0, 0.0, 0.0, 1.0, 1.0), Term.TASK, 0.5).task
    2.0
    """
    rest = components.total - components.of(term)
    if rest <= 0:
        raise InputError(f"{term} is the only component of the pilot: no share of it can be planned.")
    changed: Mapping[str, Any] = {term: rest * share / (1.0 - share)}
    return replace(components, **changed)


@on_one_blas_thread
def pool_components(contrasts: Sequence[Contrasts]) -> Components:
    """Average the components of the comparisons of a finished study, each first scaled to a total of 1.

    Parameters
    ----------
    contrasts : sequence of Contrasts
        Those of the comparisons.

    Returns
    -------
    Components
        Their number of dimensions is the median.

    Raises
    ------
    InputError
        Where there is no comparison.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> pilot = [draw_contrasts(Components(1.0, 1.0, 0.0, 1.0, 1.0), 50, rng) for _ in range(10)]
    >>> round(pool_components(pilot).task, 1)
    0.2
    """
    if not contrasts:
        raise InputError("power needs at least one usable comparison of a finished study; got none.")
    each = [estimate_components(measured) for measured in contrasts]
    names = ("task", "condition", "interaction", "network", "residual")
    means = {name: float(np.mean([getattr(found, name) / found.total for found in each])) for name in names}
    return Components(**means, n_dimensions=int(np.median([found.n_dimensions for found in each])))


def _p_value(contrasts: Contrasts, term: Term, rng: np.random.Generator) -> float:
    limit = min(MAX_RELABELLINGS, 999)
    if term is Term.CONDITION:
        swaps = condition_swaps(contrasts.n_networks, limit, rng)
        observed = condition_null(contrasts, np.zeros((1, contrasts.n_networks), dtype=bool))
        return swaps.p_value(float(observed[0]), condition_null(contrasts, swaps.table))
    tables = task_relabellings(contrasts.tasks, limit, rng)
    observed = task_null(contrasts, contrasts.tasks[None, :], term)
    return tables.p_value(float(observed[0]), task_null(contrasts, tables.table, term))
