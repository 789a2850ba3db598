"""Which system is which: the crossed design of one comparison, two tasks by two conditions of the same networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int, Shaped

from dynashape.distances import Distances
from dynashape.errors import InputError, unknown_name
from dynashape.records import Array


@dataclass(frozen=True)
class Design:
    """The labels of the systems behind a distance matrix, in its order.

    `networks` says which systems are the same network (in two conditions), `tasks` and `conditions` hold two names
    each, and `seeds` are what is resampled. Raises InputError where a name occurs too often, or a network has two
    tasks, two seeds, or one condition twice.
    """

    networks: Shaped[Array, " systems"]
    tasks: Shaped[Array, " systems"]
    conditions: Shaped[Array, " systems"]
    seeds: Int[Array, " systems"]

    def __post_init__(self) -> None:
        """Refuse labels that are no crossed design."""
        for name in ("tasks", "conditions"):
            names = sorted(set(getattr(self, name).tolist()))
            if len(names) > 2:
                raise InputError(f"a comparison holds at most two {name}; got {names}: select two of them at a time.")
        for network in np.unique(self.networks):
            systems = self.networks == network
            if len(set(self.tasks[systems].tolist())) > 1 or len(set(self.seeds[systems].tolist())) > 1:
                raise InputError(f"network {network} has several tasks or seeds; give each network its own name.")
            if len(set(self.conditions[systems].tolist())) < int(systems.sum()):
                raise InputError(f"network {network} occurs twice in one condition; give each network its own name.")

    @classmethod
    def of(cls, distances: Distances) -> Design:
        """The design that the labels task, condition, seed and, where there is one, network describe.

        Without a label `network`, systems of one task and seed are taken as one network.

        >>> labels = {"task": ["CDM", "CDM", "PR", "PR"], "condition": ["trained", "noise"] * 2, "seed": [0] * 4}
        >>> design = Design.of(Distances(np.zeros((4, 4)), labels, facts={"architecture": "GRU"}))
        >>> design.networks.tolist(), design.condition_names
        (['GRU/CDM/0', 'GRU/CDM/0', 'GRU/PR/0', 'GRU/PR/0'], ('noise', 'trained'))
        """
        labels = distances.labels
        for name in ("task", "condition", "seed"):
            if name not in labels:
                raise InputError(f"a comparison needs the label {name!r}. {unknown_name('label', name, labels)}")
        if labels["seed"].dtype.kind not in "iu":
            raise InputError(f"the label 'seed' must hold whole numbers; got {labels['seed'].dtype}.")
        networks = labels.get("network")
        if networks is None:
            architecture = distances.facts.get("architecture", "")
            names = zip(labels["task"].tolist(), labels["seed"].tolist(), strict=True)
            networks = np.array([f"{architecture}/{task}/{seed}" for task, seed in names])
        return cls(networks, labels["task"], labels["condition"], labels["seed"])

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
class CompleteNetworks:
    """The networks of a design that are usable in both conditions, sorted by task, seed and name.

    Row i of `systems` holds the systems of network i in the first and in the second condition; `tasks` is True for
    networks of the second task (names sorted). A network counts only if both of its conditions are usable: every
    statistic then sees the same systems, and the swaps of conditions stay exact.
    """

    systems: Int[Array, "networks 2"]
    tasks: Bool[Array, " networks"]
    seeds: Int[Array, " networks"]
    names: tuple[str, ...]

    @property
    def order(self) -> Int[Array, " systems"]:
        """The systems kept: all of the first condition, then all of the second, networks in the same order."""
        return np.asarray(self.systems.T.reshape(-1))


def find_complete(design: Design, usable: Bool[Array, " systems"]) -> CompleteNetworks:
    """The networks whose two conditions are both usable.

    >>> design = Design(networks=np.array(["a", "a", "b"]), tasks=np.array(["CDM", "CDM", "PR"]),
    ...     conditions=np.array(["trained", "noise", "noise"]), seeds=np.array([0, 0, 0]))
    >>> find_complete(design, np.array([True, True, True])).systems.tolist()
    [[1, 0]]
    """
    tasks, conditions = design.task_names, design.condition_names
    complete: list[tuple[bool, int, str, list[int]]] = []
    for network in np.unique(design.networks):
        both = np.flatnonzero((design.networks == network) & usable)
        if len(both) < 2 or len(conditions) < 2:
            continue
        both = both[np.argsort([conditions.index(str(design.conditions[system])) for system in both])]
        is_second = tasks.index(str(design.tasks[both[0]])) == 1
        complete.append((is_second, int(design.seeds[both[0]]), str(network), both.tolist()))
    complete.sort()
    return CompleteNetworks(
        systems=np.array([row[3] for row in complete], dtype=np.int64).reshape(-1, 2),
        tasks=np.array([row[0] for row in complete], dtype=bool),
        seeds=np.array([row[1] for row in complete], dtype=np.int64),
        names=tuple(row[2] for row in complete),
    )
