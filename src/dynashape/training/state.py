"""A training that is under way, as a record from which it can go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from dynashape.networks import Weights
from dynashape.records import Array
from dynashape.training.trained import CurvePoint, TrainedNetwork


@dataclass(frozen=True)
class StreamState:
    """Where a random stream (numpy's PCG64) is.

    >>> rng, same = np.random.default_rng(0), np.random.default_rng(1)
    >>> StreamState.of(rng).restore(same)
    >>> bool(rng.random() == same.random())
    True
    """

    bit_generator: str
    state: int
    increment: int
    has_uint32: int
    uinteger: int

    @classmethod
    def of(cls, rng: np.random.Generator) -> StreamState:
        """Take the state of a stream."""
        now: Any = rng.bit_generator.state
        inner = now["state"]
        return cls(now["bit_generator"], inner["state"], inner["inc"], now["has_uint32"], now["uinteger"])

    def restore(self, rng: np.random.Generator) -> None:
        """Set a stream to this state."""
        rng.bit_generator.state = {
            "bit_generator": self.bit_generator,
            "state": {"state": self.state, "inc": self.increment},
            "has_uint32": self.has_uint32,
            "uinteger": self.uinteger,
        }


@dataclass(frozen=True, eq=False)
class TrainingState:
    """Everything on which the rest of a training depends, in plain values that can be stored.

    Attributes
    ----------
    updates : int
        Updates made so far.
    seeds : tuple of int
        The networks that still learn. The arrays and tuples that follow are in their order.
    parameters, mean, square : array of shape (networks, parameters)
        Their weights and the two moments of Adam.
    streams : tuple of StreamState
        Where the random streams of their trials are.
    in_a_row : tuple of int
        Evaluations in a row that each has passed.
    curves : mapping of int to tuple of CurvePoint
        The evaluations of every network by seed, those that are done included.
    snapshots : mapping of int to mapping of int to Weights
        The weights kept along the way, by seed and update.
    done : tuple of TrainedNetwork
        The networks that are done.
    """

    updates: int
    seeds: tuple[int, ...]
    parameters: Float[Array, "networks parameters"]
    mean: Float[Array, "networks parameters"]
    square: Float[Array, "networks parameters"]
    streams: tuple[StreamState, ...]
    in_a_row: tuple[int, ...]
    curves: Mapping[int, tuple[CurvePoint, ...]]
    snapshots: Mapping[int, Mapping[int, Weights]]
    done: tuple[TrainedNetwork, ...]
