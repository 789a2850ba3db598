"""Run every network of a group on fresh trials, before and after training, and on random input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dynashape.records import CONDITIONS, Array
from dynashape.seeds import stream
from dynashape.store import Store
from dynashape.study.parts import build_cell, build_task, build_timing, weights_at, weights_of
from dynashape.tasks import drive
from dynashape.training import record_activity


def record(store: Store, key: str, params: Mapping[str, Any], upstream: Mapping[str, str]) -> None:
    """Activity `seed/condition` (trials, steps, units) and its status.

    Each network sees its own trials, the same ones before and after training: conditions are paired, while networks
    share no noise and so count as independent.
    """
    (train_key,) = upstream.values()
    arrays, meta = record_group(store.load_arrays("train", train_key)[0], params)
    store.save_arrays("record", key, arrays, meta)


def record_group(weights: Mapping[str, Array], params: Mapping[str, Any]) -> tuple[dict[str, Array], dict[str, Any]]:
    """The activity that `record` keeps, from the weights that `train` kept, and what is known of it.

    With `at_update` among the parameters, trained networks are run with the weights that they had then, on the same
    trials and noise as the final ones.
    """
    timing = build_timing(params["timing"])
    task = build_task(params["task"], timing, params["input_noise"])
    architecture, seeds = params["architecture"], params["seeds"]
    cell = build_cell(architecture, params["networks"], timing)
    wish = params["activity"]
    trials = [task.sample(wish["n_trials"], stream("activity", architecture, task.name, seed)) for seed in seeds]
    inputs = np.stack([own.inputs for own in trials])
    noise = np.stack(
        [
            drive(wish["noise"], own, stream("noise", architecture, task.name, seed), sd=wish["noise_sd"])
            for seed, own in zip(seeds, inputs, strict=True)
        ]
    )
    arrays: dict[str, Array] = {}
    status = {}
    for condition in params.get("conditions", CONDITIONS):
        group = [
            weights_of(weights, seed, "initial")
            if condition == "untrained"
            else weights_at(weights, seed, params.get("at_update"))
            for seed in seeds
        ]
        activity, statuses = record_activity(cell, group, noise if condition == "noise" else inputs)
        for seed, values, how in zip(seeds, activity, statuses, strict=True):
            arrays[f"{seed}/{condition}"] = values
            status[f"{seed}/{condition}"] = [how.code, how.message]
    choices = {str(seed): own.conditions["choice"].tolist() for seed, own in zip(seeds, trials, strict=True)}
    return arrays, {"status": status, "choices": choices}
