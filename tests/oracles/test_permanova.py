"""PERMANOVA and PERMDISP against scikit-bio, and the split-plot sums of squares against projections written out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from dynashape.inference.comparison.cluster_quality import dispersions, two_group_f
from dynashape.inference.comparison.gram import compute_gram
from dynashape.inference.comparison.permanova import (
    compute_contrasts,
    compute_shares,
    condition_null,
    pseudo_f,
    task_null,
)
from dynashape.records import Term

skbio = pytest.importorskip("skbio.stats.distance")


def _case(seed: int, n_systems: int = 20) -> np.ndarray:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n_systems, 6)) + rng.normal(size=(2, 6))[np.arange(n_systems) % 2]
    return cdist(points, points, metric="cityblock" if seed % 2 else "euclidean")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("n_groups", [2, 3, 5])
def test_pseudo_f_equals_scikit_bio_s(seed: int, n_groups: int):
    distances = _case(seed)
    labels = np.random.default_rng(seed + 100).permutation(np.arange(20) % n_groups)
    theirs = skbio.permanova(skbio.DistanceMatrix(distances), labels.astype(str), permutations=0)["test statistic"]
    ours, _ = pseudo_f(distances, labels[None])
    assert float(ours[0]) == pytest.approx(theirs, rel=1e-10)


@pytest.mark.parametrize("seed", range(4))
def test_p_value_agrees_with_scikit_bio_s_free_permutations(seed: int):
    distances = _case(seed)
    labels = np.arange(20) // 10
    theirs = skbio.permanova(skbio.DistanceMatrix(distances), labels.astype(str), permutations=1999, seed=1)["p-value"]
    rng = np.random.default_rng(seed)
    null, _ = pseudo_f(distances, np.vstack([labels, rng.permuted(np.tile(labels, (1999, 1)), axis=1)]))
    ours = float((null >= null[0] - 1e-12).mean())
    # Two independent samples of 2000: a standard error of the difference is at most 0.016.
    assert ours == pytest.approx(theirs, abs=0.05)


@pytest.mark.parametrize("seed", [0, 2, 4])
def test_dispersion_equals_scikit_bio_s(seed: int):
    distances = _case(seed)
    labels = np.arange(20) // 10
    theirs = skbio.permdisp(
        skbio.DistanceMatrix(distances), labels.astype(str), test="centroid", permutations=1, method="eigh"
    )["test statistic"]
    values = dispersions(distances, labels)
    # scikit-bio goes through the principal coordinates, which costs it digits.
    assert float(two_group_f(values, labels.astype(bool)[None])[0]) == pytest.approx(theirs, rel=1e-6)


def _projector(columns: np.ndarray) -> np.ndarray:
    left, values, _ = np.linalg.svd(columns, full_matrices=False)
    left = left[:, values > 1e-9]
    return left @ left.T


@pytest.mark.parametrize("seed", range(4))
def test_split_plot_shares_equal_traces_of_projections(seed: int):
    distances = _case(seed)
    tasks = np.arange(10) >= 5
    gram = compute_gram(distances)
    network = np.tile(np.eye(10), (2, 1))
    task = np.tile(np.eye(2)[tasks.astype(int)], (2, 1))
    condition = np.repeat(np.eye(2), 10, axis=0)
    both = (task[:, :, None] * condition[:, None, :]).reshape(20, 4)
    mean = _projector(np.ones((20, 1)))
    terms = {
        Term.TASK: _projector(task) - mean,
        Term.CONDITION: _projector(condition) - mean,
        Term.INTERACTION: _projector(both) - _projector(task) - _projector(condition) + mean,
    }
    between = _projector(network) - _projector(task)
    within = np.eye(20) - _projector(network) - _projector(both) + _projector(task)
    squares = {term: np.trace(projector @ gram) for term, projector in terms.items()}
    found = compute_shares(compute_contrasts(distances, tasks))
    for term, value in squares.items():
        error = between if term is Term.TASK else within
        assert found.share[term] == pytest.approx(value / np.trace(gram), rel=1e-10)
        assert found.pseudo_f[term] == pytest.approx(8 * value / np.trace(error @ gram), rel=1e-10)
    # The one-way share of scikit-bio's statistic is the same number: F = (R2 / 1) / ((1 - R2) / 18).
    one_way = skbio.permanova(skbio.DistanceMatrix(distances), np.tile(tasks, 2).astype(str), permutations=0)[
        "test statistic"
    ]
    share = found.share[Term.TASK]
    assert 18 * share / (1 - share) == pytest.approx(one_way, rel=1e-10)


def test_relabelled_pseudo_f_equals_that_of_relabelled_matrices():
    distances = _case(1)
    tasks = np.arange(10) >= 5
    contrasts = compute_contrasts(distances, tasks)
    rng = np.random.default_rng(0)
    for _ in range(5):
        moved = rng.permutation(tasks)
        relabelled = compute_shares(compute_contrasts(distances, moved))
        assert task_null(contrasts, moved[None], Term.TASK)[0] == pytest.approx(
            relabelled.pseudo_f[Term.TASK], rel=1e-10
        )
        null = task_null(contrasts, moved[None], Term.INTERACTION)[0]
        assert null == pytest.approx(relabelled.pseudo_f[Term.INTERACTION], rel=1e-10)
        swapped = rng.random(10) < 0.5
        order = np.concatenate([np.arange(10) + 10 * swapped, np.arange(10) + 10 * ~swapped])
        relabelled = compute_shares(compute_contrasts(distances[np.ix_(order, order)], tasks))
        assert condition_null(contrasts, swapped[None])[0] == pytest.approx(
            relabelled.pseudo_f[Term.CONDITION], rel=1e-10
        )
