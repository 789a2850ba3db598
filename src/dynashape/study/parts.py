"""From the plain values inside a unit of work back to the task, timing and weights that they describe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dynashape.networks import Cell
from dynashape.records import Array
from dynashape.study.spec import NetworkSpec, TaskSpec
from dynashape.tasks import Task, Timing
from dynashape.training import LearningProtocol


def build_timing(params: Mapping[str, Any]) -> Timing:
    """The timing that a unit's parameters describe."""
    return Timing(**params)


def build_protocol(params: Mapping[str, Any]) -> LearningProtocol:
    """The learning protocol that a unit's parameters describe."""
    knobs: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in params.items()}
    return LearningProtocol(**knobs)


def build_task(params: Mapping[str, Any], timing: Timing, input_noise: float) -> Task:
    """The task that a unit's parameters describe."""
    return TaskSpec(**params).build(timing, input_noise)


def build_cell(architecture: str, networks: Mapping[str, Any], timing: Timing) -> Cell:
    """The cell of this architecture, as a unit's parameters describe it."""
    return NetworkSpec(**networks).cell(architecture, timing.dt_ms)


def weights_of(arrays: Mapping[str, Array], seed: int, when: str) -> dict[str, Array]:
    """The weights of one network, `when` being initial or final."""
    prefix = f"{seed}/{when}/"
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}


def weights_at(arrays: Mapping[str, Array], seed: int, update: int | None) -> dict[str, Array]:
    """The weights of one network after `update` updates; its final ones where it was done by then, and for None.

    >>> kept = {"0/update_3/bias": np.ones(1), "0/final/bias": np.zeros(1)}
    >>> weights_at(kept, 0, 3)["bias"], weights_at(kept, 0, 9)["bias"]
    (array([1.]), array([0.]))
    """
    return weights_of(arrays, seed, f"update_{update}") or weights_of(arrays, seed, "final")


def pair_indices(n_systems: int, start: int, stop: int) -> tuple[Array, Array]:
    """Rows and columns of the pairs start..stop, counting the upper triangle row by row.

    >>> pair_indices(4, 1, 4)
    (array([0, 0, 1]), array([2, 3, 2]))
    """
    rows, columns = np.triu_indices(n_systems, k=1)
    return rows[start:stop], columns[start:stop]
