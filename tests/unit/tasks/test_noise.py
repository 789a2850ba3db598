from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dynashape.tasks.noise import gaussian_noise


def test_noise_is_standard_normal():
    noise = gaussian_noise((1000, 100), np.random.default_rng(0)).astype(np.float64)
    n = noise.size
    # Four standard errors of mean, variance and fourth moment of n normal numbers.
    assert abs(noise.mean()) < 4 / np.sqrt(n)
    assert abs(noise.var() - 1) < 4 * np.sqrt(2 / n)
    assert abs((noise**4).mean() - 3) < 4 * np.sqrt(96 / n)
    # The table's own error, 2**-17, is far below what n numbers can show, so the exact test must not see it.
    assert stats.kstest(noise.ravel(), "norm").pvalue > 0.01


def test_the_four_draws_of_one_random_number_are_independent():
    noise = gaussian_noise((50_000, 4), np.random.default_rng(1)).astype(np.float64)
    correlations = np.corrcoef(noise, rowvar=False)[np.triu_indices(4, 1)]
    squares = np.corrcoef(noise**2, rowvar=False)[np.triu_indices(4, 1)]
    # Standard error 1/sqrt(n); twelve comparisons, so four standard errors.
    assert np.abs([correlations, squares]).max() < 4 / np.sqrt(50_000)


@pytest.mark.parametrize("shape", [(1,), (3, 5), (2, 3, 7)])
def test_any_shape_in_float32(shape):
    noise = gaussian_noise(shape, np.random.default_rng(0))
    assert noise.shape == shape
    assert noise.dtype == np.float32
    assert len(np.unique(noise)) == noise.size


def test_noise_follows_from_the_generator():
    a, b, c = (gaussian_noise((10,), np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)


def test_a_32_bit_generator_gives_the_same_distribution():
    noise = gaussian_noise((40_000,), np.random.Generator(np.random.MT19937(0)))
    assert stats.kstest(noise, "norm").pvalue > 0.01
