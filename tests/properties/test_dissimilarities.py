"""One suite for every dissimilarity: what each claims must hold on random systems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynashape.dissimilarity import (
    DSA,
    cka_distances,
    fit_operator,
    procrustes_distances,
    spectral_distances,
)

Systems = list[np.ndarray]


@dataclass(frozen=True)
class Claim:
    """A dissimilarity between all pairs of a list of activities, and how exactly it keeps what it claims."""

    distances: Callable[[Systems], np.ndarray]
    zero: float  # how near to zero d(x, x) and d(x, rotated x) come
    triangle: float  # by how much the triangle inequality may be missed


CLAIMS = {
    # The triangle inequality holds for true minima; the default effort misses them by up to about 1e-3.
    "dsa": Claim(lambda systems: DSA(n_delays=2, rank=4).fit(systems).distances_, zero=1e-6, triangle=2e-3),
    # Eigenvalues of a rotated operator differ by rounding times their condition.
    "spectral": Claim(
        lambda systems: spectral_distances([fit_operator(system, 2, 4) for system in systems]), 1e-8, 1e-10
    ),
    "procrustes": Claim(procrustes_distances, zero=1e-12, triangle=1e-10),
    "cka": Claim(cka_distances, zero=1e-12, triangle=1e-10),
}
over_all = pytest.mark.parametrize("name", CLAIMS)
seeds = st.integers(0, 2**32 - 1)
examples = settings(deadline=None, max_examples=15)


def random_systems(seed: int, n: int = 4, n_units: int = 5) -> Systems:
    out = []
    for rng in np.random.default_rng(seed).spawn(n):
        weights = 1.5 * rng.normal(size=(n_units, n_units)) / np.sqrt(n_units)
        x = rng.normal(size=(12, n_units))
        steps = []
        for _ in range(15):
            steps.append(x)
            x = 0.6 * x + 0.4 * np.tanh(x @ weights) + 0.2 * rng.normal(size=x.shape)
        out.append(np.stack(steps, axis=1))
    return out


def random_rotation(seed: int, n: int = 5) -> np.ndarray:
    q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=(n, n)))
    return q * np.sign(np.diag(r))


@over_all
@given(seed=seeds)
@examples
def test_symmetric_finite_and_zero_only_between_equals(name: str, seed: int) -> None:
    systems = random_systems(seed)
    distances = CLAIMS[name].distances([*systems, systems[0]])
    assert np.isfinite(distances).all()
    assert (distances == distances.T).all()
    assert (np.diag(distances) == 0).all()
    assert distances[0, 4] <= CLAIMS[name].zero
    different = distances[:4, :4][np.triu_indices(4, 1)]
    assert (different > 1e-3).all()
    np.testing.assert_allclose(distances[0, 1:4], distances[4, 1:4], atol=1e-9)


@over_all
@given(seed=seeds)
@examples
def test_order_and_rotation_of_units_and_the_scale_do_not_count(name: str, seed: int) -> None:
    first, second = random_systems(seed, n=2)
    rng = np.random.default_rng(seed)
    changed = [first @ random_rotation(seed), first[:, :, rng.permutation(5)], first * rng.uniform(1e-6, 1e6)]
    distances = CLAIMS[name].distances([first, *changed, second])
    assert distances[:4, :4].max() <= CLAIMS[name].zero
    np.testing.assert_allclose(distances[:4, 4], distances[0, 4], atol=10 * CLAIMS[name].zero)


@over_all
@given(seed=seeds)
@examples
def test_triangle_inequality(name: str, seed: int) -> None:
    d = CLAIMS[name].distances(random_systems(seed))
    assert (d[:, None, :] <= d[:, :, None] + d[None, :, :] + CLAIMS[name].triangle).all()


@over_all
@given(seed=seeds)
@examples
def test_the_order_of_the_systems_does_not_count(name: str, seed: int) -> None:
    systems = random_systems(seed)
    order = np.random.default_rng(seed).permutation(4)
    distances = CLAIMS[name].distances(systems)
    shuffled = CLAIMS[name].distances([systems[i] for i in order])
    np.testing.assert_allclose(shuffled, distances[np.ix_(order, order)], atol=1e-9)


@over_all
def test_one_system(name: str) -> None:
    assert CLAIMS[name].distances(random_systems(0, n=1)).tolist() == [[0.0]]


@over_all
def test_inputs_are_not_modified(name: str) -> None:
    systems = random_systems(1)
    before = [system.copy() for system in systems]
    for system in systems:
        system.flags.writeable = False
    CLAIMS[name].distances(systems)
    assert all((a == b).all() for a, b in zip(systems, before, strict=True))
