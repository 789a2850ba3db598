"""Whether the ordering of distances hangs on the choice of delays and rank: Kendall's W over a grid of choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.stats import rankdata

from dynashape.arguments import float_array, shown, whole_numbers
from dynashape.cores import spread
from dynashape.dissimilarity.estimator.fitting import check_usable, fit_all
from dynashape.dissimilarity.estimator.pairs import measure_square
from dynashape.dissimilarity.estimator.parameters import Parameters
from dynashape.dissimilarity.estimator.systems import Systems
from dynashape.distances import Distances
from dynashape.errors import InputError
from dynashape.records import OK, Array, Code, Status

_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class OrderingStability:
    """How well several measurements of the same pairs agree in which are near and which far.

    Attributes
    ----------
    w : float
        Kendall's coefficient of concordance, corrected for ties: 1 where all order the pairs alike, about
        1 / `n_measurements` where none has to do with another. NaN where no measurement tells pairs apart.
    rank_correlations : array of shape (measurements,)
        The mean rank correlation (Spearman) of each measurement with the others; NaN for those that are missing.
    n_measurements, n_pairs : int
        How many measurements, and pairs that all of them measured, were compared.
    """

    w: float
    rank_correlations: Float[Array, " measurements"]
    n_measurements: int
    n_pairs: int


@dataclass(frozen=True, eq=False)
class Stability:
    """The distances between systems at every choice of delays and rank, and how well their orders agree.

    Attributes
    ----------
    delays, ranks : tuple of int
        The grid.
    chosen : tuple of int
        The delays and the rank of the estimator.
    distances : array of shape (delays, ranks, systems, systems)
        The distances; NaN where a choice is not possible.
    statuses : tuple of tuple of Status
        Why it is not, for each number of delays and rank.
    w : float
        Kendall's W over the choices (see `ordering_stability`).
    rank_correlations : array of shape (delays, ranks)
        The mean rank correlation of each choice with the others.
    names : tuple of str
        The systems.
    dissimilarity : str
        What was measured.
    """

    delays: tuple[int, ...]
    ranks: tuple[int, ...]
    chosen: tuple[int, int]
    distances: Float[Array, "delays ranks systems systems"]
    statuses: tuple[tuple[Status, ...], ...]
    w: float
    rank_correlations: Float[Array, "delays ranks"]
    names: tuple[str, ...]
    dissimilarity: str


def ordering_stability(
    matrices: Any,
) -> OrderingStability:
    """Compute how well several matrices of distances agree in which pairs are near and which are far.

    Parameters
    ----------
    matrices : array of shape (measurements, systems, systems), or a sequence of square matrices
        The distances between the same systems, measured in several ways. A matrix that is all NaN off its diagonal is
        missing; a pair that is NaN in another one is left out of all.

    Returns
    -------
    OrderingStability
        Kendall's W and the mean rank correlation of each measurement with the others.

    Raises
    ------
    InputError
        Unless there are two measurements of the same two pairs or more.

    Notes
    -----
    With m measurements of n pairs, R the sum of a pair's ranks and t the sizes of groups of ties,

        W = (12 sum R^2 - 3 m^2 n (n + 1)^2) / (m^2 (n^3 - n) - m sum (t^3 - t)).

    Distances that lie within 1e-12 of the largest of their matrix from the next are ties, so that no order is read from
    rounding. Pairs share systems, so no p-value is taken from W.

    References
    ----------
    Kendall & Babington Smith 1939, "The problem of m rankings".

    Examples
    --------
    >>> near = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 3.0], [2.0, 3.0, 0.0]])
    >>> ordering_stability([near, 2 * near, near**2]).w
    1.0
    """
    stack = _read_matrices(matrices)
    rows, columns = np.triu_indices(stack.shape[1], 1)
    values = stack[:, rows, columns]
    there = ~np.isnan(values).all(axis=1)
    kept = values[there][:, ~np.isnan(values[there]).any(axis=0)]
    m, n = kept.shape
    if m < 2 or n < 2:
        raise InputError(
            f"an ordering needs at least 2 measurements of the same 2 pairs, so of 3 systems; got {m} and {n}."
        )
    ranks = _rank(kept)
    ties = sum(float(np.sum(counts**3 - counts)) for counts in (np.unique(r, return_counts=True)[1] for r in ranks))
    spread = 12.0 * float(np.sum(ranks.sum(axis=0) ** 2)) - 3.0 * m**2 * n * (n + 1) ** 2
    most = m**2 * (n**3 - n) - m * ties
    correlations = np.full(len(stack), np.nan)
    correlations[there] = _mean_correlations(ranks)
    return OrderingStability(float(spread / most) if most > 0.0 else float("nan"), correlations, m, n)


def neighbouring_choices(n_delays: int, rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Delays and ranks about a choice: half, itself, one and a half times, and twice.

    >>> neighbouring_choices(4, 6)
    ((2, 4, 6, 8), (3, 6, 9, 12))
    """
    delays, ranks = (
        tuple(sorted({max(least, round(n * times)) for times in (0.5, 1, 1.5, 2)}))
        for n, least in ((n_delays, 1), (rank, 2))
    )
    return delays, ranks


