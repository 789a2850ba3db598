"""The loss of every network, and its gradient with respect to the logits."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor


def step_weights(n_steps: int, window: tuple[int, int], outside: float) -> Float[Tensor, " steps"]:
    """Weigh each step in the loss: in proportion one in the response window and `outside` elsewhere, summing to one.

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
    # Actions before trials: so an ensemble's logits lie in memory, and rows of two or three would be slow.
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
