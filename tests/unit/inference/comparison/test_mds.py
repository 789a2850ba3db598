from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.manifold import smacof

from dynashape.errors import InputError
from dynashape.inference import embed_mds


def _distances(n_systems: int, n_dimensions: int, seed: int = 0) -> np.ndarray:
    points = np.random.default_rng(seed).normal(size=(n_systems, n_dimensions))
    return cdist(points, points)


def test_points_of_the_plane_come_back_exactly():
    distances = _distances(12, 2)
    found = embed_mds(distances, 2)
    # The classical start is exact for planar distances; eigh leaves errors of 1e-15.
    np.testing.assert_allclose(cdist(found.points, found.points), distances, atol=1e-10)
    assert found.stress < 1e-10


def test_stress_is_as_low_as_sklearn_s_best_of_many_starts():
    for seed in range(4):
        distances = _distances(20, 8, seed)
        points, _ = smacof(distances, n_components=2, n_init=8, random_state=0, normalized_stress=False)
        theirs = cdist(points, points)
        scale = (theirs * distances).sum() / (theirs**2).sum()
        stress = np.sqrt(((distances - scale * theirs) ** 2).sum() / (distances**2).sum())
        # One deterministic start against eight random ones: local minima lie within a few per cent.
        assert embed_mds(distances, 2).stress < 1.03 * stress


def test_stress_falls_with_dimensions_and_never_rises_for_the_monotone_fit():
    distances = _distances(20, 8)
    stresses = [embed_mds(distances, k).stress for k in (1, 2, 3, 4, 5)]
    assert all(after < before for before, after in pairwise(stresses))
    assert embed_mds(distances, 2, metric=False).stress < stresses[1]


def test_only_the_order_matters_to_the_non_metric_fit():
    distances = _distances(15, 2)
    found = embed_mds(np.sqrt(distances), 2, metric=False)
    upper = np.triu_indices(15, 1)
    rank = np.corrcoef(
        np.argsort(np.argsort(cdist(found.points, found.points)[upper])), np.argsort(np.argsort(distances[upper]))
    )[0, 1]
    assert rank > 0.99  # planar points transformed: their order can be met nearly exactly
    assert found.stress < 0.05


def test_the_picture_is_deterministic_and_does_not_depend_on_the_scale():
    distances = _distances(20, 6)
    first, second = embed_mds(distances, 2, seed=1), embed_mds(distances, 2, seed=2)
    np.testing.assert_array_equal(first.points, second.points)
    np.testing.assert_allclose(embed_mds(10.0 * distances, 2).points, 10.0 * first.points, rtol=1e-6)


def test_more_components_than_the_distances_have_leave_the_rest_flat():
    line = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0)))
    found = embed_mds(line, 4)
    assert found.points.shape == (5, 4)
    assert found.stress < 1e-3  # the seeded noise on the missing axes shrinks to round-off of the stopping rule


def test_identical_systems_are_one_point():
    found = embed_mds(np.zeros((4, 4)), 2)
    assert not found.points.any()
    assert found.stress == 0.0


def test_equal_distances_do_not_divide_by_zero():
    assert np.isfinite(embed_mds(1.0 - np.eye(6), 2).points).all()


@pytest.mark.parametrize(
    ("matrix", "word"),
    [
        (np.array([[0.0, np.nan], [np.nan, 0.0]]), "finite"),
        (np.array([[0.0, 1.0], [2.0, 0.0]]), "symmetric"),
        (np.array([[1.0, 1.0], [1.0, 0.0]]), "diagonal"),
        (np.array([[0.0, -1.0], [-1.0, 0.0]]), "negative"),
    ],
)
def test_matrices_that_are_no_distances_are_refused(matrix: np.ndarray, word: str):
    with pytest.raises(InputError, match=word):
        embed_mds(matrix)


def test_no_components_are_refused():
    with pytest.raises(InputError, match="n_components"):
        embed_mds(np.zeros((2, 2)), 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: np.ma.masked_array(d, mask=d > 1.0), "distances has .* masked values"),
        (lambda d: d + 0j, "distances must hold real numbers; got dtype complex128"),
        (lambda d: d * 1e-160, "distances must be between 1e-100 and 1e.100 in size; .* values / values.max"),
        (lambda d: d * 1e160, "distances must be between"),
        (lambda d: "abc", "distances must hold real numbers"),
        (lambda d: None, "distances must be an array of real numbers"),
    ],
    ids=["masked", "complex", "tiny", "huge", "text", "none"],
)
def test_what_is_no_matrix_of_distances_is_refused(change, message: str):
    with pytest.raises(InputError, match=message):
        embed_mds(change(_distances(6, 2)))


def test_lists_and_sizes_within_bounds_are_read():
    distances = _distances(6, 2)
    points = embed_mds(distances).points
    assert embed_mds(distances.tolist()).points.tolist() == points.tolist()
    for scale in (2.0**-300, 2.0**300):
        np.testing.assert_allclose(embed_mds(distances * scale).points / scale, points, atol=1e-10)
