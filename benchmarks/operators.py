"""CPU time and memory of one operator fit, against dsa-metric 2.0.2 (the `bench` extra), one thread each.

    OMP_NUM_THREADS=1 python benchmarks/operators.py [--json operators.json]
    python benchmarks/operators.py --options
    python benchmarks/operators.py --large
    python benchmarks/operators.py --threads

Activity of noisy random networks, as float32. Ours includes the held-out error, which
dsa-metric does not compute; the two operators are compared too. Runs alternate, so both meet the same machine.

--options: least squares against total least squares, where recordings of one system differ in readout and noise.
--large: the memory that a fit of 1 x 500,000 x 300 float32 takes beside it, at five delays.
--threads: a fit and a selection with as many BLAS threads as the environment gives, against one, in turn.
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
from threadpoolctl import threadpool_limits

from dynashape.dissimilarity import align_all, embed_delays, fit_operator, fit_operators, select_delays_and_rank

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
    from DSA import DMD

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


def rotations(
    rng: np.random.Generator, angles: np.ndarray, decays: tuple[float, ...], mixing: np.ndarray
) -> np.ndarray:
    """50 trials of 50 steps of three damped rotations, driven by noise, with axes that are not orthogonal."""
    step = np.zeros((6, 6))
    for k, (angle, decay) in enumerate(zip(angles, decays, strict=True)):
        turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        step[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] = decay * np.array(turn)
    step = mixing @ step @ np.linalg.inv(mixing)
    x, steps = rng.normal(size=(50, 6)), []
    for _ in range(80):
        x = x @ step.T + 0.3 * rng.normal(size=x.shape)
        steps.append(x)
    return np.stack(steps[30:], axis=1)


def recordings(what: str, noises: tuple[float, ...], seed: int) -> list[np.ndarray]:
    """Four systems, each through three random readouts into 30 units, with noise in standard deviations."""
    rng = np.random.default_rng(seed)
    shared = np.eye(6) + 0.3 * rng.normal(size=(6, 6))
    out = []
    for system in range(4):
        mixing = np.eye(6) + 0.3 * rng.normal(size=(6, 6)) if what == "frequencies" else shared
        angles = rng.uniform(0.2, 1.6, 3) if what == "frequencies" else np.array([0.3, 0.8, 1.4])
        decays = (0.97, 0.95, 0.93) if what == "frequencies" else (0.97 - 0.06 * system,) * 3
        for noise in noises:
            seen = rotations(rng, angles, decays, mixing) @ rng.normal(size=(6, 30))
            out.append(seen + noise * seen.std() * rng.normal(size=seen.shape))
    return out


def isotropic(activity: np.ndarray, n_delays: int, rank: int) -> np.ndarray:
    """Total least squares in the coordinates V S, in which the noise of all units is equal."""
    trials = embed_delays(activity, n_delays)
    left, values, _ = np.linalg.svd(np.concatenate(trials), full_matrices=False)
    z = (left[:, :rank] * values[:rank]).reshape(len(trials), -1, rank)
    both = np.concatenate([z[:, :-1], z[:, 1:]], axis=2).reshape(-1, 2 * rank)
    axes = np.linalg.eigh(both.T @ both)[1][:, :rank]
    step = -(axes[:rank] @ np.linalg.inv(axes[rank:])).T
    return step * values[:rank] / values[:rank, None]


def compare_options(n_seeds: int = 3) -> None:
    i, j = np.triu_indices(12, 1)
    same = i // 3 == j // 3
    print("differ in    noise             delays rank   (one system / systems, AUC) ols, tls, tls in V S")
    for what in ("frequencies", "decay"):
        for n_delays, rank in ((1, 6), (4, 6), (4, 12)):
            for noises in ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (0.1, 0.5, 1.5)):
                found: list[list[tuple[float, float, float]]] = []
                for seed in range(n_seeds):
                    systems = recordings(what, noises, seed)
                    fitted = [
                        fit_operators(systems, n_delays, rank),
                        fit_operators(systems, n_delays, rank, regression="tls"),
                        [isotropic(system, n_delays, rank) for system in systems],
                    ]
                    distances = [align_all(each).square()[i, j] for each in fitted]
                    found.append(
                        [(d[same].mean(), d[~same].mean(), (d[~same][:, None] > d[same]).mean()) for d in distances]
                    )
                shown = "   ".join("{:.3f} / {:.3f}, {:.2f}".format(*row) for row in np.mean(found, axis=0))
                print(f"{what:12} {noises!s:17} {n_delays:6} {rank:4}   {shown}", flush=True)


def measure_large() -> None:
    """By the peak of the process's own memory, which Linux tells."""

    def told(what: str) -> float:
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1e3

    rng = np.random.default_rng(0)
    activity = rng.standard_normal(size=(1, 500_000, 300), dtype=np.float32)
    activity[0, 1:] += activity[0, :-1]
    before = told("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    start = time.process_time()
    fit_operator(activity, 5, 10)
    seconds = time.process_time() - start
    print(
        f"{activity.nbytes / 1e6:.0f} MB of activity; {told('VmHWM') - before:.0f} MB more at the peak; "
        f"{seconds:.1f} s CPU"
    )


def compare_threads(n_runs: int = 15) -> None:
    systems = [network(seed, *SMALL) for seed in range(3)]
    work: dict[str, Callable[[], object]] = {
        "fit": lambda: fit_operator(systems[0], 5, 10),
        "selection": lambda: select_delays_and_rank(systems, (1, 2, 4)),
    }
    for name, function in work.items():
        function()
        seconds: dict[int | None, list[float]] = {None: [], 1: []}
        for _ in range(n_runs):
            for threads, taken in seconds.items():
                with threadpool_limits(threads, "blas"):
                    start = time.perf_counter()
                    function()
                    taken.append(time.perf_counter() - start)
        given, one = (1e3 * statistics.median(taken) for taken in seconds.values())
        print(f"{name}: {given:.0f} ms with the threads of the environment, {one:.0f} ms with one")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="also write the table here")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--options", action="store_true", help="what total least squares hears, and what not")
    parser.add_argument("--large", action="store_true", help="the memory of a fit of 600 MB of activity")
    parser.add_argument("--threads", action="store_true", help="what BLAS's own threads cost")
    arguments = parser.parse_args()
    chosen = [
        (arguments.options, compare_options),
        (arguments.large, measure_large),
        (arguments.threads, compare_threads),
    ]
    if any(wanted for wanted, _ in chosen):
        for wanted, run in chosen:
            if wanted:
                run()
        return
    import torch

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
