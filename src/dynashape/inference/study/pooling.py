"""One pooled value over comparisons that share networks: a three-level model with seed-level error.

The value of a comparison is the mean, plus a deviation of its cell (architecture and phase), plus a deviation of its
own, plus an error. The errors of comparisons that share networks are correlated: their covariance comes from leaving
out seeds. The variances of the two kinds of deviation come from moments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy import stats

from dynashape.errors import InputError
from dynashape.inference.comparison.intervals import LEVEL
from dynashape.records import Array


@dataclass(frozen=True)
class Pooled:
    """The mean over all comparisons, with two 95 % intervals.

    Attributes
    ----------
    estimate : float
        The equally weighted mean.
    low, high : float
        The interval to quote. It allows for other seeds, and for other cells and task pairs that differ as much as
        those of the study differ from each other.
    low_here, high_here : float
        The narrower interval, which allows for other seeds of exactly these cells and task pairs.
    standard_error, p_value : float
        Those of the wider interval, the p-value two-sided against zero.
    cell_spread, pair_spread : float
        Standard deviations of the true values between cells, and between the task pairs of a cell: how heterogeneous
        the effect is.
    n_comparisons, n_cells : int
        How many are pooled.
    """

    estimate: float
    low: float
    high: float
    low_here: float
    high_here: float
    standard_error: float
    p_value: float
    cell_spread: float
    pair_spread: float
    n_comparisons: int
    n_cells: int


def pool(
    values: Float[Array, " comparisons"],
    without: Sequence[Float[Array, "_ _"]],
    cells: Int[Array, " comparisons"],
    blocks: Int[Array, " comparisons"],
) -> Pooled:
    """Pool the values of comparisons by an equally weighted mean whose error respects shared networks.

    `without[b]` holds the value without each seed (comparisons, seeds) of the comparisons of block b, in their order.
    Blocks are architectures: they have networks of their own and are independent, while the comparisons of one block
    are not. Weights are equal, since covariances from five seeds are too noisy to weight by. Degrees of freedom are
    Satterthwaite's, with (seeds - 1) for each block and (cells - 1) for the spread between cells. Raises InputError
    where a block has fewer than three seeds or its rows do not match.

    >>> values = np.array([0.2, 0.3, 0.25, 0.35])
    >>> shift = 0.02 * np.array([-1.0, 0.5, 1.0, 0.5, -1.0])
    >>> blocks = np.array([0, 0, 1, 1])
    >>> pooled = pool(values, [values[blocks == b, None] + shift for b in (0, 1)], np.arange(4), blocks)
    >>> round(pooled.estimate, 3), pooled.low < pooled.low_here < pooled.high_here < pooled.high
    (0.275, True)
    """
    n_comparisons = len(values)
    covariance = np.zeros((n_comparisons, n_comparisons))
    variances: list[float] = []
    degrees: list[float] = []
    for block, table in enumerate(without):
        rows = np.flatnonzero(blocks == block)
        n_seeds = table.shape[1]
        if n_seeds < 3 or len(table) != len(rows):
            raise InputError(f"block {block} needs its {len(rows)} comparisons without each of 3 or more seeds.")
        deviation = table - table.mean(axis=1, keepdims=True)
        errors = (n_seeds - 1) / n_seeds * deviation @ deviation.T
        covariance[np.ix_(rows, rows)] = errors
        variances.append(float(errors.sum()) / n_comparisons**2)
        degrees.append(n_seeds - 1.0)
    names, number = np.unique(cells, return_inverse=True)
    member = np.eye(len(names))[number]
    between, within = _spreads(values, covariance, member)
    shares = member.sum(axis=0) / n_comparisons
    estimate = float(values.mean())
    reach_here = _reach(variances, degrees)
    if len(names) > 1:
        variances.append(between * float(np.square(shares).sum()) + within / n_comparisons)
        degrees.append(len(names) - 1.0)
    reach = _reach(variances, degrees)
    error = float(np.sqrt(sum(variances)))
    freedom = _freedom(variances, degrees)
    p_value = 2.0 * float(stats.t.sf(abs(estimate) / error, freedom)) if error > 0 else float(estimate == 0.0)
    return Pooled(
        estimate=estimate,
        low=estimate - reach,
        high=estimate + reach,
        low_here=estimate - reach_here,
        high_here=estimate + reach_here,
        standard_error=error,
        p_value=p_value,
        cell_spread=float(np.sqrt(between)),
        pair_spread=float(np.sqrt(within)),
        n_comparisons=n_comparisons,
        n_cells=len(names),
    )


def _spreads(
    values: Float[Array, " k"], covariance: Float[Array, "k k"], member: Float[Array, "k cells"]
) -> tuple[float, float]:
    """Variance between cells and between comparisons of a cell, from the two quadratic forms that hold them."""
    n_comparisons = len(values)
    averaging = member / member.sum(axis=0) @ member.T
    inside = np.eye(n_comparisons) - averaging
    across = averaging - 1.0 / n_comparisons
    within = 0.0
    if np.trace(inside) > 0.5:
        excess = float(values @ inside @ values) - float(np.trace(inside @ covariance))
        within = max(excess / float(np.trace(inside)), 0.0)
    scale = float(np.trace(across @ member @ member.T))
    if scale <= 0.5:
        return 0.0, within
    excess = float(values @ across @ values) - float(np.trace(across @ covariance)) - within * float(np.trace(across))
    return max(excess / scale, 0.0), within


def _freedom(variances: Sequence[float], degrees: Sequence[float]) -> float:
    total = sum(variances)
    if total <= 0:
        return float(sum(degrees))
    return total**2 / sum(value**2 / freedom for value, freedom in zip(variances, degrees, strict=True))


def _reach(variances: Sequence[float], degrees: Sequence[float]) -> float:
    quantile = float(stats.t.ppf(0.5 + 0.5 * LEVEL, _freedom(variances, degrees)))
    return quantile * float(np.sqrt(sum(variances)))
