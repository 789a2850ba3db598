"""A synthetic study of the paper's form with known variances: every comparison of both analyses, sharing networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from dynashape.inference import Comparison, ComparisonKey, Contrasts, Embedding, compute_shares
from dynashape.records import ANALYSES, Condition


@dataclass(frozen=True)
class StudyVariances:
    """The variances of a study: what tasks, training and input add to the spread of the systems of a comparison."""

    task: float
    training: float
    input: float
    network: float = 0.5
    residual: float = 0.5
    n_dimensions: int = 8

    @property
    def input_share(self) -> float:
        """True share of input in analysis 2."""
        return self.input / (self.task + self.input + self.network + self.residual)

    @property
    def training_share(self) -> float:
        """True share of training in analysis 1."""
        return self.training / (self.task + self.training + self.network + self.residual)


def draw_study(
    variances: StudyVariances,
    n_seeds: int,
    rng: np.random.Generator,
    cells: Sequence[tuple[str, str]] = (("GRU", "delay"),),
    n_tasks: int = 4,
) -> dict[ComparisonKey, Comparison]:
    """The comparisons of a study with these variances, each (architecture, phase) of `cells` with new networks.

    Untrained, trained and noise-driven systems of a network share its own deviation; the trained ones occur in both
    analyses and every network in all of its task pairs. Comparisons carry contrasts and shares; their planes are empty.
    """
    assert variances.n_dimensions >= n_tasks + 2, "the directions of tasks and effects would not be orthogonal"
    comparisons = {}
    for architecture, phase in cells:
        points = _draw_points(variances, n_seeds, n_tasks, rng)
        for analysis in ANALYSES:
            first, second = (points[condition] for condition in analysis.conditions)
            for a, b in combinations(range(n_tasks), 2):
                key = ComparisonKey(analysis.number, architecture, phase, f"task {a}", f"task {b}")
                names = tuple(f"{architecture}/{phase}/{task}/{seed}" for task in (a, b) for seed in range(n_seeds))
                comparisons[key] = carry(_contrasts(first[[a, b]], second[[a, b]]), n_seeds, names)
    return comparisons


def carry(contrasts: Contrasts, n_seeds: int, networks: tuple[str, ...] = ()) -> Comparison:
    """A comparison with these contrasts and nothing else that is not computed from them."""
    n_systems = 2 * contrasts.n_networks
    return Comparison(
        n_systems=n_systems,
        n_left_out=0,
        separations={},
        systems=np.arange(n_systems),
        embedding=Embedding(np.zeros((n_systems, 2)), 0.0, 0, True),
        dimensions=(),
        stresses=(),
        shares=compute_shares(contrasts),
        interaction_p=1.0,
        contrasts=contrasts,
        seeds=np.tile(np.arange(n_seeds), 2),
        networks=networks,
    )


def _draw_points(
    variances: StudyVariances, n_seeds: int, n_tasks: int, rng: np.random.Generator
) -> dict[Condition, np.ndarray]:
    n_dimensions = variances.n_dimensions
    directions = np.linalg.qr(rng.normal(size=(n_dimensions, n_tasks + 2)))[0].T
    scale = np.sqrt(np.array([variances.network, variances.residual]) / n_dimensions)
    # Orthogonal centres at radius sqrt(2 v) lie 2 sqrt(v) apart: a task effect of variance v in every pair.
    centres = np.sqrt(2.0 * variances.task) * directions[:n_tasks, None]
    base = centres + scale[0] * rng.normal(size=(n_tasks, n_seeds, n_dimensions))
    shifts = {
        Condition.UNTRAINED: 2.0 * np.sqrt(variances.training) * directions[-2],
        Condition.TRAINED: np.zeros(n_dimensions),
        Condition.NOISE: 2.0 * np.sqrt(variances.input) * directions[-1],
    }
    return {name: base + shift + scale[1] * rng.normal(size=base.shape) for name, shift in shifts.items()}


def _contrasts(first: np.ndarray, second: np.ndarray) -> Contrasts:
    n_seeds = first.shape[1]
    one, two = first.reshape(2 * n_seeds, -1), second.reshape(2 * n_seeds, -1)
    mean = 0.5 * (one + two).mean(axis=0)
    sums, differences = (one + two - 2.0 * mean) / np.sqrt(2.0), (one - two) / np.sqrt(2.0)
    return Contrasts(sums @ sums.T, differences @ differences.T, np.arange(2 * n_seeds) >= n_seeds)
