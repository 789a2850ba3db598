"""Exchangeable relabellings: which systems may trade labels when a labelling has no effect.

A network appears twice, once a condition. If the condition has no effect, its two systems may be swapped, network by
network; if the task has no effect, whole networks may trade tasks, both conditions moving together. Nothing else is
exchangeable, and shuffling the 20 labels freely would give p-values that are too small.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from jaxtyping import Bool, Float

from dynashape.arguments import read_arguments, shown, truth_array
from dynashape.errors import InputError
from dynashape.records import Array

# C(10, 5) = 252 and 2^9 = 512 are enumerated; so is everything up to 12 networks a comparison.
MAX_RELABELLINGS = 5_000


@dataclass(frozen=True)
class Relabellings:
    """Relabellings of networks that are equally likely where a labelling has no effect.

    Attributes
    ----------
    table : boolean array of shape (relabellings, networks)
        Which task each network gets, or whether its two conditions are swapped.
    exact : bool
        True where every relabelling is there, the labels given first, and once up to exchanging the two labels
        everywhere (which no statistic here sees). Otherwise they are a random sample without the labels given.
    """

    table: Bool[Array, "relabellings networks"]
    exact: bool

    @property
    def resolution(self) -> float:
        """The smallest p-value that can come out."""
        return 1.0 / (len(self.table) if self.exact else len(self.table) + 1)

    def p_value(self, observed: float, null: Float[Array, " relabellings"]) -> float:
        """Share of the relabellings whose statistic reaches the observed one, up to round-off.

        >>> task_relabellings(np.array([True, False])).p_value(1.0, np.array([1.0]))
        1.0
        """
        hits = int(np.count_nonzero(null >= observed - 1e-10 * (1.0 + abs(observed))))
        return hits / len(null) if self.exact else (1 + hits) / (1 + len(null))


def _generator(name: str, given: object) -> np.random.Generator | None:
    if given is None or isinstance(given, np.random.Generator):
        return given
    raise InputError(f"{name} must be a generator, such as numpy.random.default_rng(0); got {shown(given)}.")


@read_arguments(tasks=truth_array, max_relabellings=1, rng=_generator)
def task_relabellings(
    tasks: Bool[Array, " networks"],
    max_relabellings: int = MAX_RELABELLINGS,
    rng: np.random.Generator | None = None,
) -> Relabellings:
    """List every way to give networks their tasks that keeps the number of networks a task.

    Parameters
    ----------
    tasks : boolean array of shape (networks,)
        True for networks of the second task.
    max_relabellings : int, default 5000
        Where there are more ways than this, so many are drawn.
    rng : numpy.random.Generator, optional
        What they are drawn with.

    Returns
    -------
    Relabellings

    Raises
    ------
    InputError
        Where a sample is needed and there is no `rng`, or a number is none or below 1.

    Examples
    --------
    Ten networks, five a task: 252 ways, 126 up to exchanging the tasks.

    >>> task_relabellings(np.array([True] * 5 + [False] * 5)).table.shape
    (126, 10)
    """
    n_networks, n_first = len(tasks), int(tasks.sum())
    halves = 2 * n_first == n_networks
    total = comb(n_networks, n_first) // (2 if halves else 1)
    if total > max_relabellings:
        source = _needed(rng, total, max_relabellings)
        return Relabellings(source.permuted(np.tile(tasks, (max_relabellings, 1)), axis=1), exact=False)
    first = np.flatnonzero(tasks)
    fixed = int(first[0]) if halves and n_first else None  # one of each pair of mirror images keeps this network's task
    rows = [chosen for chosen in combinations(range(n_networks), n_first) if fixed is None or fixed in chosen]
    table = np.zeros((len(rows), n_networks), dtype=bool)
    for row, chosen in zip(table, rows, strict=True):
        row[list(chosen)] = True
    given = int(np.flatnonzero((table == tasks).all(axis=1))[0])
    table[[0, given]] = table[[given, 0]]
    return Relabellings(table, exact=True)


@read_arguments(n_networks=1, max_relabellings=1, rng=_generator)
def condition_swaps(
    n_networks: int,
    max_relabellings: int = MAX_RELABELLINGS,
    rng: np.random.Generator | None = None,
) -> Relabellings:
    """List every way to swap the two conditions of some networks; True means swapped.

    Parameters
    ----------
    n_networks : int
        Number of networks.
    max_relabellings : int, default 5000
        Where there are more ways than this, so many are drawn.
    rng : numpy.random.Generator, optional
        What they are drawn with.

    Returns
    -------
    Relabellings

    Raises
    ------
    InputError
        Where a sample is needed and there is no `rng`, or a number is none or below 1.

    Examples
    --------
    Ten networks: 1024 ways, 512 up to swapping all.

    >>> condition_swaps(10).table.shape
    (512, 10)
    """
    total = 2 ** (n_networks - 1)
    if total > max_relabellings:
        source = _needed(rng, total, max_relabellings)
        return Relabellings(source.random((max_relabellings, n_networks)) < 0.5, exact=False)
    bits = np.arange(total)[:, None] >> np.arange(n_networks - 1)[None, :] & 1
    return Relabellings(np.hstack([np.zeros((total, 1), dtype=bool), bits.astype(bool)]), exact=True)


def _needed(rng: np.random.Generator | None, total: int, limit: int) -> np.random.Generator:
    if rng is None:
        raise InputError(f"{total} relabellings are more than max_relabellings = {limit}; give an rng to draw them.")
    return rng
