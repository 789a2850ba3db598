"""Psychometric curves: how often an action is chosen at each strength of the evidence for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Shaped

from dynashape.records import Array, Trials
from dynashape.tasks import Task

# Evidence of more values than this is averaged in as many bins of equal numbers of trials.
MOST_VALUES = 12


@dataclass(frozen=True)
class PsychometricPoint:
    """How often the last action was chosen at one strength of the evidence for it, and how often it is right."""

    context: int | None
    evidence: float
    n_trials: int
    rate: float
    right: float
    ideal: float | None


def psychometric(task: Task, trials: Trials, chosen: Int[Array, " trials"]) -> Iterator[PsychometricPoint]:
    """How often the last action is chosen at each strength of evidence for it, by the network and the ideal observer.

    Apart for each context, where the task has one. Nothing for a task whose trials carry no evidence.
    """
    if "evidence" not in trials.conditions:
        return
    evidence = np.asarray(trials.conditions["evidence"], dtype=np.float64)
    groups = _groups(evidence, task.evidence_edges)
    context = trials.conditions.get("context", np.zeros(len(evidence), dtype=np.int64))
    ideal, last = task.ideal_choices(trials), task.n_actions - 1
    for number, name in enumerate(np.unique(context).tolist(), start=1):
        for group in np.unique(groups[groups >= 0]).tolist():
            own = (context == name) & (groups == group)
            if own.any():
                yield PsychometricPoint(
                    context=number if "context" in trials.conditions else None,
                    evidence=float(evidence[own].mean()),
                    n_trials=int(own.sum()),
                    rate=float(np.mean(chosen[own] == last)),
                    right=float(np.mean(trials.conditions["choice"][own] == last)),
                    ideal=None if ideal is None else float(np.mean(ideal[own] == last)),
                )


def _groups(evidence: Float[Array, " trials"], edges: tuple[float, ...]) -> Shaped[Array, " trials"]:
    """The group of each trial, in order of its evidence; -1 outside the edges."""
    if edges:
        groups = np.digitize(evidence, edges) - 1
        return np.where((groups >= 0) & (groups < len(edges) - 1), groups, -1)
    values, groups = np.unique(evidence, return_inverse=True)
    if len(values) > MOST_VALUES:
        groups = np.digitize(evidence, np.quantile(evidence, np.linspace(0, 1, MOST_VALUES + 1)[1:-1]))
    return groups
