"""CPU time of the whole inference of a paper-sized study: 144 comparisons, family, headline, meta-clustering.

python benchmarks/inference.py
"""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
from scipy.spatial.distance import cdist

from dynashape.distances import Distances
from dynashape.inference import ComparisonKey, compare, compute_headline, correct_family, meta_cluster, resample_shares
from dynashape.inference.comparison.permanova import TERMS
from dynashape.records import ANALYSES, CONDITIONS, PHASES, System

TASKS, SEEDS = ("CDM", "GNG", "DC", "PR"), range(5)


def draw_distances(architecture: str, phase: str, rng: np.random.Generator) -> Distances:
    networks = rng.normal(size=(4, 1, 8)) + 0.6 * rng.normal(size=(4, 5, 8))
    points, systems = [], []
    for condition in CONDITIONS:
        points.append(networks + 0.6 * rng.normal(size=8) + 0.3 * rng.normal(size=(4, 5, 8)))
        for task in TASKS:
            for seed in SEEDS:
                systems.append(System.under(condition, architecture, task, seed, noise="gaussian", phase=phase))
    flat = np.reshape(points, (-1, 8))
    return Distances.of_systems(cdist(flat, flat), systems, "dsa", "rad")


def main() -> None:
    rng = np.random.default_rng(0)
    inputs = {}
    for architecture in ("V-RNN", "GRU", "LSTM"):
        for phase in PHASES:
            distances = draw_distances(architecture, phase, rng)
            for analysis in ANALYSES:
                for tasks in combinations(TASKS, 2):
                    key = ComparisonKey(analysis.number, architecture, phase, *tasks)
                    inputs[key] = distances.select(task=tasks, condition=analysis.conditions)
    started = time.process_time()

    def lap(what: str) -> None:
        nonlocal started
        print(f"{what:<36}{time.process_time() - started:7.2f} s")
        started = time.process_time()

    comparisons = {key: compare(distances) for key, distances in inputs.items()}
    lap(f"compare ({len(comparisons)}, both labellings)")
    correct_family(comparisons)
    lap("correct_family (2,000 draws)")
    print(compute_headline(comparisons).sentence)
    lap("compute_headline")
    factors = {
        "analysis": np.array([key.analysis for key in comparisons]),
        "architecture": np.array([key.architecture for key in comparisons]),
        "phase": np.array([key.phase for key in comparisons]),
        "pair": np.array([key.task_pair for key in comparisons]),
    }
    shares = np.array([[one.shares.omega_squared[term] for term in TERMS] for one in comparisons.values()])
    replicates = resample_shares(list(comparisons.values()), 200, np.random.default_rng(0))
    meta_cluster(shares, factors, replicates=replicates)
    lap("meta_cluster (200 replicates)")


if __name__ == "__main__":
    main()
