"""Whether distances tell tasks, and seeds, from halves of the units of one network.

A distance that depends on which units were seen measures the readout. So the two halves of one network stand beside
halves of networks of other tasks and of other seeds: where those are hardly farther apart, the distance is blind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Shaped

from dynashape.dissimilarity.selection.choose import BLIND
from dynashape.records import Array

ALIKE = 0.6
"""Below this area networks of other seeds count as no farther apart than halves of one network."""


@dataclass(frozen=True)
class Scale:
    """How far apart halves of units are, of the networks of one architecture in one phase.

    Attributes
    ----------
    half_units, half_seeds, half_tasks : float or None
        The mean distance between the two halves of one network, and between halves of networks of one task and other
        seeds, and of other tasks.
    auc, auc_seeds : float or None
        The probability that halves of networks of different tasks (of other seeds of one task) are farther apart than
        the halves of one network: 1 where they always are, .5 where the distance is blind. None where there are no such
        pairs.
    n_networks : int
        How many networks could be halved.
    """

    half_units: float | None
    half_seeds: float | None
    half_tasks: float | None
    auc: float | None
    auc_seeds: float | None
    n_networks: int

    @property
    def blind(self) -> bool:
        """Whether the distance hardly tells tasks from halves of one network."""
        return self.auc is not None and self.auc < BLIND

    @property
    def seeds_alike(self) -> bool:
        """Whether networks of other seeds are no farther apart than halves of one network."""
        return self.auc_seeds is not None and self.auc_seeds < ALIKE


def measure_scale(halves: Float[Array, "networks networks"], tasks: Shaped[Array, " networks"]) -> Scale:
    """Set halves of units of different networks against the two halves of one network.

    Parameters
    ----------
    halves : array of shape (networks, networks)
        The distance from the first half of each network to the second half of each; NaN where there is none.
    tasks : array of shape (networks,)
        The task of each network; networks of one task differ in their seed.

    Returns
    -------
    Scale
        Mean distances, and how often tasks and seeds are told from halves.

    Examples
    --------
    >>> halves = np.array([[0.1, 0.1, 0.5], [0.1, 0.1, 0.6], [0.4, 0.5, 0.2]])
    >>> scale = measure_scale(halves, np.array(["CDM", "CDM", "PR"]))
    >>> scale.auc, round(scale.auc_seeds, 2), scale.seeds_alike
    (1.0, 0.33, True)
    """
    measured, own = np.isfinite(halves), np.eye(len(halves), dtype=bool)
    same = tasks[:, None] == tasks[None, :]

    def of(kind: Bool[Array, "networks networks"]) -> Float[Array, " pairs"]:
        return np.asarray(halves[kind & measured])

    units, seeds, others = of(own), of(same & ~own), of(~same)
    own_mean, seeds_mean, tasks_mean = (
        float(values.mean()) if len(values) else None for values in (units, seeds, others)
    )
    return Scale(own_mean, seeds_mean, tasks_mean, _area(others, units), _area(seeds, units), len(units))


def _mean(values: Float[Array, " pairs"]) -> float | None:
    return float(values.mean()) if len(values) else None


def _area(between: Float[Array, " pairs"], within: Float[Array, " networks"]) -> float | None:
    """How often a distance between networks is above one within a network; ties count half."""
    if not (len(between) and len(within)):
        return None
    above, equal = between[:, None] > within, between[:, None] == within
    return float(above.mean() + 0.5 * equal.mean())
