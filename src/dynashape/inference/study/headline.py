"""The answer of a study: how much of the dynamics is due to input and to training, the difference, a verdict.

The verdict follows from the interval of the difference by one rule, whatever it turns out to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from dynashape.inference.compare import Comparison
from dynashape.inference.hierarchy import Pooled, pool
from dynashape.inference.intervals import Interval, jackknife_interval
from dynashape.inference.paired_shares import (
    CONTRASTS,
    ComparisonKey,
    PairedShares,
    lay_out,
    pair_shares,
    usable_comparisons,
)
from dynashape.records import Array

CANNOT_BE_TOLD = "cannot be told"


@dataclass(frozen=True)
class CellContrast:
    """Two variance shares (omega-squared) of an architecture and phase, averaged over task pairs, and their difference.

    `first` and `second` are named by the contrast ("input - training"). Intervals are jackknife-t over seeds.
    """

    contrast: str
    architecture: str
    phase: str
    first: Interval
    second: Interval
    difference: Interval
    verdict: str
    n_comparisons: int


@dataclass(frozen=True)
class PooledContrast:
    """The two shares and their difference over several cells, by the hierarchical model; the verdict uses low..high.

    `group` is "all", or the architecture whose phases are pooled.
    """

    contrast: str
    group: str
    first: Pooled
    second: Pooled
    difference: Pooled
    verdict: str


@dataclass(frozen=True)
class Headline:
    """Every contrast in every cell, in every architecture, for every task pair and over all cells.

    A cell without three usable seeds in both shares is in `left_out` (contrast, architecture, phase).
    """

    cells: tuple[CellContrast, ...]
    by_architecture: tuple[PooledContrast, ...]
    pooled: tuple[PooledContrast, ...]
    left_out: tuple[tuple[str, str, str], ...]
    by_task_pair: tuple[PooledContrast, ...] = ()

    def of(self, contrast: str) -> PooledContrast | None:
        """The pooled contrast of this name; None where no cell had data for it."""
        return next((found for found in self.pooled if found.contrast == contrast), None)

    def count_verdicts(self, contrast: str) -> dict[str, int]:
        """How many cells reach each verdict."""
        verdicts = [found.verdict for found in self.cells if found.contrast == contrast]
        return {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))}

    def conclusions(self) -> dict[tuple[str, str], str]:
        """The verdict for each (contrast, where): what a sensitivity analysis looks for flips in."""
        found = {(one.contrast, f"{one.architecture} {one.phase}"): one.verdict for one in self.cells}
        return found | {(one.contrast, one.group): one.verdict for one in (*self.by_architecture, *self.pooled)}

    @property
    def sentence(self) -> str:
        """The verdict in words, with its numbers."""
        found = self.of("input - training")
        if found is None:
            return "Too few usable networks to compare input with training."
        counts = self.count_verdicts("input - training")
        cells = "; ".join(f"{verdict} in {count}" for verdict, count in counts.items())
        first, second, difference = found.first, found.second, found.difference
        return (
            f"Pooled over {difference.n_cells} architecture-phase cells: {found.verdict}. Input accounts for "
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


def decide(low: float, high: float, first: str, second: str) -> str:
    """The rule: a side dominates if the whole 95 % interval of the difference lies on its side of zero.

    >>> decide(0.1, 0.4, "input", "training"), decide(-0.1, 0.4, "input", "training")
    ('input dominates', 'cannot be told')
    """
    if low > 0.0:
        return f"{first} dominates"
    if high < 0.0:
        return f"{second} dominates"
    return CANNOT_BE_TOLD


def compute_headline(keys: Sequence[ComparisonKey], comparisons: Sequence[Comparison]) -> Headline:
    """The headline of a study from its comparisons, which must come from the same seeds in every phase and analysis.

    A contrast between two analyses uses the task pairs that are usable in both. Leaving out a seed leaves it out of
    every comparison of the architecture at once; architectures count as independent. Raises InputError where keys and
    comparisons differ in number.

    >>> compute_headline([], []).sentence
    'Too few usable networks to compare input with training.'
    """
    found = usable_comparisons(keys, comparisons)
    cells: list[CellContrast] = []
    by_architecture: list[PooledContrast] = []
    pooled: list[PooledContrast] = []
    left_out: list[tuple[str, str, str]] = []
    for contrast, sides in CONTRASTS.items():
        wanted = list(dict.fromkeys(key.cell for key in keys if key.analysis in (sides[0][0], sides[1][0])))
        tables = {cell: pair_shares(found, cell, sides) for cell in wanted}
        usable = {cell: table for cell, table in tables.items() if table is not None}
        for cell in wanted:
            record = _cell(contrast, cell, usable[cell]) if cell in usable else None
            if record is None:
                left_out.append((contrast, *cell))
                usable.pop(cell, None)
            else:
                cells.append(record)
        if usable:
            pooled.append(_pooled(contrast, "all", usable))
        for architecture in dict.fromkeys(cell[0] for cell in usable):
            own = {cell: table for cell, table in usable.items() if cell[0] == architecture}
            by_architecture.append(_pooled(contrast, architecture, own))
    return Headline(tuple(cells), tuple(by_architecture), tuple(pooled), tuple(left_out), _by_task_pair(found))


def _by_task_pair(found: Mapping[ComparisonKey, Comparison]) -> tuple[PooledContrast, ...]:
    """Every contrast for each task pair, pooled over the cells that hold it."""
    pooled = []
    for contrast, sides in CONTRASTS.items():
        for pair in dict.fromkeys((key.task_a, key.task_b) for key in found):
            own = {key: comparison for key, comparison in found.items() if (key.task_a, key.task_b) == pair}
            tables = {cell: pair_shares(own, cell, sides) for cell in dict.fromkeys(key.cell for key in own)}
            usable = {cell: table for cell, table in tables.items() if table is not None}
            if usable:
                pooled.append(_pooled(contrast, "-".join(pair), usable))
    return tuple(pooled)


_DIFFERENCE = np.array([1.0, -1.0])


def _cell(contrast: str, cell: tuple[str, str], table: PairedShares) -> CellContrast | None:
    value, without = table.values.mean(axis=0), table.without.mean(axis=0)
    first = jackknife_interval(float(value[0]), without[:, 0])
    second = jackknife_interval(float(value[1]), without[:, 1])
    difference = jackknife_interval(float(value @ _DIFFERENCE), without @ _DIFFERENCE, kind="difference")
    if first is None or second is None or difference is None:
        return None
    verdict = decide(difference.low, difference.high, *contrast.split(" - "))
    return CellContrast(contrast, *cell, first, second, difference, verdict, len(table.values))


def _pooled(contrast: str, group: str, tables: Mapping[tuple[str, str], PairedShares]) -> PooledContrast:
    one, other = _pool(tables, np.array([1.0, 0.0])), _pool(tables, np.array([0.0, 1.0]))
    difference = _pool(tables, _DIFFERENCE)
    verdict = decide(difference.low, difference.high, *contrast.split(" - "))
    return PooledContrast(contrast, group, one, other, difference, verdict)


def _pool(tables: Mapping[tuple[str, str], PairedShares], weights: Float[Array, " 2"]) -> Pooled:
    laid = lay_out(tables, weights)
    return pool(laid.values, laid.without, laid.cells, laid.blocks)
