"""How well a network does its task: the response in its window, fixation outside it, beside the ideal observer."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dynashape.records import Array, Trials
from dynashape.tasks import Task


def choices(
    logits: Float[Tensor, "networks trials steps actions"], window: tuple[int, int]
) -> Int[Tensor, "networks trials"]:
    """Choose the action with the largest mean logit in the response window.

    A trial counts as one response: counting steps instead lets a network that only fixates score above 0.9.

    >>> choices(torch.tensor([[[[9.0, 0.0], [0.0, 1.0]]]]), (1, 2)).tolist()
    [[1]]
    """
    return logits[:, :, slice(*window)].mean(dim=2).argmax(dim=-1)


def fixating(logits: Float[Tensor, "networks trials steps actions"]) -> Bool[Tensor, "networks trials steps"]:
    """Tell at each step whether action 0 (keep fixating) has the largest logit."""
    return logits[..., 0] >= logits[..., 1:].amax(dim=-1)


def score(
    logits: Float[Tensor, "networks trials steps actions"], trials: Trials, window: tuple[int, int]
) -> tuple[Float[Array, " networks"], Float[Array, " networks"]]:
    """Score each network: its accuracy, and the share of steps outside the response window in which it fixates.

    Logits that are not finite count as wrong.

    >>> logits = torch.tensor([[[[1.0, 0.0], [0.0, 1.0]]]])
    >>> trials = Trials(np.zeros((1, 2, 1), np.float32), np.array([[0, 1]]), {"choice": np.array([1])})
    >>> [values.tolist() for values in score(logits, trials, (1, 2))]
    [[1.0], [1.0]]
    """
    right = choices(logits, window) == torch.as_tensor(trials.conditions["choice"])
    finite = torch.isfinite(logits).all(dim=-1)
    accuracy = (right & finite.all(dim=-1)).double().mean(dim=1)
    outside = torch.ones(logits.shape[2], dtype=torch.bool)
    outside[slice(*window)] = False
    fixation = (fixating(logits) & finite)[:, :, outside].double().mean(dim=(1, 2))
    return accuracy.numpy(), fixation.numpy()


def ceiling(task: Task, trials: Trials) -> float:
    """Score the ideal observer on these very trials; a task that knows none has a stated ceiling instead.

    >>> from dynashape.tasks import make_task
    >>> gng = make_task("GNG")
    >>> ceiling(gng, gng.sample(50, np.random.default_rng(0)))
    1.0
    """
    best = task.ideal_choices(trials)
    return task.stated_ceiling if best is None else float(np.mean(best == trials.conditions["choice"]))


def describe_ceiling(task: Task, trials: Trials) -> str:
    """Say what the ceiling on these trials is: the ideal observer's accuracy only where one is known.

    >>> from dynashape.tasks import make_task
    >>> gng = make_task("GNG")
    >>> describe_ceiling(gng, gng.sample(50, np.random.default_rng(0)))
    '1.000 (the ideal observer)'
    """
    known = task.ideal_choices(trials) is not None
    what = "the ideal observer" if known else "no ideal observer is known"
    return f"{ceiling(task, trials):.3f} ({what})"
