"""The answer of a study: how much of the dynamics is due to input and to training, the difference, a verdict.

The verdict follows from the interval of the difference by one rule, whatever it turns out to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from dynashape.cores import on_one_blas_thread
from dynashape.inference.comparison.intervals import Interval, jackknife_interval
from dynashape.inference.comparison.records import Compared, Comparison, ComparisonKey, usable_comparisons
from dynashape.inference.study.paired_shares import PairedShares, lay_out, pair_shares
from dynashape.inference.study.pooling import Pooled, pool
from dynashape.records import ALL, HEADLINE, Array, Contrast, Verdict


@dataclass(frozen=True)
class CellContrast:
    """Two variance shares of one architecture and phase, averaged over task pairs, and their difference.

    Attributes
    ----------
    contrast : Contrast
        Which shares are set against each other.
    architecture, phase : str
        The cell.
    first, second, difference : Interval
        Omega-squared of the two sides of the contrast, and the first less the second, over seeds.
    verdict : Verdict
        Which of the two is larger, if that can be told.
    n_comparisons : int
        Number of task pairs averaged.
    """

    contrast: Contrast
    architecture: str
    phase: str
    first: Interval
    second: Interval
    difference: Interval
    verdict: Verdict
    n_comparisons: int


@dataclass(frozen=True)
class PooledContrast:
    """Two variance shares and their difference, pooled over several cells.

    Attributes
    ----------
    contrast : Contrast
        Which shares are set against each other.
    group : str
        What is pooled: ``"all"`` cells, the phases of an architecture, or the cells that hold a pair of tasks.
    first, second, difference : Pooled
        Omega-squared of the two sides of the contrast, and the first less the second.
    verdict : Verdict
        Which of the two is larger, if the wider interval of the difference can tell.
    """

    contrast: Contrast
    group: str
    first: Pooled
    second: Pooled
    difference: Pooled
    verdict: Verdict


@dataclass(frozen=True)
class Place:
    """Where a conclusion is drawn; ``"all"`` stands for what it is pooled over.

    >>> [Place(*names).words for names in (("all", "all"), ("GRU", "all"), ("GRU", "delay"))]
    ['all', 'GRU', 'GRU delay']
    """

    architecture: str
    phase: str

    @property
    def words(self) -> str:
        """The place as a table shows it."""
        return self.architecture if self.phase == ALL else f"{self.architecture} {self.phase}"


@dataclass(frozen=True)
class Conclusion:
    """A difference of two shares with its 95 % interval, and the verdict that follows from it."""

    estimate: float
    low: float
    high: float
    verdict: Verdict


@dataclass(frozen=True)
class Headline:
    """Every contrast in every cell, in every architecture, for every task pair and over all cells.

    Attributes
    ----------
    cells : tuple of CellContrast
        One for each contrast, architecture and phase with three usable seeds in both shares.
    by_architecture, pooled, by_task_pair : tuple of PooledContrast
        The same pooled over the phases of each architecture, over all cells, and for each pair of tasks.
    left_out : tuple of (Contrast, str, str)
        Contrast, architecture and phase of the other cells.
    """

    cells: tuple[CellContrast, ...]
    by_architecture: tuple[PooledContrast, ...]
    pooled: tuple[PooledContrast, ...]
    left_out: tuple[tuple[Contrast, str, str], ...]
    by_task_pair: tuple[PooledContrast, ...] = ()

    def of(self, contrast: Contrast) -> PooledContrast | None:
        """The contrast pooled over all cells; None where no cell had data for it."""
        return next((pooled for pooled in self.pooled if pooled.contrast == contrast), None)

    def count_verdicts(self, contrast: Contrast) -> dict[Verdict, int]:
        """How many cells reach each verdict."""
        verdicts = [cell.verdict for cell in self.cells if cell.contrast == contrast]
        return {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))}

    def places(self) -> list[tuple[Place, CellContrast | PooledContrast]]:
        """Every contrast over all cells, in each architecture and in each cell, with its place."""
        places: list[tuple[Place, CellContrast | PooledContrast]] = []
        places += [(Place(ALL, ALL), pooled) for pooled in self.pooled]
        places += [(Place(pooled.group, ALL), pooled) for pooled in self.by_architecture]
        places += [(Place(cell.architecture, cell.phase), cell) for cell in self.cells]
        return places

    def conclusions(self) -> dict[tuple[Contrast, Place], Conclusion]:
        """The conclusion of each contrast in each of its places."""
        return {
            (found.contrast, place): Conclusion(
                found.difference.estimate, found.difference.low, found.difference.high, found.verdict
            )
            for place, found in self.places()
        }

    @property
    def sentence(self) -> str:
        """The verdict in words, with its numbers."""
        pooled = self.of(HEADLINE)
        if pooled is None:
            return "Too few usable networks to compare input with training."
        cells = "; ".join(f"{verdict} in {count}" for verdict, count in self.count_verdicts(HEADLINE).items())
        first, second, difference = pooled.first, pooled.second, pooled.difference
        return (
            f"Pooled over {difference.n_cells} architecture-phase cells: {pooled.verdict}. Input accounts for "
            f"{percent(first.estimate)} of the variance ({percent(first.low)} to {percent(first.high)}), training for "
            f"{percent(second.estimate)} ({percent(second.low)} to {percent(second.high)}); difference "
            f"{percent(difference.estimate, '+')} ({percent(difference.low, '+')} to "
            f"{percent(difference.high, '+')}; p = {difference.p_value:.2g}). By cell: {cells}."
        )


def percent(share: float, sign: str = "") -> str:
    """A share in whole per cent, with its sign where `sign` is "+"; what rounds to zero has none.

    >>> percent(-0.004), percent(0.004, "+"), percent(0.12, "+"), percent(-0.006)
    ('0%', '0%', '+12%', '-1%')
    """
    text = f"{share:{sign}.0%}"
    return "0%" if text in ("-0%", "+0%") else text


def decide(low: float, high: float, contrast: Contrast) -> Verdict:
    """The rule: a side dominates if the whole 95 % interval of the difference lies on its side of zero.

    >>> str(decide(0.1, 0.4, Contrast.INPUT_TRAINING)), str(decide(-0.1, 0.4, Contrast.INPUT_TRAINING))
    ('input dominates', 'cannot be told')
    """
    if low > 0.0:
        return Verdict.of(contrast.first.labelling)
    if high < 0.0:
        return Verdict.of(contrast.second.labelling)
    return Verdict.CANNOT_BE_TOLD


@on_one_blas_thread
def compute_headline(comparisons: Mapping[ComparisonKey, Compared]) -> Headline:
    """Answer the question of a study from its comparisons.

    Parameters
    ----------
    comparisons : mapping of ComparisonKey to Comparison or LeftOut
        Those of every architecture, phase, task pair and analysis, from the same seeds in every phase and analysis.

    Returns
    -------
    Headline

    Notes
    -----
    A contrast between two analyses uses the task pairs that are usable in both. Leaving out a seed leaves it out of
    every comparison of the architecture at once; architectures count as independent.

    Examples
    --------
    >>> compute_headline({}).sentence
    'Too few usable networks to compare input with training.'
    """
    usable = usable_comparisons(comparisons)
    cells: list[CellContrast] = []
    by_architecture: list[PooledContrast] = []
    pooled: list[PooledContrast] = []
    left_out: list[tuple[Contrast, str, str]] = []
    for contrast in Contrast:
        analyses = {contrast.first.analysis.number, contrast.second.analysis.number}
        tables: dict[tuple[str, str], PairedShares] = {}
        for cell in dict.fromkeys(key.cell for key in comparisons if key.analysis in analyses):
            table = pair_shares(usable, cell, contrast)
            measured = None if table is None else _cell(contrast, cell, table)
            if table is None or measured is None:
                left_out.append((contrast, *cell))
            else:
                tables[cell] = table
                cells.append(measured)
        if tables:
            pooled.append(_pooled(contrast, ALL, tables))
        for architecture in dict.fromkeys(cell[0] for cell in tables):
            within = {cell: table for cell, table in tables.items() if cell[0] == architecture}
            by_architecture.append(_pooled(contrast, architecture, within))
    return Headline(tuple(cells), tuple(by_architecture), tuple(pooled), tuple(left_out), _by_task_pair(usable))


def _by_task_pair(comparisons: Mapping[ComparisonKey, Comparison]) -> tuple[PooledContrast, ...]:
    """Every contrast for each task pair, pooled over the cells that hold it."""
    pooled = []
    for contrast in Contrast:
        for tasks in dict.fromkeys(key.tasks for key in comparisons):
            compared = {key: comparison for key, comparison in comparisons.items() if key.tasks == tasks}
            tables = {
                cell: pair_shares(compared, cell, contrast) for cell in dict.fromkeys(key.cell for key in compared)
            }
            usable = {cell: table for cell, table in tables.items() if table is not None}
            if usable:
                pooled.append(_pooled(contrast, next(iter(compared)).task_pair, usable))
    return tuple(pooled)


_DIFFERENCE = np.array([1.0, -1.0])


def _cell(contrast: Contrast, cell: tuple[str, str], table: PairedShares) -> CellContrast | None:
    value, without = table.values.mean(axis=0), table.without.mean(axis=0)
    first = jackknife_interval(float(value[0]), without[:, 0])
    second = jackknife_interval(float(value[1]), without[:, 1])
    difference = jackknife_interval(float(value @ _DIFFERENCE), without @ _DIFFERENCE, kind="difference")
    if first is None or second is None or difference is None:
        return None
    verdict = decide(difference.low, difference.high, contrast)
    return CellContrast(contrast, *cell, first, second, difference, verdict, len(table.values))


def _pooled(contrast: Contrast, group: str, tables: Mapping[tuple[str, str], PairedShares]) -> PooledContrast:
    first, second = _pool(tables, np.array([1.0, 0.0])), _pool(tables, np.array([0.0, 1.0]))
    difference = _pool(tables, _DIFFERENCE)
    return PooledContrast(contrast, group, first, second, difference, decide(difference.low, difference.high, contrast))


def _pool(tables: Mapping[tuple[str, str], PairedShares], weights: Float[Array, " 2"]) -> Pooled:
    laid = lay_out(tables, weights)
    return pool(laid.values, laid.without, laid.cells, laid.blocks)
