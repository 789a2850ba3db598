"""CPU time and memory of one operator fit, against dsa-metric 2.0.2 (the `bench` extra), one thread each.

    OMP_NUM_THREADS=1 python benchmarks/operators.py [--json operators.json]

Activity of noisy random networks, as float32. Ours includes the held-out error, which
dsa-metric does not compute; the two operators are compared too. Runs alternate, so both meet the same machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from DSA import DMD

from dynashape.dissimilarity import fit_operator

SMALL, STUDY, LARGE = (100, 40, 60), (200, 96, 64), (500, 100, 128)
# Trials, steps and units; delays; rank.
SETTINGS = (
    *((SMALL, n_delays, rank) for n_delays, rank in ((1, 10), (5, 10), (5, 20), (10, 20), (10, 40), (10, 100))),
    *((STUDY, n_delays, rank) for n_delays, rank in ((1, 10), (1, 20), (5, 20))),
    *((LARGE, n_delays, rank) for n_delays, rank in ((1, 10), (1, 20))),
)


def network(seed: int, n_trials: int, n_steps: int, n_units: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    weights = 1.2 * rng.normal(size=(n_units, n_units)) / np.sqrt(n_units)
    x = rng.normal(size=(n_trials, n_units))
    steps = []
    for _ in range(n_steps):
        x = 0.8 * x + 0.2 * np.tanh(x @ weights) + 0.05 * rng.normal(size=x.shape)
        steps.append(x)
    return np.stack(steps, axis=1).astype(np.float32)


def fit_published(activity: np.ndarray, n_delays: int, rank: int) -> np.ndarray:
    dmd = DMD(activity, n_delays=n_delays, rank=rank, lamb=1e-8)
    dmd.fit()
    return np.asarray(dmd.A_v.numpy(), dtype=np.float64)


def cpu_seconds(function: Callable[[], object]) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start


def measure(shape: tuple[int, int, int], n_delays: int, rank: int, n_runs: int) -> dict[str, Any]:
    systems = [network(seed, *shape) for seed in range(n_runs)]
    ours, theirs = [], []
    for activity in [systems[0], *systems]:  # the first run warms up
        ours.append(cpu_seconds(lambda a=activity: fit_operator(a, n_delays, rank)))
        theirs.append(cpu_seconds(lambda a=activity: fit_published(a, n_delays, rank)))
    tracemalloc.start()
    matrix = fit_operator(systems[0], n_delays, rank).matrix
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    difference = np.abs(np.abs(matrix) - np.abs(fit_published(systems[0], n_delays, rank))).max()
    return {
        "shape": shape,
        "n_delays": n_delays,
        "rank": rank,
        "ours_ms": 1e3 * statistics.median(ours[1:]),
        "dsa_metric_ms": 1e3 * statistics.median(theirs[1:]),
        "times_faster": statistics.median(t / o for o, t in zip(ours[1:], theirs[1:], strict=True)),
        "ours_peak_mb": peak / 1e6,
        "largest_difference": float(difference),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="also write the table here")
    parser.add_argument("--runs", type=int, default=9)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rows = [measure(*setting, arguments.runs) for setting in SETTINGS]
    print("trials x steps x units  delays  rank   ours ms   dsa-metric ms   times faster   peak MB   difference")
    for row in rows:
        print(
            f"{' x '.join(map(str, row['shape'])):>22}{row['n_delays']:8d}{row['rank']:6d}{row['ours_ms']:10.1f}"
            f"{row['dsa_metric_ms']:16.1f}{row['times_faster']:15.1f}{row['ours_peak_mb']:10.1f}"
            f"{row['largest_difference']:13.1e}"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
