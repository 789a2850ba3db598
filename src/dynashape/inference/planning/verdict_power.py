"""How often a study with more seeds would reach each verdict, by simulation with what varies in a finished one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from dynashape.arguments import read_arguments
from dynashape.cores import on_one_blas_thread
from dynashape.errors import InputError
from dynashape.inference.comparison.records import Compared, ComparisonKey, usable_comparisons
from dynashape.inference.planning.power import simulation_error
from dynashape.inference.study.headline import decide
from dynashape.inference.study.paired_shares import lay_out, pair_shares
from dynashape.inference.study.pooling import pool
from dynashape.records import HEADLINE, Array, Contrast, Verdict


@dataclass(frozen=True)
class VerdictPilot:
    """What varies in a finished study's difference of two shares, comparison by comparison.

    Attributes
    ----------
    contrast : Contrast
        Which shares are set against each other.
    difference : float
        The study's own pooled difference.
    influences : tuple of array of shape (comparisons, seeds)
        For each block (architecture), how far each seed moves the value of each comparison, centred. Networks occur in
        several comparisons and phases, so the errors of these are correlated.
    cells, blocks : integer array of shape (comparisons,)
        The number of the cell (architecture and phase), and of the block, of each comparison.
    cell_spread, pair_spread : float
        Standard deviations of the true values between cells, and between the task pairs of a cell.
    """

    contrast: Contrast
    difference: float
    influences: tuple[Float[Array, "_ _"], ...]
    cells: Int[Array, " comparisons"]
    blocks: Int[Array, " comparisons"]
    cell_spread: float
    pair_spread: float


@dataclass(frozen=True)
class VerdictPower:
    """The chance of each verdict where the true pooled difference of two shares is known, by number of seeds.

    Attributes
    ----------
    contrast : Contrast
        Which shares are set against each other.
    difference : float
        The true difference.
    n_seeds : tuple of int
        The numbers of seeds tried.
    first, second, neither : tuple of float
        For each of them, the chance that the first side of the contrast is said to dominate, that the second side is,
        and that it cannot be told.
    right, error : tuple of float
        The chance of the verdict that is true, and the standard error of the simulation. Where there is no difference
        any verdict is false, and `right` is `neither`.
    limit : float
        What `right` tends to as the number of seeds grows without bound. It stays below 1 where true values differ
        between cells and between task pairs, since more seeds do not make these alike.
    needed : int or None
        The smallest number of seeds tried whose `right` reaches `target`; None where none does, and without a
        difference.
    target : float
        The chance of the right verdict that is aimed at.
    n_studies : int
        Number of studies simulated.
    """

    contrast: Contrast
    difference: float
    n_seeds: tuple[int, ...]
    first: tuple[float, ...]
    second: tuple[float, ...]
    neither: tuple[float, ...]
    right: tuple[float, ...]
    error: tuple[float, ...]
    limit: float
    needed: int | None
    target: float
    n_studies: int


@on_one_blas_thread
def measure_verdict_pilot(comparisons: Mapping[ComparisonKey, Compared], contrast: Contrast = HEADLINE) -> VerdictPilot:
    """Measure what `compute_verdict_power` needs to know of a finished study.

    Parameters
    ----------
    comparisons : mapping of ComparisonKey to Comparison or LeftOut
        Those of the study.
    contrast : Contrast, default HEADLINE
        Which shares are set against each other.

    Returns
    -------
    VerdictPilot

    Raises
    ------
    InputError
        Where no architecture and phase has three usable seeds in both shares.
    """
    found = usable_comparisons(comparisons)
    tables = {cell: pair_shares(found, cell, contrast) for cell in dict.fromkeys(key.cell for key in found)}
    usable = {cell: table for cell, table in tables.items() if table is not None}
    if not usable:
        raise InputError(
            f"{contrast}: no architecture and phase has three usable seeds in both shares; run the study with more."
        )
    laid = lay_out(usable, np.array([1.0, -1.0]))
    pooled = pool(laid.values, laid.without, laid.cells, laid.blocks)
    influences = tuple(
        # The value without a seed is the mean of the others' influences, (sum - own) / (n - 1), where the sum is 0.
        -(table.shape[1] - 1) * (table - table.mean(axis=1, keepdims=True))
        for table in laid.without
    )
    return VerdictPilot(
        contrast, pooled.estimate, influences, laid.cells, laid.blocks, pooled.cell_spread, pooled.pair_spread
    )


@on_one_blas_thread
@read_arguments(n_studies=1, seed=0)
def compute_verdict_power(
    pilot: VerdictPilot,
    differences: Sequence[float],
    n_seeds: Sequence[int] = (3, 4, 5, 7, 10, 15, 20),
    *,
    target: float = 0.8,
    n_studies: int = 500,
    seed: int = 0,
) -> tuple[VerdictPower, ...]:
    """Compute the chance of each pooled verdict in studies of the pilot's form, by simulation.

    Parameters
    ----------
    pilot : VerdictPilot
        See `measure_verdict_pilot`.
    differences : sequence of float
        True differences of the two shares.
    n_seeds : sequence of int
        Numbers of seeds to try, each at least 3.
    target : float, default 0.8
        The chance of the right verdict that is aimed at.
    n_studies : int, default 500
        Number of studies to simulate.
    seed : int, default 0
        Seed of the simulation.

    Returns
    -------
    tuple of VerdictPower
        One for each difference.

    Raises
    ------
    InputError
        Where a number of seeds is below 3, or no study is to be simulated.

    Notes
    -----
    Each simulated study draws the true value of every cell and task pair around the difference with the pilot's
    spreads, adds errors of its seeds with the pilot's covariance, and goes through the pooled interval and the rule of
    the headline. Shares are taken as normal and linear in the seeds, and the pilot's covariance as the true one: from
    five seeds the chances are a guide, not exact. All differences share the same draws, and a larger number of seeds
    keeps the draws of a smaller one.

    Examples
    --------
    >>> own = np.array([[0.04, -0.02, -0.02], [0.02, 0.02, -0.04]])
    >>> pilot = VerdictPilot(HEADLINE, 0.1, (own,), np.array([0, 1]), np.array([0, 0]), 0.0, 0.0)
    >>> [power.right[0] > 0.9 for power in compute_verdict_power(pilot, (0.0, 5.0), (4,), n_studies=50)]
    [True, True]
    """
    if not n_seeds or min(n_seeds) < 3:
        raise InputError(f"n_seeds must hold numbers of at least 3; got {list(n_seeds)}.")
    if n_studies < 1:
        raise InputError(f"n_studies must be at least 1; got {n_studies}.")
    # The interval moves with the difference and is otherwise the same, so one set of studies serves all differences.
    drawn = [_draw_intervals(pilot, number, n_studies, seed) for number in (*n_seeds, None)]
    return tuple(_count(pilot.contrast, float(difference), target, n_seeds, drawn) for difference in differences)


def _draw_intervals(pilot: VerdictPilot, n_seeds: int | None, n_studies: int, seed: int) -> Float[Array, "studies 2"]:
    """Ends of the pooled interval in studies without a difference; `n_seeds` None stands for errors of zero."""
    n_comparisons, n_cells = len(pilot.cells), int(pilot.cells.max()) + 1
    found = np.empty((n_studies, 2))
    for study in range(n_studies):
        # Streams by study and block: more seeds add to the draws of fewer, and power does not jump between them.
        rng = np.random.default_rng([seed, study])
        values = pilot.cell_spread * rng.normal(size=n_cells)[pilot.cells]
        values += pilot.pair_spread * rng.normal(size=n_comparisons)
        without = []
        for block, influence in enumerate(pilot.influences):
            rows, n_own = pilot.blocks == block, influence.shape[1]
            if n_seeds is None:
                without.append(np.tile(values[rows, None], 3))
                continue
            normal = np.random.default_rng([seed, study, block]).normal(size=(n_seeds, n_own))
            errors = influence @ normal.T / np.sqrt(n_own - 1)
            total = errors.sum(axis=1, keepdims=True)
            without.append(values[rows, None] + (total - errors) / (n_seeds - 1))
            values[rows] += total[:, 0] / n_seeds
        pooled = pool(values, without, pilot.cells, pilot.blocks)
        found[study] = pooled.low, pooled.high
    return found


def _count(
    contrast: Contrast,
    difference: float,
    target: float,
    n_seeds: Sequence[int],
    drawn: Sequence[Float[Array, "studies 2"]],
) -> VerdictPower:
    said = [[decide(low, high, contrast) for low, high in (ends + difference).tolist()] for ends in drawn]
    n_studies = len(said[0])
    first, second = (
        tuple(verdicts.count(Verdict.of(side.labelling)) / n_studies for verdicts in said)
        for side in (contrast.first, contrast.second)
    )
    neither = tuple(max(1.0 - larger - smaller, 0.0) for larger, smaller in zip(first, second, strict=True))
    *right, limit = first if difference > 0 else second if difference < 0 else neither
    reached = [number for number, chance in zip(n_seeds, right, strict=True) if chance >= target]
    return VerdictPower(
        contrast=contrast,
        difference=difference,
        target=target,
        n_seeds=tuple(n_seeds),
        first=first[:-1],
        second=second[:-1],
        neither=neither[:-1],
        right=tuple(right),
        error=tuple(simulation_error(round(chance * n_studies), n_studies) for chance in right),
        limit=limit,
        needed=min(reached, default=None) if difference else None,
        n_studies=n_studies,
    )
