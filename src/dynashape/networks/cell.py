"""A recurrent cell: what one step does to the state of every network of an ensemble, and how its weights begin.

A cell need only say `step`, and autograd trains it. A cell that also writes its own `forward` and `backward` trains
several times faster (`benchmarks/training.py` measures how much).
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
"""The arrays of one network, in float32: ``input`` (gates, channels, units), ``bias`` (gates, units), ``recurrent``
(gates, units, units), ``readout`` (units, actions) and ``readout_bias`` (actions).

Rows are where a connection comes from, columns where it goes to.
"""


class Cell(ABC):
    """A recurrent architecture: what one step does to the states of all networks of an ensemble.

    A subclass sets the class attributes below and defines `step` and `initialise_recurrent`. It may also write
    `forward` and `backward` by hand, which trains several times faster than autograd.

    Parameters
    ----------
    nonlinearity : {"relu", "tanh"}, default "relu"
        What a unit does with its summed input.
    recurrent_gain : float
        A factor of the recurrent weights before training.
    input_gain : float
        The standard deviation of the summed input of a unit before training, where every input channel has
        variance one.

    Attributes
    ----------
    name : str
        What the architecture is called in tables, figures and random streams.
    gates : tuple of str
        One name for each weight matrix; the gate with the nonlinearity comes last.
    n_states : int
        The number of arrays in the state of a network; the first one is the activity.

    Examples
    --------
    >>> class Plain(Cell):
    ...     name, gates = "Plain", ("hidden",)
    ...     def initialise_recurrent(self, n_units, rng):
    ...         return self.recurrent_gain * random_orthogonal(n_units, rng)[None], np.zeros((1, n_units))
    ...     def step(self, drive, recurrent, state):
    ...         return (self.nonlinearity(drive[0] + state[0] @ recurrent[:, 0]),)
    >>> Plain(recurrent_gain=0.5, input_gain=1.0).initialise(3, 8, 2, np.random.default_rng(0))["recurrent"].shape
    (1, 8, 8)
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
        """Draw the recurrent weights and the biases of one network before training.

        Parameters
        ----------
        n_units : int
            Number of units.
        rng : numpy.random.Generator
            The stream from which everything is drawn.

        Returns
        -------
        recurrent : array of shape (gates, units, units)
            The recurrent weights.
        bias : array of shape (gates, units)
            The biases.
        """

    @abstractmethod
    def step(
        self,
        drive: Float[Tensor, "gates networks trials units"],
        recurrent: Float[Tensor, "networks gates units units"],
        state: tuple[Tensor, ...],
    ) -> tuple[Tensor, ...]:
        """Compute the state after one step, with differentiable operations and none in place.

        Parameters
        ----------
        drive : Tensor of shape (gates, networks, trials, units)
            What inputs and biases bring to each gate at this step.
        recurrent : Tensor of shape (networks, gates, units, units)
            The recurrent weights.
        state : tuple of Tensor, each of shape (networks, trials, units)
            The state before the step; all zeros before the first one.

        Returns
        -------
        tuple of Tensor
            The state after the step; its first array is the activity.
        """

    def initialise(self, n_inputs: int, n_units: int, n_actions: int, rng: np.random.Generator) -> Weights:
        """Draw all weights of one network before training.

        Input weights have standard deviation ``input_gain / sqrt(n_inputs)`` and readout weights ``1 / sqrt(n_units)``,
        so that activity and logits begin of order one, however many channels the task has.

        Parameters
        ----------
        n_inputs, n_units, n_actions : int
            The sizes of the network.
        rng : numpy.random.Generator
            The stream from which everything is drawn.

        Returns
        -------
        Weights
            The arrays of the network by name.
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
        """Name the arrays that `forward` keeps for `backward`.

        Returns
        -------
        dict of str to int
            For each array, the number of steps before the first one: 0 or 1.
        """
        return {}

    def forward(self, tape: Tape, recurrent: Float[Tensor, "networks gates units units"]) -> None:
        """Run all steps from a silent start: read `tape.drive` and fill `tape.activity`.

        This version records the steps for autograd. A cell that overrides it may overwrite the drive.
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
        """Compute gradients from `tape.activity_gradient`, after `forward`.

        Returns
        -------
        drive : Tensor of shape (gates, networks, steps, trials, units)
            The gradient with respect to the drive.
        recurrent : Tensor of shape (networks, gates, units, units)
            The gradient with respect to the recurrent weights.
        """
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
    """Draw a rotation or reflection uniformly (Mezzadri 2007: the signs are fixed after the QR).

    >>> q = random_orthogonal(4, np.random.default_rng(0))
    >>> bool(np.allclose(q @ q.T, np.eye(4)))
    True
    """
    q, r = np.linalg.qr(rng.standard_normal((n_units, n_units)))
    return np.asarray(q * np.sign(np.diag(r)))
