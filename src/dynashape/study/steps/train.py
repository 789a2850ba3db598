"""Train all networks of one architecture and task together; keep the weights before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dynashape.records import Array
from dynashape.seeds import stream
from dynashape.store import Store
from dynashape.study.parts import build_cell, build_protocol, build_task, build_timing
from dynashape.study.progress import Progress
from dynashape.tasks import NeurogymTask, PooledTask, Task
from dynashape.training import Protocol, train_group

# Trials of a NeuroGym environment that batches are drawn from: sampling afresh takes longer than learning from a batch.
N_POOL = 4096


def train(store: Store, key: str, params: Mapping[str, Any], upstream: Mapping[str, str]) -> None:
    """Weights `seed/initial/...`, `seed/final/...` and `seed/update_N/...` (snapshots), and how each network learned.

    Killed in the middle, it goes on from its last saved state, with the identical result.
    """
    assert not upstream
    timing, protocol = build_timing(params["timing"]), build_protocol(params["training"])
    progress = Progress(store, key)
    group = train_group(
        build_cell(params["architecture"], params["networks"], timing),
        pooled(build_task(params["task"], timing, params["input_noise"]), protocol),
        params["seeds"],
        n_units=params["networks"]["n_units"],
        protocol=protocol,
        architecture=params["architecture"],
        state=progress.load(),
        on_state=progress.save,
    )
    arrays: dict[str, Array] = {}
    rows = []
    for network in group:
        kept = {f"update_{updates}": weights for updates, weights in network.snapshots.items()}
        for when, weights in {"initial": network.initial, "final": network.final, **kept}.items():
            arrays |= {f"{network.seed}/{when}/{name}": value for name, value in weights.items()}
        rows.append(
            {
                "architecture": params["architecture"],
                "task": params["task"]["name"],
                "seed": network.seed,
                "updates": network.updates,
                "accuracy": network.accuracy,
                "ceiling": network.ceiling,
                "fixation": network.fixation,
                "reached": network.reached,
                "status": network.status.code,
                "message": network.status.message,
                "curve": list(network.curve),
            }
        )
    store.save_arrays("train", key, arrays, {"networks": rows})
    progress.clear()


def pooled(task: Task, protocol: Protocol) -> Task:
    """The task, its batches drawn from a pool if it is slow to sample; evaluation and test trials are always fresh."""
    n_pooled = pool_size(protocol)
    if not isinstance(task, NeurogymTask) or n_pooled is None:
        return task
    return PooledTask(task, n_pooled, protocol.batch_size, stream("pool", task.name))


def pool_size(protocol: Protocol) -> int | None:
    """From how many trials batches of a slow task are drawn; None where batches are so large that all are fresh."""
    fresh = min(protocol.n_evaluation_trials, protocol.n_test_trials)
    return N_POOL if protocol.batch_size < fresh else None
