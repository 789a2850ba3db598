from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from dynashape.errors import InputError
from dynashape.inference import meta_cluster


def _factors() -> dict[str, np.ndarray]:
    grid = np.array([(a, b, c, d) for a in range(2) for b in range(3) for c in range(6) for d in range(4)])
    return dict(zip(("analysis", "architecture", "pair", "phase"), grid.T, strict=True))


def _by_name(found, name: str):
    return next(one for one in found.explained if one.factor == name)


def test_points_grouped_by_analysis_are_explained_by_analysis_alone():
    factors = _factors()
    features = np.random.default_rng(0).normal(size=(144, 2)) + 8.0 * factors["analysis"][:, None]
    found = meta_cluster(features, factors, n_permutations=199)
    assert found.n_groups == 2
    analysis = _by_name(found, "analysis")
    assert analysis.p_value == analysis.groups_p_value == pytest.approx(1 / 200)
    assert analysis.adjusted_rand == pytest.approx(1.0)
    assert analysis.cramers_v == pytest.approx(1.0)
    assert analysis.share > 0.8
    for name in ("architecture", "pair", "phase"):
        assert abs(_by_name(found, name).omega_squared) < 0.05
        assert abs(_by_name(found, name).adjusted_rand) < 0.05


def test_a_small_factor_is_found_beneath_a_large_one():
    factors = _factors()
    features = np.random.default_rng(1).normal(size=(144, 2)) * 0.2
    features[:, 0] += 10.0 * factors["analysis"]
    features[:, 1] += 0.2 * factors["phase"]
    found = meta_cluster(features, factors, n_permutations=199)
    assert _by_name(found, "phase").p_value == pytest.approx(1 / 200)


def test_p_values_without_any_effect_are_uniform_enough():
    rng = np.random.default_rng(2)
    factors = {"analysis": np.repeat([0, 1], 12), "phase": np.tile([0, 1, 2], 8)}
    p_values = [
        one.p_value
        for _ in range(60)
        for one in meta_cluster(rng.normal(size=(24, 2)), factors, n_permutations=99).explained
    ]
    # 120 tests at 10 %: twelve expected, a standard error of 3.3.
    assert 2 <= sum(p <= 0.1 for p in p_values) <= 23
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.1)


def test_one_cloud_is_one_group():
    features = np.random.default_rng(3).normal(size=(60, 6))
    found = meta_cluster(features, {"half": np.arange(60) % 2}, n_permutations=19)
    assert found.n_groups == 1
    assert found.stable is None
    assert found.same_number is None
    assert found.explained[0].cramers_v == 0.0


def test_stability_is_high_for_far_groups_and_low_for_noise():
    rng = np.random.default_rng(4)
    far = np.repeat([0.0, 10.0, 20.0], 10)[:, None] + rng.normal(size=(30, 1))
    steady = far[None] + rng.normal(size=(20, 30, 1))
    found = meta_cluster(far, {"x": np.arange(30) % 2}, replicates=steady, n_permutations=19)
    assert found.n_groups == 3
    assert found.stable is not None
    assert found.stable > 0.95
    assert found.same_number == 1.0
    loose = meta_cluster(far, {"x": np.arange(30) % 2}, replicates=rng.normal(size=(20, 30, 1)), n_permutations=19)
    assert loose.stable is not None
    assert loose.stable < 0.3


def test_features_are_standardised_and_flat_ones_ignored():
    features = np.random.default_rng(5).normal(size=(20, 2))
    wide = np.hstack([features * [1.0, 1000.0], np.full((20, 1), 3.0)])
    first = meta_cluster(features, {"x": np.arange(20) % 2}, n_permutations=19)
    second = meta_cluster(wide, {"x": np.arange(20) % 2}, n_permutations=19)
    np.testing.assert_allclose(first.embedding.points, second.embedding.points, atol=1e-6)
    np.testing.assert_allclose(
        cdist(first.embedding.points, first.embedding.points).std(), 1.0, atol=0.5
    )  # standardised features lie about 2 apart, whatever their units


def test_points_that_all_coincide_are_one_group():
    found = meta_cluster(np.ones((8, 2)), {"x": np.arange(8) % 2}, n_permutations=19)
    assert found.n_groups == 1
    assert found.explained[0].share == 0.0


def test_inputs_that_cannot_be_clustered_are_refused():
    with pytest.raises(InputError, match="4 points"):
        meta_cluster(np.zeros((3, 2)), {})
    with pytest.raises(InputError, match="finite"):
        meta_cluster(np.full((5, 2), np.nan), {})
    with pytest.raises(Exception, match=r"factor"):  # the run-time shape check of the tests comes first
        meta_cluster(np.zeros((5, 2)), {"x": np.zeros(4)})
