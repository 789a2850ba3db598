"""The two variance shares of a contrast side by side, comparison by comparison, with every seed and without each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from dynashape.inference.comparison.intervals import FEWEST_SEEDS, shares_without_seeds
from dynashape.inference.comparison.permanova import TERMS
from dynashape.inference.comparison.records import Comparison, ComparisonKey
from dynashape.records import Array, Contrast


@dataclass(frozen=True)
class PairedShares:
    """Both shares of a contrast for the task pairs of one cell, with all seeds and without each of them."""

    values: Float[Array, "comparisons 2"]
    without: Float[Array, "comparisons seeds 2"]


def pair_shares(
    comparisons: Mapping[ComparisonKey, Comparison], cell: tuple[str, str], contrast: Contrast
) -> PairedShares | None:
    """Both shares of a contrast in one cell (architecture, phase); None where fewer than three seeds are usable.

    Seeds are all those of the architecture, so that every phase has the same columns.

    >>> pair_shares({}, ("GRU", "delay"), Contrast.INPUT_TRAINING) is None
    True
    """
    known = [comparison.seeds for key, comparison in comparisons.items() if key.architecture == cell[0]]
    seeds = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *known]))
    values, without = [], []
    for key, comparison in comparisons.items():
        other = comparisons.get(replace(key, analysis=contrast.second.analysis.number))
        if key.cell != cell or key.analysis != contrast.first.analysis.number or other is None:
            continue
        sides = (contrast.first.term, comparison), (contrast.second.term, other)
        deleted = [
            shares_without_seeds(side.contrasts, side.seeds, seeds)[:, TERMS.index(term)] for term, side in sides
        ]
        # A comparison of so few networks that a seed cannot be spared has no error estimate and cannot count.
        if np.isfinite(deleted).all():
            values.append([side.shares.omega_squared[term] for term, side in sides])
            without.append(np.stack(deleted, axis=1))
    if not values or len(seeds) < FEWEST_SEEDS:
        return None
    return PairedShares(np.array(values), np.array(without))


@dataclass(frozen=True)
class LaidOut:
    """One value for each comparison of several cells, architecture by architecture: the arguments of `pool`."""

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
