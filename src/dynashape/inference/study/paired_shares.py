"""The two variance shares of a contrast side by side, comparison by comparison, with every seed and without each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from dynashape.errors import InputError
from dynashape.inference.compare import Comparison
from dynashape.inference.intervals import shares_without_seeds
from dynashape.inference.variance import TERMS
from dynashape.records import Array

# What each contrast subtracts: (analysis, term of the variance partition). Analysis 1 holds untrained and trained
# networks, so its condition is training; analysis 2 holds task input and noise, so its condition is input.
CONTRASTS: Mapping[str, tuple[tuple[int, str], tuple[int, str]]] = {
    "input - training": ((2, "condition"), (1, "condition")),
    "task - training": ((1, "task"), (1, "condition")),
    "input - task": ((2, "condition"), (2, "task")),
}
"""The differences of variance shares on which verdicts rest, each as (analysis, term) less (analysis, term)."""


@dataclass(frozen=True)
class ComparisonKey:
    """Which comparison of the study this is. `analysis` is 1 (training) or 2 (input)."""

    analysis: int
    architecture: str
    phase: str
    task_a: str
    task_b: str

    @property
    def cell(self) -> tuple[str, str]:
        """Architecture and phase."""
        return self.architecture, self.phase


@dataclass(frozen=True)
class PairedShares:
    """Both shares of a contrast in the task pairs of one cell, with all seeds and without each of them."""

    values: Float[Array, "pairs 2"]
    without: Float[Array, "pairs seeds 2"]


def usable_comparisons(
    keys: Sequence[ComparisonKey], comparisons: Sequence[Comparison]
) -> dict[ComparisonKey, Comparison]:
    """The comparisons that have shares, by key. Raises InputError where keys and comparisons differ in number.

    >>> usable_comparisons([], [])
    {}
    """
    if len(keys) != len(comparisons):
        raise InputError(f"keys and comparisons must be as many; got {len(keys)} and {len(comparisons)}.")
    return {
        key: comparison
        for key, comparison in zip(keys, comparisons, strict=True)
        if comparison.shares is not None and comparison.contrasts is not None
    }


def pair_shares(
    found: Mapping[ComparisonKey, Comparison], cell: tuple[str, str], sides: tuple[tuple[int, str], tuple[int, str]]
) -> PairedShares | None:
    """Both sides of a contrast (an entry of `CONTRASTS`) in one cell; None where fewer than three seeds are usable.

    Seeds are all those of the architecture, so that every phase has the same columns. Raises InputError where a
    comparison lacks its contrasts; leave those out first (`usable_comparisons`).

    >>> pair_shares({}, ("GRU", "delay"), CONTRASTS["input - training"]) is None
    True
    """
    architecture = cell[0]
    seeds = sorted(
        {
            int(seed)
            for key, comparison in found.items()
            if key.architecture == architecture and comparison.seeds is not None
            for seed in comparison.seeds
        }
    )
    names = np.array(seeds, dtype=np.int64)
    values, without = [], []
    for key in found:
        if key.cell != cell or key.analysis != sides[0][0]:
            continue
        pair = [key, ComparisonKey(sides[1][0], architecture, cell[1], key.task_a, key.task_b)]
        if pair[1] not in found:
            continue
        row, deleted = [], []
        for side, own in zip(sides, pair, strict=True):
            comparison, column = found[own], TERMS.index(side[1])
            if comparison.shares is None or comparison.contrasts is None or comparison.seeds is None:
                raise InputError(f"comparison {own} lacks its contrasts.")
            row.append(comparison.shares.omega_squared[side[1]])
            deleted.append(shares_without_seeds(comparison.contrasts, comparison.seeds, names)[:, column])
        # A pair of so few networks that a seed cannot be spared has no error estimate and cannot count.
        if np.isfinite(deleted).all():
            values.append(row)
            without.append(np.stack(deleted, axis=1))
    if not values or len(seeds) < 3:
        return None
    return PairedShares(np.array(values), np.array(without))


@dataclass(frozen=True)
class LaidOut:
    """One value a comparison of several cells, architecture by architecture, as `hierarchy.pool` takes them."""

    values: Float[Array, " comparisons"]
    without: tuple[Float[Array, "_ _"], ...]
    cells: Int[Array, " comparisons"]
    blocks: Int[Array, " comparisons"]


def lay_out(tables: Mapping[tuple[str, str], PairedShares], weights: Float[Array, " 2"]) -> LaidOut:
    """The weighted sum of both shares, with all seeds and without each; architectures are the blocks.

    >>> one = PairedShares(np.array([[0.4, 0.1]]), np.zeros((1, 3, 2)))
    >>> lay_out({("GRU", "delay"): one}, np.array([1.0, -1.0])).values.round(6).tolist()
    [0.3]
    """
    architectures = list(dict.fromkeys(cell[0] for cell in tables))
    ordered = sorted(tables, key=lambda cell: architectures.index(cell[0]))
    counts = [len(tables[cell].values) for cell in ordered]
    return LaidOut(
        values=np.concatenate([tables[cell].values @ weights for cell in ordered]),
        without=tuple(
            np.vstack([tables[cell].without @ weights for cell in ordered if cell[0] == architecture])
            for architecture in architectures
        ),
        cells=np.repeat(np.arange(len(ordered)), counts),
        blocks=np.repeat([architectures.index(cell[0]) for cell in ordered], counts),
    )
