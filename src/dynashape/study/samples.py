"""Samples for the figures: one trial of a task, and a network's path through its principal components."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float

from dynashape.records import Array
from dynashape.tasks import Task


def sample_of(task: Task, rng: np.random.Generator) -> dict[str, Any]:
    """A trial as plain values; one whose right response is an action, so that the drawing shows what is asked."""
    trials = task.sample(16, rng)
    asked = np.flatnonzero(trials.targets[:, -1] > 0)
    trial = int(asked[0]) if len(asked) else 0
    return {
        "name": task.name,
        "description": task.description,
        "input_names": task.input_names,
        "action_names": task.action_names,
        "inputs": trials.inputs[trial],
        "target": trials.targets[trial],
        "phases": task.phases,
        "response_window": task.response_window,
        "dt_ms": task.timing.dt_ms,
    }


def project(activity: Float[Array, "trials steps units"], n_components: int = 2) -> Float[Array, "trials steps k"]:
    """Activity in its own first principal components (over trials and steps), largest first.

    >>> project(np.zeros((2, 3, 4))).shape
    (2, 3, 2)
    """
    flat = activity.reshape(-1, activity.shape[-1]).astype(np.float64)
    flat = flat - flat.mean(axis=0)
    _, _, axes = np.linalg.svd(flat, full_matrices=False)
    projected: Array = (flat @ axes[:n_components].T).reshape(*activity.shape[:2], -1)
    return projected