def measure_grid(systems: Systems, parameters: Parameters, delays: Any, ranks: Any) -> Stability:
    """The distances at every choice, with a status where there are none, and the agreement of their orders."""
    chosen = (int(parameters.n_delays or 0), int(parameters.rank or 0))
    near_delays, near_ranks = neighbouring_choices(*chosen)
    grid_delays = _choices("delays", near_delays if delays is None else delays)
    grid_ranks = _choices("ranks", near_ranks if ranks is None else ranks)
    n = len(systems.names)
    if n < 3:
        raise InputError(f"an ordering of distances needs at least 3 systems in X; got {n}.")

    def measure(choice: tuple[int, int]) -> Array | Status:
        one = replace(parameters, n_delays=choice[0], rank=choice[1], n_jobs=1, progress=None)
        try:
            operators = fit_all(systems.activities, systems.names, one)
            check_usable(operators, systems.names, one)
            return measure_square(operators, one)[0]
        except InputError as error:
            return Status(Code.UNDETERMINED, str(error).removesuffix("."))

    choices = [(q, r) for q in grid_delays for r in grid_ranks]
    found = spread(measure, choices, parameters.n_jobs, parameters.progress)
    missing = np.full((n, n), np.nan)
    stack = np.stack([missing if isinstance(each, Status) else each for each in found])
    possible = sum(not isinstance(each, Status) for each in found)
    if possible < 2:
        why = next((each.message for each in found if isinstance(each, Status)), "only one was given")
        raise InputError(f"stability needs at least 2 possible choices of delays and rank; got {possible} ({why}).")
    agreed = ordering_stability(stack)
    shape = (len(grid_delays), len(grid_ranks))
    statuses = [each if isinstance(each, Status) else OK for each in found]
    rows = [tuple(statuses[k * shape[1] : (k + 1) * shape[1]]) for k in range(shape[0])]
    return Stability(
        delays=grid_delays,
        ranks=grid_ranks,
        chosen=chosen,
        distances=stack.reshape(*shape, n, n),
        statuses=tuple(rows),
        w=agreed.w,
        rank_correlations=agreed.rank_correlations.reshape(shape),
        names=systems.names,
        dissimilarity=parameters.dissimilarity,
    )


def _rank(values: Float[Array, "measurements pairs"]) -> Float[Array, "measurements pairs"]:
    """The ranks of each row, with ties where values differ by no more than rounding."""
    order = np.argsort(values, axis=1)
    steps = np.diff(np.take_along_axis(values, order, axis=1), axis=1)
    apart = steps > _ROUNDING * np.abs(values).max(axis=1, keepdims=True)
    groups = np.zeros(values.shape, dtype=np.int64)
    np.put_along_axis(groups, order, np.pad(np.cumsum(apart, axis=1), ((0, 0), (1, 0))), axis=1)
    return np.asarray(rankdata(groups, axis=1))


def _mean_correlations(ranks: Float[Array, "measurements pairs"]) -> Float[Array, " measurements"]:
    """The mean correlation of each row with the others; a row without any order has none."""
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    sizes = np.linalg.norm(centred, axis=1)
    units = np.divide(centred, sizes[:, None], out=np.full_like(centred, np.nan), where=sizes[:, None] > 0.0)
    products = units @ units.T
    np.fill_diagonal(products, np.nan)
    counted = ~np.isnan(products)
    sums = np.where(counted, products, 0.0).sum(axis=1)
    out = np.full(len(ranks), np.nan)
    np.divide(sums, counted.sum(axis=1), out=out, where=counted.any(axis=1))
    return out


def _read_matrices(given: Any) -> Float[Array, "measurements systems systems"]:
    """Symmetric matrices of numbers or NaN, one size for all; one InputError lists what is none."""
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise InputError(f"matrices must be (measurements, systems, systems); got {shown(given)}.")
    if getattr(given, "ndim", 3) != 3:
        raise InputError(f"matrices must be (measurements, systems, systems); got {shown(given)}.")
    stack = [
        float_array(f"matrices[{i}]", each.values if isinstance(each, Distances) else each)
        for i, each in enumerate(given)
    ]
    faults = []
    for i, each in enumerate(stack):
        if each.ndim != 2 or each.shape[0] != each.shape[1]:
            faults.append(f"matrices[{i}] must be (systems, systems), got shape {each.shape}")
        elif len(each) != len(stack[0]):
            faults.append(
                f"matrices[{i}] has {len(each)} systems and matrices[0] {len(stack[0])}; they must be the same"
            )
        elif np.isinf(each).any():
            faults.append(f"matrices[{i}] holds infinity; give NaN where there is no distance")
        elif not np.allclose(each, each.T, rtol=1e-6, atol=0.0, equal_nan=True):
            faults.append(f"matrices[{i}] must be the same in both directions, such as (d + d.T) / 2")
    if faults:
        raise InputError("; ".join(faults) + ".")
    return np.stack(stack) if stack else np.zeros((0, 0, 0))


def _choices(name: str, given: Any) -> tuple[int, ...]:
    """The different numbers that are given, in order; at least one."""
    numbers = tuple(sorted(set(whole_numbers(name, given, 1))))
    if not numbers:
        raise InputError(f"{name} must hold at least one number; got none.")
    return numbers
