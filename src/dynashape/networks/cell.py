"""A recurrent cell: what one step does to the state of every network of an ensemble, and how its weights begin.

A cell need only say `step`. Autograd then trains it; a cell that also writes its own `forward` and `backward` trains
two to three times faster.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, TypeAlias

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dynashape.networks.nonlinearity import make_nonlinearity
from dynashape.networks.tape import Tape
from dynashape.records import Array

Weights: TypeAlias = Mapping[str, Array]
"""The arrays of one network, float32; rows are where a connection comes from, columns where it goes to.

input (gates, channels, units), bias (gates, units), recurrent (gates, units, units), readout (units, actions),
readout_bias (actions).
"""


class Cell(ABC):
    """A recurrent cell for a whole ensemble at once.

    Subclasses name their `gates` (one weight matrix each, the nonlinear one last) and the number of arrays in
    their state (the activity is the first), and define `step` and `initialise_recurrent`.
    """

    name: ClassVar[str]
    gates: ClassVar[tuple[str, ...]]
    n_states: ClassVar[int] = 1

    def __init__(self, nonlinearity: str = "relu", *, recurrent_gain: float, input_gain: float) -> None:
        self.nonlinearity = make_nonlinearity(nonlinearity)
        self.recurrent_gain, self.input_gain = float(recurrent_gain), float(input_gain)

    @abstractmethod
    def initialise_recurrent(
        self, n_units: int, rng: np.random.Generator
    ) -> tuple[Float[Array, "gates units units"], Float[Array, "gates units"]]:
        """Recurrent weights and biases of one network before training."""

    @abstractmethod
    def step(
        self,
        drive: Float[Tensor, "gates networks trials units"],
        recurrent: Float[Tensor, "networks gates units units"],
        state: tuple[Tensor, ...],
    ) -> tuple[Tensor, ...]:
        """The state after one step; its first array is the activity (networks, trials, units).

        `drive` is what the inputs and the bias bring to each gate. Only differentiable operations, none in place.
        """

    def initialise(self, n_inputs: int, n_units: int, n_actions: int, rng: np.random.Generator) -> Weights:
        """The weights of one network before training.

        Input weights have standard deviation input_gain / sqrt(n_inputs) and readout weights 1 / sqrt(n_units), so that
        activity and logits begin of order one whatever the task's number of channels.
        """
        recurrent, bias = self.initialise_recurrent(n_units, rng)
        shape = (len(self.gates), n_inputs, n_units)
        weights = {
            "input": self.input_gain * rng.standard_normal(shape) / np.sqrt(n_inputs),
            "bias": bias,
            "recurrent": recurrent,
            "readout": rng.standard_normal((n_units, n_actions)) / np.sqrt(n_units),
            "readout_bias": np.zeros(n_actions),
        }
        return {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in weights.items()}

    def extra_buffers(self) -> dict[str, int]:
        """Arrays that `forward` keeps for `backward`, each with the number of steps before the first (0 or 1)."""
        return {}

    def forward(self, tape: Tape, recurrent: Float[Tensor, "networks gates units units"]) -> None:
        """Run the steps from a silent start: reads `tape.drive`, fills `tape.activity`.

        This version records the steps for autograd; cells that override it may overwrite the drive.
        """
        with torch.enable_grad():
            drive, weights = tape.drive.detach().requires_grad_(), recurrent.detach().requires_grad_()
            silent = torch.zeros_like(tape.activity[:, 0])
            state: tuple[Tensor, ...] = (silent,) * self.n_states
            history = []
            for t in range(tape.n_steps):
                state = self.step(drive[:, :, t], weights, state)
                history.append(state[0])
            tape.graph = (drive, weights, torch.stack(history, dim=1))
        tape.activity[:, 1:] = tape.graph[2].detach()

    def backward(
        self, tape: Tape, recurrent: Float[Tensor, "networks gates units units"]
    ) -> tuple[Float[Tensor, "gates networks steps trials units"], Float[Tensor, "networks gates units units"]]:
        """Gradients of the drive and of the recurrent weights, from `tape.activity_gradient` after `forward`."""
        del recurrent
        if tape.graph is None:
            raise RuntimeError("backward needs the forward pass that it belongs to")
        drive, weights, activity = tape.graph
        tape.graph = None
        # A cell may leave a gate without recurrent weights (or without input): its gradient is then zero.
        gradients = torch.autograd.grad(
            activity, (drive, weights), tape.activity_gradient[:, 1:], allow_unused=True, materialize_grads=True
        )
        return gradients[0], gradients[1]


def random_orthogonal(n_units: int, rng: np.random.Generator) -> Float[Array, "units units"]:
    """A uniformly distributed rotation or reflection (Mezzadri 2007: signs fixed after the QR).

    >>> q = random_orthogonal(4, np.random.default_rng(0))
    >>> bool(np.allclose(q @ q.T, np.eye(4)))
    True
    """
    q, r = np.linalg.qr(rng.standard_normal((n_units, n_units)))
    return np.asarray(q * np.sign(np.diag(r)))
