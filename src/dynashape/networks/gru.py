"""The gated recurrent unit with ReLU in place of tanh (Cho et al. 2014, the reset after the product as in cuDNN)."""

from __future__ import annotations

from typing import final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dynashape.networks.cell import Cell, random_orthogonal
from dynashape.networks.tape import Tape
from dynashape.records import Array

_sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input


@final
class Gru(Cell):
    """z, r = sigmoid(drive + h W); c = f(drive + r * (h W_c)); h' = z * h + (1 - z) * c.

    Recurrent matrices begin as 0.7 of an orthogonal one: with ReLU an orthogonal candidate would let activity grow.
    """

    name = "GRU"
    gates = ("update", "reset", "candidate")

    def __init__(self, nonlinearity: str = "relu", *, recurrent_gain: float = 0.7, input_gain: float = 1.0) -> None:
        super().__init__(nonlinearity, recurrent_gain=recurrent_gain, input_gain=input_gain)

    def initialise_recurrent(
        self, n_units: int, rng: np.random.Generator
    ) -> tuple[Float[Array, "gates units units"], Float[Array, "gates units"]]:
        """Three matrices of 0.7 times an orthogonal one; no bias."""
        return np.stack([self.recurrent_gain * random_orthogonal(n_units, rng) for _ in self.gates]), np.zeros(
            (3, n_units)
        )

    def step(
        self,
        drive: Float[Tensor, "gates networks trials units"],
        recurrent: Float[Tensor, "networks gates units units"],
        state: tuple[Tensor, ...],
    ) -> tuple[Tensor, ...]:
        (h,) = state
        z = torch.sigmoid(drive[0] + h @ recurrent[:, 0])
        r = torch.sigmoid(drive[1] + h @ recurrent[:, 1])
        c = self.nonlinearity(drive[2] + r * (h @ recurrent[:, 2]))
        return (z * h + (1 - z) * c,)

    def extra_buffers(self) -> dict[str, int]:
        """The product h W_c at each step, which the reset gate's gradient needs."""
        return {"product": 0}

    def forward(self, tape: Tape, recurrent: Float[Tensor, "networks gates units units"]) -> None:
        """Replace the drive by the gates' values, step by step."""
        w_z, w_r, w_c = recurrent.unbind(1)
        h, (z, r, c), product = tape.activity_at, tape.drive_at, tape.extra_at["product"]
        sigmoid_gates = tape.gates_at(0, 2)
        for t in range(tape.n_steps):
            z[t].baddbmm_(h[t], w_z)
            r[t].baddbmm_(h[t], w_r)
            sigmoid_gates[t].sigmoid_()
            torch.bmm(h[t], w_c, out=product[t])
            self.nonlinearity.into(c[t].addcmul_(r[t], product[t]), c[t])
            torch.lerp(c[t], h[t], z[t], out=h[t + 1])

    def backward(
        self, tape: Tape, recurrent: Float[Tensor, "networks gates units units"]
    ) -> tuple[Float[Tensor, "gates networks steps trials units"], Float[Tensor, "networks gates units units"]]:
        """Replace each value by its gradient, backwards through time."""
        w_z, w_r, w_c = recurrent.transpose(2, 3).unbind(1)
        h, dh, (z, r, c), product = (
            tape.activity_at,
            tape.activity_gradient_at,
            tape.drive_at,
            tape.extra_at["product"],
        )
        a, b, _ = tape.scratch
        for t in reversed(range(tape.n_steps)):
            torch.sub(h[t], c[t], out=a).mul_(dh[t + 1])
            torch.addcmul(dh[t + 1], dh[t + 1], z[t], value=-1, out=b)
            if t > 0:
                dh[t].addcmul_(dh[t + 1], z[t])
            self.nonlinearity.pull_back(b, c[t], c[t])
            _sigmoid_backward(a, z[t], grad_input=z[t])
            torch.mul(c[t], product[t], out=a)
            torch.mul(c[t], r[t], out=product[t])
            _sigmoid_backward(a, r[t], grad_input=r[t])
            if t > 0:
                dh[t].baddbmm_(z[t], w_z).baddbmm_(r[t], w_r).baddbmm_(product[t], w_c)
        gates = (tape.drive[0], tape.drive[1], tape.extra["product"])
        before = tape.before.transpose(1, 2)
        return tape.drive, torch.stack([torch.bmm(before, gate.flatten(1, 2)) for gate in gates], dim=1)
