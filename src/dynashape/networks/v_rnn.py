"""The vanilla recurrent network: h' = f(W_in x + W h + b)."""

from __future__ import annotations

from typing import final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dynashape.networks.cell import Cell
from dynashape.networks.tape import Tape
from dynashape.records import Array


@final
class VRnn(Cell):
    """V-RNN with ReLU: one matrix, no gates.

    Its recurrent weights begin near 0.9 of the identity (after Le, Jaitly and Hinton 2015): a unit then remembers for
    about ten steps and the gradient lives as long, while activity stays of order one.
    """

    name = "V-RNN"
    gates = ("hidden",)

    def __init__(self, nonlinearity: str = "relu", *, recurrent_gain: float = 0.9, input_gain: float = 0.3) -> None:
        super().__init__(nonlinearity, recurrent_gain=recurrent_gain, input_gain=input_gain)

    def initialise_recurrent(
        self, n_units: int, rng: np.random.Generator
    ) -> tuple[Float[Array, "gates units units"], Float[Array, "gates units"]]:
        """0.9 of the identity plus a random part of spectral radius 0.1 that makes the units differ."""
        mixing = 0.1 * rng.standard_normal((n_units, n_units)) / np.sqrt(n_units)
        return (self.recurrent_gain * np.eye(n_units) + mixing)[None], np.zeros((1, n_units))

    def step(
        self,
        drive: Float[Tensor, "gates networks trials units"],
        recurrent: Float[Tensor, "networks gates units units"],
        state: tuple[Tensor, ...],
    ) -> tuple[Tensor, ...]:
        (h,) = state
        return (self.nonlinearity(drive[0] + h @ recurrent[:, 0]),)

    def forward(self, tape: Tape, recurrent: Float[Tensor, "networks gates units units"]) -> None:
        w = recurrent[:, 0]
        apply, h, drive = self.nonlinearity.into, tape.activity_at, tape.drive_at[0]
        for t in range(tape.n_steps):
            apply(drive[t].baddbmm_(h[t], w), h[t + 1])

    def backward(
        self, tape: Tape, recurrent: Float[Tensor, "networks gates units units"]
    ) -> tuple[Float[Tensor, "gates networks steps trials units"], Float[Tensor, "networks gates units units"]]:
        """Replace the drive by its gradient, backwards through time."""
        w = recurrent[:, 0].transpose(1, 2)
        pull_back, h, dh, d_drive = (
            self.nonlinearity.pull_back,
            tape.activity_at,
            tape.activity_gradient_at,
            tape.drive_at[0],
        )
        for t in reversed(range(tape.n_steps)):
            pull_back(dh[t + 1], h[t + 1], d_drive[t])
            if t > 0:
                dh[t].baddbmm_(d_drive[t], w)
        return tape.drive, torch.bmm(tape.before.transpose(1, 2), tape.drive[0].flatten(1, 2))[:, None]
