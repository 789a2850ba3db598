"""One step of Adam for every network, its gradient clipped by itself."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor


class Adam:
    """Adam (Kingma and Ba 2015) for a matrix of parameters with a row a network, gradients clipped row by row."""

    def __init__(
        self,
        decay: tuple[float, float],
        clip: float,
        rate_factors: Float[Tensor, " parameters"] | float = 1.0,
        epsilon: float = 1e-8,
    ) -> None:
        self.decay, self.clip, self.rate_factors, self.epsilon = decay, clip, rate_factors, epsilon

    def step(
        self,
        parameters: Float[Tensor, "networks parameters"],
        gradient: Float[Tensor, "networks parameters"],
        mean: Float[Tensor, "networks parameters"],
        square: Float[Tensor, "networks parameters"],
        rate: float,
        update: int,
    ) -> Bool[Tensor, " networks"]:
        """Move `parameters` and the two moments in place, and return which networks moved; `update` counts from 0.

        A network whose gradient is not finite stays where it is, so that it can be reported.
        """
        norm = torch.linalg.vector_norm(gradient, dim=1)
        finite = torch.isfinite(norm)
        scale = (self.clip / norm.clamp_min(self.clip)).where(finite, torch.zeros_like(norm))
        gradient.mul_(scale[:, None])
        if not bool(finite.all()):
            gradient[~finite] = 0.0
        first, second = self.decay
        mean.mul_(first).add_(gradient, alpha=1 - first)
        square.mul_(second).addcmul_(gradient, gradient, value=1 - second)
        rate_now = rate / (1 - first ** (update + 1))
        root = square.div(1 - second ** (update + 1)).sqrt_().add_(self.epsilon).div_(self.rate_factors)
        parameters.addcdiv_(mean, root, value=-rate_now)
        return finite
