"""CPU time of the whole inference of a paper-sized study: 144 comparisons, family, headline, meta-clustering.

python benchmarks/inference.py
"""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
from scipy.spatial.distance import cdist

from dynashape.inference import (
    ComparisonKey,
    Design,
    compare,
    compute_headline,
    correct_family,
    meta_cluster,
    resample_shares,
    share_features,
)

TASKS, SEEDS, PHASES = ("CDM", "GNG", "DC", "PR"), range(5), ("fixation", "stimulus", "delay", "decision")
CONDITIONS = {1: ("untrained", "trained"), 2: ("trained", "noise")}


def main() -> None:
    rng = np.random.default_rng(0)
    keys, inputs = [], []
    for architecture in ("V-RNN", "GRU", "LSTM"):
        for phase in PHASES:
            networks = rng.normal(size=(4, 1, 8)) + 0.6 * rng.normal(size=(4, 5, 8))
            points = {
                name: networks + 0.6 * rng.normal(size=8) + 0.3 * rng.normal(size=(4, 5, 8))
                for name in ("untrained", "trained", "noise")
            }
            for analysis, conditions in CONDITIONS.items():
                for a, b in combinations(range(4), 2):
                    systems = np.concatenate([points[c][t] for c in conditions for t in (a, b)])
                    names = [f"{architecture}/{TASKS[t]}/{s}" for _ in conditions for t in (a, b) for s in SEEDS]
                    design = Design(
                        networks=np.array(names),
                        tasks=np.array([name.split("/")[1] for name in names]),
                        conditions=np.repeat(conditions, 10),
                        seeds=np.tile(np.arange(5), 4),
                    )
                    keys.append(ComparisonKey(analysis, architecture, phase, TASKS[a], TASKS[b]))
                    inputs.append((cdist(systems, systems), design))
    started = time.process_time()

    def lap(what: str) -> None:
        nonlocal started
        print(f"{what:<36}{time.process_time() - started:7.2f} s")
        started = time.process_time()

    comparisons = [compare(distances, design) for distances, design in inputs]
    lap(f"compare ({len(comparisons)}, both labellings)")
    correct_family(comparisons)
    lap("correct_family (2,000 draws)")
    print(compute_headline(keys, comparisons).sentence)
    lap("compute_headline")
    factors = {
        "analysis": np.array([key.analysis for key in keys]),
        "architecture": np.array([key.architecture for key in keys]),
        "phase": np.array([key.phase for key in keys]),
        "pair": np.array([f"{key.task_a}-{key.task_b}" for key in keys]),
    }
    replicates = resample_shares(comparisons, 200, np.random.default_rng(0))
    meta_cluster(share_features(comparisons), factors, replicates=replicates)
    lap("meta_cluster (200 replicates)")


if __name__ == "__main__":
    main()
