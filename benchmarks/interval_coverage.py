"""Coverage of the intervals of `dynashape.inference` on synthetic studies with known shares; nominal 95 %.

    python benchmarks/interval_coverage.py --studies 200

Prints what `MEASURED_COVERAGE` and `MEASURED_BIAS` hold. A study has the paper's form: networks of four tasks, three
conditions each, so the comparisons of both analyses and of all task pairs share networks.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from dynashape.inference import Components, compute_headline, compute_shares
from dynashape.inference.comparison.intervals import jackknife_interval, shares_without_seeds
from dynashape.inference.comparison.permanova import TERMS
from dynashape.inference.planning.components import draw_contrasts
from dynashape.records import HEADLINE

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from drawn_study import StudyVariances, draw_study


def cover_shares(n_seeds: int, n_studies: int, rng: np.random.Generator) -> list[float]:
    rates = []
    for n_dimensions in (3, 10):
        for sizes in ((0.1, 0.1, 0.01), (0.36, 0.36, 0.04), (1.4, 0.25, 0.1), (0.25, 1.4, 0.1), (1.0, 4.0, 0.25)):
            components = Components(*sizes, 0.5, 0.5, n_dimensions)
            hits = np.zeros(3)
            for _ in range(n_studies):
                contrasts = draw_contrasts(components, n_seeds, rng)
                without = shares_without_seeds(contrasts, np.tile(np.arange(n_seeds), 2))
                found = compute_shares(contrasts).omega_squared
                for column, term in enumerate(TERMS):
                    interval = jackknife_interval(found[term], without[:, column])
                    hits[column] += interval.low <= components.shares[term] <= interval.high
            rates.extend(hits / n_studies)
    return rates


def measure_bias(n_seeds: int, n_studies: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Mean of (estimate - truth) in each setting and term, for omega-squared and PERMANOVA's plain share."""
    found: dict[str, list[np.ndarray]] = {"omega_squared": [], "share": []}
    for n_dimensions in (3, 10):
        for sizes in ((0.1, 0.1, 0.01), (0.36, 0.36, 0.04), (1.4, 0.25, 0.1), (0.25, 1.4, 0.1), (1.0, 4.0, 0.25)):
            components = Components(*sizes, 0.5, 0.5, n_dimensions)
            truth = np.array([components.shares[term] for term in TERMS])
            drawn = [compute_shares(draw_contrasts(components, n_seeds, rng)) for _ in range(n_studies)]
            for name, biases in found.items():
                estimates = [[getattr(one, name)[term] for term in TERMS] for one in drawn]
                biases.append(np.mean(estimates, axis=0) - truth)
    return {name: np.array(biases) for name, biases in found.items()}


def cover_differences(n_seeds: int, n_studies: int, rng: np.random.Generator) -> list[float]:
    rates = []
    for n_dimensions in (6, 12):
        for sizes in ((0.5, 0.3, 0.3), (0.5, 0.1, 1.0), (0.2, 1.0, 0.2), (0.5, 0.02, 0.02)):
            variances = StudyVariances(*sizes, n_dimensions=n_dimensions)
            truth = variances.input_share - variances.training_share
            hits = 0
            for _ in range(n_studies):
                found = compute_headline(draw_study(variances, n_seeds, rng)).cells[0].difference
                hits += found.low <= truth <= found.high
            rates.append(hits / n_studies)
    return rates


def cover_pooled(n_seeds: int, n_studies: int, rng: np.random.Generator, spread: float = 0.0) -> tuple[float, float]:
    hits = np.zeros(2)
    cells = [(architecture, phase) for architecture in "XYZ" for phase in "fsdr"]
    for _ in range(n_studies):
        comparisons, truths = {}, []
        for cell in cells:
            training, input_ = np.array([0.2, 0.5]) * np.exp(spread * rng.normal(size=2))
            variances = StudyVariances(0.5, float(training), float(input_))
            comparisons |= draw_study(variances, n_seeds, rng, [cell])
            truths.append(variances.input_share - variances.training_share)
        found = compute_headline(comparisons).of(HEADLINE).difference
        hits += [found.low_here <= np.mean(truths) <= found.high_here, found.low <= np.mean(truths) <= found.high]
    return tuple(hits / n_studies)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--seeds", type=int, nargs="*", default=[3, 4, 5, 7, 10, 20])
    arguments = parser.parse_args()
    for n_seeds in arguments.seeds:
        rng = np.random.default_rng(n_seeds)
        for name, biases in measure_bias(n_seeds, arguments.studies, rng).items():
            print(f"{name:<13} {n_seeds:>3} seeds: bias mean {biases.mean():+.3f}, largest {abs(biases).max():.3f}")
        for name, cover in (("share", cover_shares), ("difference", cover_differences)):
            rates = cover(n_seeds, arguments.studies, rng)
            print(
                f"{name:<11} {n_seeds:>3} seeds: mean {np.mean(rates):.3f} ({min(rates):.3f} to {max(rates):.3f})",
                flush=True,
            )
    for differ in (0.0, 0.5):
        rates = cover_pooled(5, max(arguments.studies // 4, 10), np.random.default_rng(0), differ)
        print(f"pooled, 5 seeds, cells differ by {differ}: these cells {rates[0]:.3f}, cells like these {rates[1]:.3f}")


if __name__ == "__main__":
    main()
