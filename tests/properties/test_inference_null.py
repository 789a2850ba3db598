"""Known answers over many studies: p-values without an effect are uniform, and invariances hold for any distances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import cdist

from dynashape.distances import Distances
from dynashape.inference import (
    ComparisonKey,
    compare,
    comparison_rows,
    compute_contrasts,
    condition_swaps,
    task_relabellings,
)
from dynashape.inference.comparison.permanova import condition_null, task_null
from dynashape.records import Term

_LABELS = {
    "task": np.tile(np.repeat(["A", "B"], 5), 2),
    "condition": np.repeat(["one", "two"], 10),
    "seed": np.tile(np.arange(5), 4),
}


def _operator_distances(rng: np.random.Generator, rank: int = 6) -> np.ndarray:
    """Angles between 20 synthetic symmetric operators: their alignment over O(n) is that of the sorted eigenvalues.

    The two operators of a network (its conditions) share a part, so systems are not independent, as in a study.
    """
    shared = rng.normal(size=(10, rank, rank))
    spectra = []
    for _ in range(2):
        operators = shared + 0.7 * rng.normal(size=(10, rank, rank))
        spectra.append(np.linalg.eigvalsh(operators + operators.transpose(0, 2, 1)))
    values = np.vstack(spectra)
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    angles = np.arccos(np.clip(values @ values.T, -1.0, 1.0))
    np.fill_diagonal(angles, 0.0)
    return 0.5 * (angles + angles.T)


def test_p_values_of_a_thousand_null_studies_are_uniform():
    rng = np.random.default_rng(0)
    tasks = np.arange(10) >= 5
    exchanges, swaps = task_relabellings(tasks), condition_swaps(10)
    p_values: dict[Term, list[float]] = {term: [] for term in Term}
    for _ in range(1000):
        contrasts = compute_contrasts(_operator_distances(rng), tasks)
        for term, relabellings in ((Term.TASK, exchanges), (Term.INTERACTION, exchanges), (Term.CONDITION, swaps)):
            null = (
                condition_null(contrasts, swaps.table)
                if term is Term.CONDITION
                else task_null(contrasts, exchanges.table, term)
            )
            p_values[term].append(relabellings.p_value(float(null[0]), null))
    for term, values in p_values.items():
        step = 1 / len(swaps.table) if term is Term.CONDITION else 1 / len(exchanges.table)
        # p takes the values step, 2 step, ...; spread evenly over its step it is uniform exactly where the test is.
        spread = np.array(values) - step * rng.random(len(values))
        assert stats.kstest(spread, "uniform").pvalue > 0.001, term


@pytest.mark.slow
def test_accuracies_of_null_studies_are_never_called_significant_too_often():
    rng = np.random.default_rng(1)
    p_values = []
    for _ in range(400):
        found = compare(Distances(_operator_distances(rng), _LABELS), dimensions=())
        p_values.append([separation.p_value for separation in found.separations.values()])
    for level in (0.05, 0.1, 0.25):
        # Accuracies tie, so the test may be conservative; three standard errors above the level is too often.
        limit = level + 3 * np.sqrt(level * (1 - level) / 400)
        assert (np.mean(np.array(p_values) <= level, axis=0) <= limit).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 100.0))
def test_scale_and_order_change_no_statistic(seed: int, scale: float):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(20, 4))
    distances = cdist(points, points)
    first = compare(Distances(distances, _LABELS), dimensions=())
    second = compare(Distances(scale * distances, _LABELS).take(rng.permutation(20)), dimensions=())
    for name, one in first.separations.items():
        other = second.separations[name]
        assert other.permanova_p == one.permanova_p
        # Sums of squares of a few dozen terms.
        assert other.share == pytest.approx(one.share, rel=1e-9)
        assert other.omega_squared == pytest.approx(one.omega_squared, rel=1e-9, abs=1e-12)
        assert other.silhouette == pytest.approx(one.silhouette, rel=1e-9, abs=1e-12)
        assert other.held_out == one.held_out


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["any", "few values", "one outlier"]))
def test_every_number_is_finite_for_distances_without_an_embedding(seed: int, kind: str):
    rng = np.random.default_rng(seed)
    distances = rng.random((20, 20))
    if kind == "few values":
        distances = np.round(distances)
    if kind == "one outlier":
        distances[0] = 1e6
    distances = np.triu(distances, 1)
    found = compare(Distances(distances + distances.T, _LABELS))
    for row in comparison_rows(ComparisonKey(1, "GRU", "delay", "A", "B"), found):
        for name, value in row.items():
            assert isinstance(value, str) or np.isfinite(value), name
    for record in found.separations.values():
        for p_value in (record.p_value, record.permanova_p, record.dispersion_p):
            assert 0.0 < p_value <= 1.0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_exchanging_the_names_of_tasks_or_conditions_changes_nothing(seed: int):
    points = np.random.default_rng(seed).normal(size=(20, 3))
    distances = cdist(points, points)
    renamed = {
        **_LABELS,
        "task": np.where(_LABELS["task"] == "A", "B", "A"),
        "condition": np.where(_LABELS["condition"] == "one", "two", "one"),
    }
    first, second = (compare(Distances(distances, labels), dimensions=()) for labels in (_LABELS, renamed))
    for name, one in first.separations.items():
        assert second.separations[name].permanova_p == one.permanova_p
        assert second.separations[name].omega_squared == pytest.approx(one.omega_squared, rel=1e-9, abs=1e-12)
