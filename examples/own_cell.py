"""A cell of one's own: a network whose recurrent weights are antisymmetric, so that its modes turn and do not grow.

In a specification, with the module beside it: `architectures: [V-RNN, Antisymmetric]` and
`networks: {cells: {Antisymmetric: "own_cell:Antisymmetric"}}`.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from torch import Tensor

from dynashape.networks import Cell


class Antisymmetric(Cell):
    """h' = h + e (f(W_in x + h (W - W') + b) - d h), after Chang et al. (2019), with a leak d."""

    name: ClassVar[str] = "Antisymmetric"
    gates: ClassVar[tuple[str, ...]] = ("hidden",)  # one weight matrix

    def __init__(
        self,
        nonlinearity: str = "tanh",
        *,
        step_size: float = 0.2,
        leak: float = 0.5,
        recurrent_gain: float = 1.0,
        input_gain: float = 1.0,
    ) -> None:
        super().__init__(nonlinearity, recurrent_gain=recurrent_gain, input_gain=input_gain)
        self.step_size, self.leak = step_size, leak

    def initialise_recurrent(self, n_units: int, rng: np.random.Generator) -> tuple[Any, Any]:
        # Weights (gates, units, units) and biases (gates, units) of one network before training.
        weights = self.recurrent_gain * rng.standard_normal((1, n_units, n_units)) / np.sqrt(n_units)
        return weights, np.zeros((1, n_units))

    def step(self, drive: Tensor, recurrent: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        # drive (gates, networks, trials, units), recurrent (networks, gates, units, units); nothing in place: autograd.
        (h,) = state
        turning = recurrent[:, 0] - recurrent[:, 0].mT
        return (h + self.step_size * (self.nonlinearity(drive[0] + h @ turning) - self.leak * h),)
