"""The loss's gradient and Adam, against PyTorch's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dynashape.errors import SpecError
from dynashape.training import LearningProtocol
from dynashape.training.adam import Adam
from dynashape.training.loss import cross_entropy, loss_gradient, step_weights


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.tensor(np.random.default_rng(seed).standard_normal(shape), dtype=torch.float32)


def test_loss_gradient_is_autograd_of_the_cross_entropy() -> None:
    logits = draw(2, 5, 4, 3).requires_grad_()
    targets = torch.tensor(np.random.default_rng(1).integers(0, 3, (2, 5, 4)))
    weights = step_weights(5, (3, 5), 0.1)
    loss = cross_entropy(logits, targets, weights)
    loss.sum().backward()
    torch.testing.assert_close(loss_gradient(logits.detach(), targets, weights), logits.grad, rtol=1e-5, atol=1e-7)
    by_step = torch.nn.functional.cross_entropy(
        logits.detach()[0].flatten(0, 1), targets[0].flatten(), reduction="none"
    )
    expected = (by_step.view(5, 4).mean(dim=1) * weights).sum()
    torch.testing.assert_close(loss.detach()[0], expected, rtol=1e-5, atol=1e-6)


def test_adam_is_torchs_adam_with_each_row_clipped() -> None:
    start = draw(2, 6)
    gradients = [draw(2, 6, seed=seed) * scale for seed, scale in ((1, 0.1), (2, 10.0), (3, 1.0))]
    ours, mean, square = start.clone(), torch.zeros(2, 6), torch.zeros(2, 6)
    adam = Adam((0.9, 0.99), clip=1.0)
    for update, gradient in enumerate(gradients):
        adam.step(ours, gradient.clone(), mean, square, 1e-2, update)
    for row in range(2):
        parameter = torch.nn.Parameter(start[row].clone())
        theirs = torch.optim.Adam([parameter], lr=1e-2, betas=(0.9, 0.99))
        for gradient in gradients:
            parameter.grad = gradient[row].clone()
            torch.nn.utils.clip_grad_norm_([parameter], 1.0)
            theirs.step()
        # clip_grad_norm_ adds 1e-6 to the norm.
        torch.testing.assert_close(ours[row], parameter.detach(), rtol=1e-4, atol=1e-6)


def test_a_network_without_finite_gradient_stays_where_it_is() -> None:
    parameters, mean, square = draw(3, 4), torch.zeros(3, 4), torch.zeros(3, 4)
    before, gradient = parameters.clone(), draw(3, 4, seed=1)
    gradient[1, 2] = float("nan")
    moved = Adam((0.9, 0.99), clip=1.0).step(parameters, gradient, mean, square, 1e-2, 0)
    assert moved.tolist() == [True, False, True]
    assert torch.equal(parameters[1], before[1])
    assert not torch.equal(parameters[0], before[0])
    assert torch.isfinite(parameters).all()


def test_impossible_protocols_are_listed_whole() -> None:
    with pytest.raises(
        SpecError, match=r"batch_size must be at least 1, got 0.*criterion must lie in \(0, 1\], got 2.0"
    ):
        LearningProtocol(batch_size=0, criterion=2.0)


def test_learning_rate_rises_then_falls() -> None:
    protocol = LearningProtocol(learning_rate=1.0, warm_up=10, decay_after=100)
    rates = [protocol.rate_at(update) for update in range(1000)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9:100] == [1.0] * 91
    assert np.all(np.diff(rates[99:]) < 0)
