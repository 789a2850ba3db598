"""How many seeds a stated effect needs, by simulating studies with the variances of a finished one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dynashape.errors import InputError
from dynashape.inference.permutation import MAX_RELABELLINGS, condition_swaps, task_relabellings
from dynashape.inference.simulate import Components, draw_contrasts, estimate_components
from dynashape.inference.variance import TERMS, Contrasts, condition_null, task_null


@dataclass(frozen=True)
class Power:
    """The chance to find an effect, for each number of seeds.

    `power` is the share of simulated comparisons whose permutation p-value (PERMANOVA, restricted relabellings) is
    at most `alpha`, with its simulation error `errors` (one standard error). `needed` is the smallest number of
    seeds tried that reaches `target`; None where none does. Few seeds can have no power however large the effect, since
    their smallest p-value is above alpha.
    """

    term: str
    share: float
    alpha: float
    target: float
    n_seeds: tuple[int, ...]
    power: tuple[float, ...]
    errors: tuple[float, ...]
    needed: int | None
    n_studies: int


def compute_power(
    components: Components,
    term: str,
    share: float,
    n_seeds: Sequence[int] = (2, 3, 4, 5, 7, 10, 15, 20),
    *,
    alpha: float = 0.05,
    target: float = 0.8,
    n_studies: int = 500,
    seed: int = 0,
) -> Power:
    """Power to find a term ("task", "condition" or "interaction") that holds `share` of the variance.

    The other components stay as they are (see `pool_components` for those of a finished study). Pass alpha divided by
    the number of tests for a corrected family. Raises InputError for an unknown term, a share outside [0, 1) or a
    number of seeds below 2.

    >>> noise = Components(0.0, 0.0, 0.0, 1.0, 1.0)
    >>> found = compute_power(noise, "condition", 0.4, (2, 5), n_studies=20)
    >>> found.power, found.needed
    ((0.0, 1.0), 5)
    """
    if term not in TERMS:
        raise InputError(f"term must be one of {', '.join(TERMS)}; got {term!r}.")
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
    return Power(
        term, share, alpha, target, tuple(n_seeds), tuple(powers), tuple(errors), min(reached, default=None), n_studies
    )


def simulation_error(hits: int, n_studies: int) -> float:
    """The standard error of a share of simulated studies (Agresti & Coull 1998: never 0, also where all or none hit).

    >>> round(simulation_error(200, 400), 3), simulation_error(0, 400) > 0
    (0.025, True)
    """
    share = (hits + 2.0) / (n_studies + 4.0)
    return float(np.sqrt(share * (1.0 - share) / (n_studies + 4.0)))


def with_share(components: Components, term: str, share: float) -> Components:
    """The same components with one term set to hold `share` of the new total.

    >>> with_share(Components(0.0, 0.0, 0.0, 1.0, 1.0), "task", 0.5).task
    2.0
    """
    rest = components.total - {"task": components.task, "condition": components.condition}.get(
        term, components.interaction
    )
    if rest <= 0:
        raise InputError(f"{term} is the only component of the pilot: no share of it can be planned.")
    wanted = rest * share / (1.0 - share)
    if term == "task":
        return replace(components, task=wanted)
    if term == "condition":
        return replace(components, condition=wanted)
    return replace(components, interaction=wanted)


def pool_components(contrasts: Sequence[Contrasts]) -> Components:
    """Mean components of the comparisons of a finished study, each first scaled to a total of 1.

    Dimensions are the median's. Raises InputError where there is none.

    >>> rng = np.random.default_rng(0)
    >>> pilot = [draw_contrasts(Components(1.0, 1.0, 0.0, 1.0, 1.0), 50, rng) for _ in range(10)]
    >>> round(pool_components(pilot).task, 1)
    0.2
    """
    if not contrasts:
        raise InputError("power needs at least one usable comparison of a finished study; got none.")
    found = [estimate_components(one) for one in contrasts]
    names = ("task", "condition", "interaction", "network", "residual")
    means = {name: float(np.mean([getattr(one, name) / one.total for one in found])) for name in names}
    return Components(**means, n_dimensions=int(np.median([one.n_dimensions for one in found])))


def _p_value(contrasts: Contrasts, term: str, rng: np.random.Generator) -> float:
    limit = min(MAX_RELABELLINGS, 999)
    if term == "condition":
        swaps = condition_swaps(contrasts.n_networks, limit, rng)
        observed = condition_null(contrasts, np.zeros((1, contrasts.n_networks), dtype=bool))
        return swaps.p_value(float(observed[0]), condition_null(contrasts, swaps.table))
    tables = task_relabellings(contrasts.tasks, limit, rng)
    observed = task_null(contrasts, contrasts.tasks[None, :], term)
    return tables.p_value(float(observed[0]), task_null(contrasts, tables.table, term))
