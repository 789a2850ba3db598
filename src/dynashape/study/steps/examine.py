"""Examine every network of a group on fresh trials of graded evidence: its choices beside the ideal observer's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from jaxtyping import Float, Int, Shaped

from dynashape.records import Array, Trials
from dynashape.seeds import stream
from dynashape.store import Store
from dynashape.study.parts import build_cell, build_task, build_timing, weights_of
from dynashape.tasks import Task
from dynashape.training import respond

# Evidence of more values than this is averaged in as many bins of equal numbers of trials.
MOST_VALUES = 12


def examine(store: Store, key: str, params: Mapping[str, Any], upstream: Mapping[str, str]) -> None:
    """How large each network's weights and activity are, before and after training, and its psychometric curve.

    All networks of a task, of whatever architecture, see the same trials.
    """
    (train_key,) = upstream.values()
    weights, _ = store.load_arrays("train", train_key)
    timing = build_timing(params["timing"])
    task = build_task(params["task"], timing, params["input_noise"])
    cell = build_cell(params["architecture"], params["networks"], timing)
    trials = task.sample_graded(params["n_trials"], stream("graded trials", task.name))
    sizes: dict[str, list[dict[str, float]]] = {}
    choices: dict[str, Array] = {}
    for when in ("initial", "final"):
        group = [weights_of(weights, seed, when) for seed in params["seeds"]]
        choices[when], activity = respond(cell, group, trials.inputs, task.response_window)
        sizes[when] = [
            {"recurrent_norm": float(np.linalg.norm(one["recurrent"])), "activity_rms": float(size)}
            for one, size in zip(group, activity, strict=True)
        ]
    networks, curves = [], []
    for number, seed in enumerate(params["seeds"]):
        names = {"architecture": params["architecture"], "task": task.name, "seed": seed}
        before = {f"untrained_{name}": value for name, value in sizes["initial"][number].items()}
        networks.append({**names, **_finite(sizes["final"][number]), **_finite(before)})
        curves += [{**names, **point} for point in psychometric(task, trials, choices["final"][number])]
    store.save_json("examine", key, {"networks": networks, "psychometric": curves})


def psychometric(task: Task, trials: Trials, chosen: Int[Array, " trials"]) -> Iterator[dict[str, Any]]:
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
            if not own.any():
                continue
            yield {
                "context": number if "context" in trials.conditions else None,
                "evidence": float(evidence[own].mean()),
                "n_trials": int(own.sum()),
                "rate": float(np.mean(chosen[own] == last)),
                "right": float(np.mean(trials.conditions["choice"][own] == last)),
                "ideal": None if ideal is None else float(np.mean(ideal[own] == last)),
            }


def _groups(evidence: Float[Array, " trials"], edges: tuple[float, ...]) -> Shaped[Array, " trials"]:
    """The group of each trial, in order of its evidence; -1 outside the edges."""
    if edges:
        groups = np.digitize(evidence, edges) - 1
        return np.where((groups >= 0) & (groups < len(edges) - 1), groups, -1)
    values, groups = np.unique(evidence, return_inverse=True)
    if len(values) > MOST_VALUES:
        groups = np.digitize(evidence, np.quantile(evidence, np.linspace(0, 1, MOST_VALUES + 1)[1:-1]))
    return groups


def _finite(sizes: Mapping[str, float]) -> dict[str, float | None]:
    return {name: value if np.isfinite(value) else None for name, value in sizes.items()}
