"""One suite for every dissimilarity: what each claims must hold on random systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import squareform

from dynashape.dissimilarity import (
    CkaDistance,
    Dissimilarity,
    DsaDistance,
    PairDistances,
    ProcrustesDistance,
    SpectralDistance,
)
from dynashape.records import OK, Status

Systems = list[np.ndarray]


@dataclass(frozen=True)
class Spectrum:
    """The variances of a system's principal components, as shares of their sum."""

    shares: np.ndarray
    status: Status = OK


@dataclass(frozen=True)
class SpectrumDistance(Dissimilarity[Spectrum]):
    """One's own: how far apart the leading principal variances are."""

    n_components: int
    name, words, method, unit = "spectrum", "distance of principal variances", "principal variances", "1"
    geometric, summary = True, Spectrum

    def reduce(self, activity: np.ndarray, choices: np.ndarray, name: str) -> Spectrum:
        values = np.linalg.svd(activity.reshape(-1, activity.shape[-1]), compute_uv=False) ** 2
        return Spectrum((values / values.sum())[: self.n_components])

    def measure(self, summaries: list[Spectrum], pairs: np.ndarray) -> PairDistances:
        shares = np.stack([summary.shares for summary in summaries])
        return PairDistances.exact(np.linalg.norm(shares[pairs[:, 0]] - shares[pairs[:, 1]], axis=1))


@dataclass(frozen=True)
class Claim:
    """How exactly a dissimilarity keeps what it claims."""

    dissimilarity: Dissimilarity[Any]
    zero: float  # how near to zero d(x, x) and d(x, rotated x) come
    triangle: float  # by how much the triangle inequality may be missed

    def distances(self, systems: Systems) -> np.ndarray:
        """The distances between all pairs of systems, each measured once, as a symmetric matrix."""
        pairs = np.stack(np.triu_indices(len(systems), 1), axis=1)
        return squareform(self.measure(systems, pairs)) if len(pairs) else np.zeros((1, 1))

    def measure(self, systems: Systems, pairs: np.ndarray) -> np.ndarray:
        choices = np.repeat([0, 1], 6)
        summaries = [self.dissimilarity.reduce(system, choices, "system") for system in systems]
        assert all(isinstance(summary, self.dissimilarity.summary) and summary.status.ok for summary in summaries)
        found = self.dissimilarity.measure(summaries, pairs)
        assert found.converged.all()
        return found.values


CLAIMS = {
    # The triangle inequality holds for true minima; the default effort misses them by up to about 1e-3.
    "dsa": Claim(DsaDistance(n_delays=2, delay_interval=1, rank=4), zero=1e-6, triangle=2e-3),
    # Eigenvalues of a rotated operator differ by rounding times their condition.
    "spectral": Claim(SpectralDistance(n_delays=2, delay_interval=1, rank=4), zero=1e-8, triangle=1e-10),
    "procrustes": Claim(ProcrustesDistance(), zero=1e-12, triangle=1e-10),
    "cka": Claim(CkaDistance(), zero=1e-12, triangle=1e-10),
    "one's own": Claim(SpectrumDistance(n_components=3), zero=1e-12, triangle=1e-10),
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
def test_both_ways_are_one_and_a_system_is_itself(name: str) -> None:
    there, back, itself = CLAIMS[name].measure(random_systems(0, n=2), np.array([[0, 1], [1, 0], [0, 0]]))
    assert abs(there - back) <= 1e-9
    assert itself <= CLAIMS[name].zero


@over_all
def test_one_system_has_no_pairs(name: str) -> None:
    assert CLAIMS[name].measure(random_systems(0, n=1), np.zeros((0, 2), dtype=int)).shape == (0,)


@over_all
def test_inputs_are_not_modified(name: str) -> None:
    systems = random_systems(1)
    before = [system.copy() for system in systems]
    for system in systems:
        system.flags.writeable = False
    CLAIMS[name].distances(systems)
    assert all((a == b).all() for a, b in zip(systems, before, strict=True))
