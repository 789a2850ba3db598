"""The long short-term memory with ReLU in place of both tanh (Hochreiter and Schmidhuber 1997; Gers et al. 2000)."""

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
class Lstm(Cell):
    """i, k, o = sigmoid(drive + h W); g = f(drive + h W_g); m' = k * m + i * g; h' = o * f(m').

    The activity is h; the memory m starts at zero. With ReLU nothing bounds the memory, and since a larger h also opens
    the gates, growth feeds itself. So recurrence begins at 0.3 of an orthogonal matrix, the input gate nearly shut
    (bias -1) and the forget gate open (bias +1; Jozefowicz et al. 2015), and the weights from h to the input gate
    average -self_limit / n_units: activity above order one shuts the gate that feeds it. A limit of 12 keeps trained
    networks of order one under noisy input; at 6 some exceed it by far, and without a limit some diverge.
    """

    name = "LSTM"
    gates = ("input", "forget", "output", "candidate")
    n_states = 2

    def __init__(
        self,
        nonlinearity: str = "relu",
        *,
        recurrent_gain: float = 0.3,
        input_gain: float = 1.0,
        self_limit: float = 12.0,
    ) -> None:
        super().__init__(nonlinearity, recurrent_gain=recurrent_gain, input_gain=input_gain)
        self.self_limit = float(self_limit)

    def initialise_recurrent(
        self, n_units: int, rng: np.random.Generator
    ) -> tuple[Float[Array, "gates units units"], Float[Array, "gates units"]]:
        """Four matrices of 0.3 times an orthogonal one, the input gate's shifted; biases -1 (input) and +1 (forget)."""
        recurrent = np.stack([self.recurrent_gain * random_orthogonal(n_units, rng) for _ in self.gates])
        recurrent[0] -= self.self_limit / n_units
        bias = np.zeros((4, n_units))
        bias[0], bias[1] = -1.0, 1.0
        return recurrent, bias

    def step(
        self,
        drive: Float[Tensor, "gates networks trials units"],
        recurrent: Float[Tensor, "networks gates units units"],
        state: tuple[Tensor, ...],
    ) -> tuple[Tensor, ...]:
        h, m = state
        i, k, o = (torch.sigmoid(drive[gate] + h @ recurrent[:, gate]) for gate in range(3))
        g = self.nonlinearity(drive[3] + h @ recurrent[:, 3])
        m = k * m + i * g
        return o * self.nonlinearity(m), m

    def extra_buffers(self) -> dict[str, int]:
        """The memory (from its silent start on) and f(memory)."""
        return {"memory": 1, "shown": 0}

    def forward(self, tape: Tape, recurrent: Float[Tensor, "networks gates units units"]) -> None:
        """Replace the drive by the gates' values, step by step."""
        w_i, w_k, w_o, w_g = recurrent.unbind(1)
        h, (i, k, o, g) = tape.activity_at, tape.drive_at
        m, shown = tape.extra_at["memory"], tape.extra_at["shown"]
        sigmoid_gates = tape.gates_at(0, 3)
        for t in range(tape.n_steps):
            i[t].baddbmm_(h[t], w_i)
            k[t].baddbmm_(h[t], w_k)
            o[t].baddbmm_(h[t], w_o)
            g[t].baddbmm_(h[t], w_g)
            sigmoid_gates[t].sigmoid_()
            self.nonlinearity.into(g[t], g[t])
            torch.mul(k[t], m[t], out=m[t + 1]).addcmul_(i[t], g[t])
            self.nonlinearity.into(m[t + 1], shown[t])
            torch.mul(o[t], shown[t], out=h[t + 1])

    def backward(
        self, tape: Tape, recurrent: Float[Tensor, "networks gates units units"]
    ) -> tuple[Float[Tensor, "gates networks steps trials units"], Float[Tensor, "networks gates units units"]]:
        """Replace each value by its gradient, backwards through time."""
        w_i, w_k, w_o, w_g = recurrent.transpose(2, 3).unbind(1)
        h_gradient, (i, k, o, g) = tape.activity_gradient_at, tape.drive_at
        m, shown = tape.extra_at["memory"], tape.extra_at["shown"]
        pull_back = self.nonlinearity.pull_back
        a, b, dm = tape.scratch
        dm.zero_()
        for t in reversed(range(tape.n_steps)):
            dh = h_gradient[t + 1]
            torch.mul(dh, o[t], out=a)
            pull_back(a, shown[t], a)
            dm.add_(a)
            torch.mul(dh, shown[t], out=a)
            _sigmoid_backward(a, o[t], grad_input=o[t])
            torch.mul(dm, i[t], out=a)
            torch.mul(dm, g[t], out=b)
            pull_back(a, g[t], g[t])
            _sigmoid_backward(b, i[t], grad_input=i[t])
            torch.mul(dm, m[t], out=b)
            dm.mul_(k[t])
            _sigmoid_backward(b, k[t], grad_input=k[t])
            if t > 0:
                previous = h_gradient[t]
                previous.baddbmm_(i[t], w_i).baddbmm_(k[t], w_k).baddbmm_(o[t], w_o).baddbmm_(g[t], w_g)
        before = tape.before.transpose(1, 2)
        return tape.drive, torch.stack([torch.bmm(before, gate.flatten(1, 2)) for gate in tape.drive], dim=1)
