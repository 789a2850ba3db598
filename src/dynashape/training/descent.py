"""One gradient step of every network: the loss's gradient, clipping per network, Adam."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


def step_weights(n_steps: int, window: tuple[int, int], outside: float) -> Float[Tensor, " steps"]:
    """Weight of each step in the loss, one in the response window and `outside` elsewhere; they sum to one.

    >>> step_weights(4, (2, 4), 0.0).tolist()
    [0.0, 0.0, 0.5, 0.5]
    """
    weights = torch.full((n_steps,), outside)
    weights[slice(*window)] = 1.0
    return weights / weights.sum()


def loss_gradient(
    logits: Float[Tensor, "networks steps trials actions"],
    targets: Int[Tensor, "networks steps trials"],
    weights: Float[Tensor, " steps"],
) -> Float[Tensor, "networks steps trials actions"]:
    """Gradient of each network's cross-entropy (mean over trials, weighted over steps) with respect to its logits."""
    # Actions before trials: that is how an ensemble's logits lie in memory, and rows of two or three would be slow.
    thin = torch.softmax(logits.movedim(-1, 1), dim=1)
    one = thin.new_full((1, 1, 1, 1), -1.0)
    thin.scatter_add_(1, targets[:, None], one.expand(targets.shape[0], 1, *targets.shape[1:]))
    return thin.mul_((weights / logits.shape[2])[:, None]).movedim(1, -1)


def cross_entropy(
    logits: Float[Tensor, "networks steps trials actions"],
    targets: Int[Tensor, "networks steps trials"],
    weights: Float[Tensor, " steps"],
) -> Float[Tensor, " networks"]:
    """The loss whose gradient `loss_gradient` gives, for the curves."""
    right = torch.log_softmax(logits, dim=-1).gather(3, targets[..., None])[..., 0]
    # Network by network: how a sum over a batch rounds depends on the size of the batch.
    return -torch.stack([(one.mean(dim=1) * weights).sum() for one in right])


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
        """Move `parameters` and the two moments, in place; `update` counts from 0.

        Returns which networks moved: one whose gradient is not finite stays where it is, so that it can be reported.
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
