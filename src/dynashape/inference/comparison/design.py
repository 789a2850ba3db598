"""Which system is which: the crossed design of one comparison, two tasks by two conditions of the same networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int, Shaped

from dynashape.errors import InputError
from dynashape.records import Array


@dataclass(frozen=True)
class Design:
    """Labels of the systems behind a distance matrix, in its order.

    `networks` says which systems are the same network (in two conditions), `tasks` and `conditions` hold two names
    each, `seeds` the initialisation seeds, which are what is resampled. Raises InputError where the lengths differ, a
    name occurs too often, or a network has two tasks, two seeds, or one condition twice.

    >>> design = Design(
    ...     networks=np.array(["a", "a", "b", "b"]), tasks=np.array(["CDM", "CDM", "PR", "PR"]),
    ...     conditions=np.array(["trained", "noise"] * 2), seeds=np.array([0, 0, 0, 0]))
    >>> design.task_names, design.condition_names
    (('CDM', 'PR'), ('noise', 'trained'))
    """

    networks: Shaped[Array, " systems"]
    tasks: Shaped[Array, " systems"]
    conditions: Shaped[Array, " systems"]
    seeds: Int[Array, " systems"]

    def __post_init__(self) -> None:
        """Refuse labels that are no crossed design."""
        lengths = {name: len(getattr(self, name)) for name in ("networks", "tasks", "conditions", "seeds")}
        if len(set(lengths.values())) != 1:
            raise InputError(f"the labels of a Design must have one length; got {lengths}.")
        for name in ("tasks", "conditions"):
            found = sorted(set(getattr(self, name).tolist()))
            if len(found) > 2:
                raise InputError(f"a Design compares at most two {name}; got {found}: make one Design for each pair.")
        for network in np.unique(self.networks):
            own = self.networks == network
            if len(set(self.tasks[own].tolist())) > 1 or len(set(self.seeds[own].tolist())) > 1:
                raise InputError(f"network {network} has several tasks or seeds; give each network its own name.")
            if len(set(self.conditions[own].tolist())) < int(own.sum()):
                raise InputError(f"network {network} occurs twice in one condition; give each network its own name.")

    @property
    def n_systems(self) -> int:
        """Number of systems."""
        return len(self.networks)

    @property
    def task_names(self) -> tuple[str, ...]:
        """The tasks, sorted."""
        return tuple(sorted({str(name) for name in self.tasks.tolist()}))

    @property
    def condition_names(self) -> tuple[str, ...]:
        """The conditions, sorted."""
        return tuple(sorted({str(name) for name in self.conditions.tolist()}))


@dataclass(frozen=True)
class Pairing:
    """The complete networks of a design: row i of `systems` holds network i's system in the first, second condition.

    `tasks` is True for networks of the second task (names sorted). A network counts only if both of its conditions
    are usable: every statistic then sees the same systems, and the swaps of conditions stay exact.
    """

    systems: Int[Array, "networks 2"]
    tasks: Bool[Array, " networks"]
    seeds: Int[Array, " networks"]
    names: tuple[str, ...]

    @property
    def order(self) -> Int[Array, " systems"]:
        """The systems kept: all of the first condition, then all of the second, networks in the same order."""
        return np.asarray(self.systems.T.reshape(-1))


def pair_conditions(design: Design, usable: Bool[Array, " systems"]) -> Pairing:
    """The networks whose two conditions are both usable, sorted by task, seed and name.

    >>> design = Design(networks=np.array(["a", "a", "b"]), tasks=np.array(["CDM", "CDM", "PR"]),
    ...     conditions=np.array(["trained", "noise", "noise"]), seeds=np.array([0, 0, 0]))
    >>> pair_conditions(design, np.array([True, True, True])).systems.tolist()
    [[1, 0]]
    """
    tasks, conditions = design.task_names, design.condition_names
    found: list[tuple[bool, int, str, list[int]]] = []
    for network in np.unique(design.networks):
        own = np.flatnonzero((design.networks == network) & usable)
        if len(own) < 2 or len(conditions) < 2:
            continue
        own = own[np.argsort([conditions.index(str(design.conditions[system])) for system in own])]
        is_second = tasks.index(str(design.tasks[own[0]])) == 1
        found.append((is_second, int(design.seeds[own[0]]), str(network), own.tolist()))
    found.sort()
    return Pairing(
        systems=np.array([row[3] for row in found], dtype=np.int64).reshape(-1, 2),
        tasks=np.array([row[0] for row in found], dtype=bool),
        seeds=np.array([row[1] for row in found], dtype=np.int64),
        names=tuple(row[2] for row in found),
    )
