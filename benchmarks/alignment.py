"""Time and quality of alignments against dsa-metric 2.0.2 (the `bench` extra), CPU seconds, one thread each.

    OMP_NUM_THREADS=1 python benchmarks/alignment.py NETWORKS [--json alignment.json] [--plot alignment.png]

NETWORKS is a folder for the networks of the `quick` study, trained (minutes) where it does not hold them yet. Operators
come from their activity, untrained, trained and driven by noise, in all four phases; pairs share architecture and
phase, as in the study. Both packages align the same pairs in the same run. "Excess" is the distance above the best of
64 random and all matched starts, each run to convergence (negative where that was beaten). Up to rank 9 it stands
beside two more figures: how far `standard` ends above the best of `thorough` and that, and the same for operators that
are nearly the same (noise of 1e-5 to 1e-2 of their norm, and a change of basis).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch  # dsa-metric's, as its threads are

from dynashape.dissimilarity import align, align_all, fit_operator
from dynashape.dissimilarity.alignment.canonical_form import canonicalise
from dynashape.dissimilarity.alignment.efforts import LOW_RANK
from dynashape.dissimilarity.alignment.polish import descend, orthonormalise
from dynashape.dissimilarity.alignment.starts import matched_starts
from dynashape.steps import Reader, perform
from dynashape.store import Store
from dynashape.study import load_spec
from dynashape.study.work.fit import cut
from dynashape.study.work.plan import make_plan

RANKS = (2, 3, 4, 6, 10, 20, 30, 40, 60, 100)
THOROUGH_UP_TO = 40
N_RANDOM = 64


def activities(folder: Path, preset: str) -> dict[tuple[str, str], list[np.ndarray]]:
    """Activity (trials, steps, units) of every system of a study, by architecture and phase."""
    plan, read = make_plan(load_spec(preset)), Reader(Store.create(folder))
    for step in (*plan.trains, *plan.records):
        perform(folder, step)
    found: dict[tuple[str, str], list[np.ndarray]] = {}
    for record in plan.records:
        for system, recording in read(record).items():
            if recording.status.ok:
                for phase in plan.spec.phases:
                    part = cut(recording, record, phase).activity
                    found.setdefault((system.architecture, phase), []).append(part)
    return found


def draw_operators(
    systems: dict[tuple[str, str], list[np.ndarray]], rank: int, n_pairs: int, n_delays: int
) -> tuple[list[np.ndarray], np.ndarray]:
    """Operators of systems whose activity holds this rank, and pairs of their positions.

    As in a study, the pairs are all those of some systems of one architecture and phase: as many of each as it takes.
    """
    rng = np.random.default_rng(rank)
    n_each = next(n for n in range(2, 100) if len(systems) * n * (n - 1) // 2 >= n_pairs)
    operators: list[np.ndarray] = []
    pairs: list[tuple[int, int]] = []
    for group in systems.values():
        first = len(operators)
        for k in rng.permutation(len(group)):
            operator = fit_operator(group[k], n_delays, rank)
            if operator.status.ok and len(operator.matrix) == rank:
                operators.append(operator.matrix)
            if len(operators) - first == n_each:
                break
        pairs += [(i, j) for i in range(first, len(operators)) for j in range(i + 1, len(operators))]
    return operators, rng.permutation(np.array(pairs))[:n_pairs]


def reference(A: np.ndarray, B: np.ndarray) -> float:
    """Best angle over 64 random starts of both determinants and all matched starts, run to convergence."""
    a, b = canonicalise(A), canonicalise(B)
    rank = len(A)
    n = -(-rank // 4) * 4
    rng = np.random.default_rng(rank)
    C = np.tile(np.eye(n), (N_RANDOM, 1, 1))
    for k in range(N_RANDOM):
        C[k, :rank, :rank] = np.linalg.qr(rng.normal(size=(rank, rank)))[0]
        C[k, :, 0] *= (-1) ** k
    grown = [np.pad(x, [(0, 0)] * (x.ndim - 2) + [(0, n - rank)] * 2) for x in (
        a.traceless, b.traceless, a.turns, b.turns, a.unit, b.unit)]  # fmt: skip
    TA, TB, FA, FB, UA, UB = grown
    filled = range(rank, n)
    FA[:, filled, filled] = FB[:, filled, filled] = 1.0
    matched = matched_starts(TA[None], TB[None], FA[None], FB[None], rank)[0]
    starts = np.concatenate((matched, C)).astype(np.float32)
    many = [np.tile(x.astype(np.float32), (len(starts), 1, 1)) for x in (TA, TB)]
    end = descend(*many, starts, 60 + 5 * rank)
    best = end.C[end.value.argmin()][None].astype(np.float64)
    best = orthonormalise(descend(TA[None], TB[None], orthonormalise(best, 3), 60).C, 2)[0]
    return float(2 * np.arcsin(min(float(np.linalg.norm(UA - best @ UB @ best.T)) / 2, 1.0)))


def align_published(A: np.ndarray, B: np.ndarray) -> float:
    from DSA.simdist import SimilarityTransformDist

    torch.manual_seed(0)
    metric = SimilarityTransformDist(iters=1500, lr=5e-3, score_method="angular")
    return float(metric.fit_score(torch.from_numpy(A).float(), torch.from_numpy(B).float()))


def timed(function: Any, *arguments: Any) -> tuple[Any, float]:
    start = time.process_time()
    result = function(*arguments)
    return result, time.process_time() - start


def summarise(excess: np.ndarray) -> dict[str, float]:
    return {"median": float(np.median(excess)), "p99": float(np.quantile(excess, 0.99)), "max": float(excess.max())}


def measure(operators: list[np.ndarray], positions: np.ndarray, rank: int, n_published: int) -> dict[str, Any]:
    """Times per pair and excesses at one rank, both packages on the same pairs."""
    pairs = [(operators[i], operators[j]) for i, j in positions]
    best = np.array([reference(A, B) for A, B in pairs])
    row: dict[str, Any] = {"rank": rank, "n_pairs": len(pairs)}
    theirs, seconds = [], []
    for A, B in pairs[:n_published]:
        value, spent = timed(align_published, A, B)
        theirs.append(value)
        seconds.append(spent)
    row["dsa_metric"] = {"ms": 1e3 * float(np.mean(seconds)), **summarise(np.array(theirs) - best[:n_published])}
    for effort in ("standard", "thorough") if rank <= THOROUGH_UP_TO else ("standard",):
        align_all(operators, positions[:4], effort)  # the first run warms up
        found, spent = timed(align_all, operators, positions, effort)
        row[effort] = {
            "ms": 1e3 * spent / len(pairs),
            "times_less": row["dsa_metric"]["ms"] / (1e3 * spent / len(pairs)),
            "converged": float(found.converged.mean()),
            "above_dsa_metric": float((found.values[:n_published] - np.array(theirs) > 1e-3).mean()),
            **summarise(found.values - best),
        }
        row[effort]["values"] = found.values
    if "thorough" in row:
        lowest = np.minimum(best, row["thorough"].pop("values"))
        row["standard"]["above_thorough"] = summarise(row["standard"]["values"] - lowest)
    row["standard"].pop("values")
    if rank <= LOW_RANK:
        row["nearly_identical"] = measure_nearly_identical(operators, len(pairs))
    A = operators[0]
    Q = np.linalg.qr(np.random.default_rng(0).normal(size=A.shape))[0]
    row["true_zero"] = {"ours": align(A, Q @ A @ Q.T).distance, "dsa_metric": align_published(A, Q @ A @ Q.T)}
    return row


def measure_nearly_identical(operators: list[np.ndarray], n_pairs: int) -> dict[str, float]:
    """How far `standard` ends above the best known where operators are nearly the same, and whether it says so."""
    rng = np.random.default_rng(len(operators[0]))
    both: list[np.ndarray] = []
    for k in range(n_pairs):
        A = operators[k % len(operators)]
        Q = np.linalg.qr(rng.normal(size=A.shape))[0]
        noise = 10.0 ** -(2 + k % 4) * np.linalg.norm(A) / len(A) * rng.normal(size=A.shape)
        both += [A, Q @ (A + noise) @ Q.T]
    positions = np.arange(2 * n_pairs).reshape(-1, 2)
    found, thorough = (align_all(both, positions, effort) for effort in ("standard", "thorough"))
    best = np.array([reference(A, B) for A, B in zip(both[::2], both[1::2], strict=True)])
    above = found.values - np.minimum(best, thorough.values)
    return {
        "n_pairs": n_pairs,
        "max_distance": float(found.values.max()),
        "max_above": float(above.max()),
        "converged": float(found.converged.mean()),
        "converged_and_above_1e-5": int((found.converged & (above > 1e-5)).sum()),
    }


def _align_rows(task: tuple[list[np.ndarray], np.ndarray]) -> int:
    return len(align_all(task[0], task[1]).values)


def measure_scaling(operators: list[np.ndarray]) -> dict[str, float]:
    """All pairs of 60 systems: wall seconds of one and of two processes, and of a quarter of the pairs."""
    pairs = np.stack(np.triu_indices(len(operators), 1), 1)
    wall = {}
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(_align_rows, [(operators, pairs[:64])] * 2)
        for name, parts in (("quarter", [pairs[::4]]), ("one", [pairs]), ("two", [pairs[::2], pairs[1::2]])):
            start = time.perf_counter()
            pool.map(_align_rows, [(operators, part) for part in parts], chunksize=1)
            wall[name] = time.perf_counter() - start
    return {
        "pairs": len(pairs),
        "one_process_s": wall["one"],
        "two_processes_s": wall["two"],
        "speed_up": wall["one"] / wall["two"],
        "quarter_of_the_pairs_s": wall["quarter"],
    }


def measure_many(operators: list[np.ndarray], share: float) -> dict[str, float]:
    """A share of the two million pairs of 2,000 operators: CPU seconds, peak memory, and what they come to for all."""
    rng = np.random.default_rng(0)
    many = [operators[k % len(operators)] + 1e-2 * rng.normal(size=operators[0].shape) for k in range(2000)]
    n_pairs = int(share * 2000 * 1999 / 2)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.process_time()
    align_all(many, rng.integers(0, 2000, (n_pairs, 2)))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "n_pairs": n_pairs,
        "cpu_s": seconds,
        "cpu_s_all_pairs": seconds / share,
        "peak_mb": peak,
        "peak_mb_all_pairs": peak + (peak - before) * (1 / share - 1),
    }


def show(rows: list[dict[str, Any]]) -> None:
    print("rank  effort      ms a pair  times less    excess: median      p99      max   above dsa-metric   converged")
    for row in rows:
        theirs = row["dsa_metric"]
        print(f"{row['rank']:4d}  dsa-metric{theirs['ms']:11.0f}{'':12}", end="")
        print(f"{theirs['median']:18.5f}{theirs['p99']:9.5f}{theirs['max']:9.5f}", end="")
        print(f"   true zero: {row['true_zero']['dsa_metric']:.3f}, ours {row['true_zero']['ours']:.0e}")
        if "nearly_identical" in row:
            near = row["nearly_identical"]
            print(
                f"{row['rank']:4d}  standard, above thorough: p99 {row['standard']['above_thorough']['p99']:.1e}",
                end="",
            )
            print(f"; nearly identical: at most {near['max_above']:.1e} above the best known, ", end="")
            print(f"{near['converged_and_above_1e-5']} of {near['n_pairs']} above and called converged")
        for effort in ("standard", "thorough"):
            if effort in row:
                ours = row[effort]
                print(f"{row['rank']:4d}  {effort:10s}{ours['ms']:11.1f}{ours['times_less']:12.0f}", end="")
                print(f"{ours['median']:18.5f}{ours['p99']:9.5f}{ours['max']:9.5f}", end="")
                print(f"{100 * ours['above_dsa_metric']:17.0f} %{ours['converged']:11.2f}")


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 3), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name, colour, mark in (("dsa_metric", "0.5", "s"), ("standard", "C0", "o"), ("thorough", "C1", "^")):
        ranks = [row["rank"] for row in rows if name in row]
        label = "dsa-metric 2.0.2" if name == "dsa_metric" else f"dynashape, {name}"
        left.plot(ranks, [row[name]["ms"] / 1e3 for row in rows if name in row], marker=mark, color=colour, label=label)
        for figure_of, style in (("median", "-"), ("p99", ":")):
            excess = [max(row[name][figure_of], 1e-6) for row in rows if name in row]
            right.plot(ranks, excess, style, marker=mark, color=colour)
    left.set(yscale="log", xlabel="rank", ylabel="CPU seconds a pair")
    right.set(yscale="log", xlabel="rank", ylabel="rad above the best known\n(median, dotted: 99th percentile)")
    left.legend(frameon=False, fontsize="small")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=160)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", type=Path, help="folder of the study's networks")
    parser.add_argument("--preset", default="quick", help="the study")
    parser.add_argument("--json", type=Path, help="also write all figures here")
    parser.add_argument("--plot", type=Path, help="also draw them here")
    parser.add_argument("--ranks", type=int, nargs="+", default=list(RANKS))
    parser.add_argument("--pairs", type=int, default=120, help="pairs a rank")
    parser.add_argument("--published-pairs", type=int, default=16, help="of these for dsa-metric (seconds each)")
    parser.add_argument("--delays", type=int, default=6)
    parser.add_argument("--many", type=float, help="share of the pairs of 2,000 operators (rank 15) to align; no table")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", module="DSA")
    torch.set_num_threads(1)
    systems = activities(arguments.networks, arguments.preset)
    sixty, _ = draw_operators(systems, 15, 120, arguments.delays)
    if arguments.many:
        print(json.dumps(measure_many(sixty, arguments.many), indent=1))
        return
    rows = []
    for rank in arguments.ranks:
        # The reference, not what is measured, takes its time at high rank.
        n_pairs = arguments.pairs * 40 // rank if rank > 40 else arguments.pairs
        operators, pairs = draw_operators(systems, rank, n_pairs, arguments.delays)
        rows.append(measure(operators, pairs, rank, arguments.published_pairs))
        show(rows[-1:])
    print()
    show(rows)
    scaling = measure_scaling(sixty)
    print(json.dumps(scaling, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps({"ranks": rows, "scaling": scaling}, indent=1) + "\n")
    if arguments.plot:
        draw(rows, arguments.plot)


if __name__ == "__main__":
    main()
