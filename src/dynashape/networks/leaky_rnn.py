"""The leaky recurrent network: tau dh/dt = -h + f(W_in x + W h + b + noise)."""

from __future__ import annotations

import zlib
from typing import final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dynashape.errors import InputError
from dynashape.networks.cell import Cell, random_orthogonal
from dynashape.networks.tape import Tape
from dynashape.records import Array


@final
class LeakyRnn(Cell):
    """A rate network with time constant `tau_ms`, in Euler steps of `dt_ms` (a study gives its own time step).

    `recurrent_noise` is the standard deviation of independent Gaussian noise on the summed input of each unit, as it
    would be without the leak: it enters as sqrt(2 / alpha) times that, with alpha = dt / tau, so that its effect does
    not depend on the time step (Song, Yang and Wang 2016). Recurrent weights begin as `recurrent_gain` times an
    orthogonal matrix.
    """

    name = "Leaky-RNN"
    gates = ("hidden",)

    def __init__(
        self,
        nonlinearity: str = "tanh",
        *,
        tau_ms: float | int = 100,
        dt_ms: float | int = 20,
        recurrent_noise: float | int = 0.0,
        recurrent_gain: float | int = 0.9,
        input_gain: float | int = 1.0,
    ) -> None:
        super().__init__(nonlinearity, recurrent_gain=recurrent_gain, input_gain=input_gain)
        if not 0 < dt_ms <= tau_ms:
            raise InputError(f"tau_ms of a Leaky-RNN must be at least its time step ({dt_ms} ms); got {tau_ms}.")
        if recurrent_noise < 0:
            raise InputError(f"recurrent_noise of a Leaky-RNN must be at least 0; got {recurrent_noise}.")
        self.alpha = float(dt_ms) / float(tau_ms)
        self.noise_sd = float(np.sqrt(2 / self.alpha) * recurrent_noise)

    def initialise_recurrent(
        self, n_units: int, rng: np.random.Generator
    ) -> tuple[Float[Array, "gates units units"], Float[Array, "gates units"]]:
        """A scaled rotation or reflection, and no bias."""
        return (self.recurrent_gain * random_orthogonal(n_units, rng))[None], np.zeros((1, n_units))

    def step(
        self,
        drive: Float[Tensor, "gates networks trials units"],
        recurrent: Float[Tensor, "networks gates units units"],
        state: tuple[Tensor, ...],
    ) -> tuple[Tensor, ...]:
        """The next activity: a share alpha of the way from h to f(drive + h W)."""
        (h,) = state
        return (h + self.alpha * (self.nonlinearity(drive[0] + h @ recurrent[:, 0]) - h),)

    def forward(self, tape: Tape, recurrent: Float[Tensor, "networks gates units units"]) -> None:
        """All steps, by autograd, after the noise is added to what the inputs bring.

        The noise of a network is seeded by its own drive: new for new trials, the same for the same ones, whichever
        networks run beside it and wherever training is resumed.
        """
        if self.noise_sd:
            for drive in tape.drive[0]:
                seed = zlib.crc32(drive[:, 0].contiguous().numpy().tobytes())
                generator = torch.Generator().manual_seed(seed)
                noise = torch.randn(drive.shape, generator=generator, dtype=torch.float32)
                drive.add_(noise.to(drive), alpha=self.noise_sd)
        super().forward(tape, recurrent)
