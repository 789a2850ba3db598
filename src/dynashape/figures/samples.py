"""What the first two figures draw, as tables: one trial of each task, and the mean paths of activity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float, Shaped

from dynashape.figures.comparison_scheme import Trajectory
from dynashape.records import Array, Status
from dynashape.tasks import ExampleTrial


def tabulate_samples(samples: Sequence[ExampleTrial]) -> pd.DataFrame:
    """What figure 1 draws, one row a task, time and channel; the target (number of the right action) is a channel."""
    parts = []
    for sample in samples:
        names = [*sample.input_names, "target"]
        values = np.column_stack([sample.inputs, sample.target])
        times = np.arange(len(values)) * sample.dt_ms
        part = pd.DataFrame(values.round(4), columns=names).assign(time_ms=times)
        parts.append(part.melt("time_ms", var_name="channel", value_name="value").assign(task=sample.name))
    return pd.concat(parts, ignore_index=True)[["task", "time_ms", "channel", "value"]]


def tabulate_paths(
    paths: Mapping[tuple[str, str], Trajectory | Status], choices: Mapping[tuple[str, str], Shaped[Array, " trials"]]
) -> pd.DataFrame:
    """The mean path of each right choice in figure 2, one row a task, condition, choice and step.

    >>> paths, choices = {("CDM", "trained"): np.arange(8.0).reshape(2, 2, 2)}, {("CDM", "trained"): np.array([1, 1])}
    >>> table = tabulate_paths(paths, choices)
    >>> table[["choice", "step", "component_1", "component_2"]].to_numpy().tolist()
    [[1.0, 0.0, 2.0, 3.0], [1.0, 1.0, 4.0, 5.0]]
    """
    parts = []
    for (task, condition), path in paths.items():
        if isinstance(path, Status):
            continue
        chosen = choices[task, condition]
        for choice in np.unique(chosen).tolist():
            mean = path[chosen == choice].mean(axis=0).round(4)
            names = {"task": task, "condition": condition, "choice": choice, "step": np.arange(len(mean))}
            parts.append(pd.DataFrame({**names, "component_1": mean[:, 0], "component_2": mean[:, 1]}))
    return pd.concat(parts, ignore_index=True)


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
