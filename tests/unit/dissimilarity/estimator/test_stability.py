"""Kendall's W of orderings, against its definition and special cases, and over a grid of choices."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import friedmanchisquare, spearmanr

from dynashape.dissimilarity import DSA, ordering_stability
from dynashape.distances import Distances
from dynashape.errors import InputError
from latent_systems import record, rotations


def matrices(values: np.ndarray) -> np.ndarray:
    """Symmetric matrices with these rows in their upper triangles."""
    n = round((1 + np.sqrt(1 + 8 * values.shape[1])) / 2)
    out = np.zeros((len(values), n, n))
    rows, columns = np.triu_indices(n, 1)
    out[:, rows, columns] = out[:, columns, rows] = values
    return out


@pytest.mark.parametrize("ties", [False, True])
def test_w_is_that_of_friedman(ties: bool) -> None:
    values = np.random.default_rng(0).normal(size=(5, 10)) + np.arange(10) / 4
    values = np.round(values) if ties else values
    found = ordering_stability(matrices(values))
    chi_squared = friedmanchisquare(*values.T).statistic
    assert found.w == pytest.approx(chi_squared / (5 * 9), rel=1e-12)
    assert (found.n_measurements, found.n_pairs) == (5, 10)
    rho = spearmanr(values, axis=1).statistic
    assert found.rank_correlations == pytest.approx((rho.sum(axis=1) - 1) / 4, rel=1e-12)


def test_w_of_equal_and_of_unrelated_orders() -> None:
    values = np.random.default_rng(1).normal(size=(1, 45))
    assert ordering_stability(matrices(np.repeat(values, 4, axis=0))).w == pytest.approx(1.0)
    unrelated = np.random.default_rng(2).normal(size=(40, 1225))
    assert ordering_stability(matrices(unrelated)).w == pytest.approx(1 / 40, rel=0.1)
    assert ordering_stability(matrices(np.concatenate([values, -values]))).w == pytest.approx(0.0, abs=1e-12)


def test_missing_measurements_and_pairs_are_left_out() -> None:
    values = np.random.default_rng(0).normal(size=(3, 10)) + np.arange(10)
    whole = ordering_stability(matrices(values[:, 1:7]))
    gap = np.concatenate([values, np.full((1, 10), np.nan)])
    gap[0, [0, 7, 8, 9]] = np.nan
    found = ordering_stability(matrices(gap))
    assert found.w == whole.w
    assert (found.n_measurements, found.n_pairs) == (3, 6)
    assert np.isnan(found.rank_correlations[3])
    assert (found.rank_correlations[:3] == whole.rank_correlations).all()
    for bad in (matrices(values[:1]), matrices(values[:, :1]), values, [np.zeros((3, 3)), np.zeros((4, 4))]):
        with pytest.raises(InputError):
            ordering_stability(bad)


def test_no_order_at_all_is_no_number() -> None:
    found = ordering_stability(matrices(np.ones((3, 6))))
    assert np.isnan(found.w)
    assert np.isnan(found.rank_correlations).all()


def test_the_grid_of_an_estimator() -> None:
    given = {f"s{k}": record(rotations(k), np.random.default_rng(k), n_units=8) for k in range(4)}
    ticks: list[tuple[int, int]] = []
    dsa = DSA(2, 6).fit(given)
    dsa.progress = lambda *tick: ticks.append(tick)
    found = dsa.stability(delays=(2, 1, 3), ranks=np.array([4, 6, 10]))
    assert (found.delays, found.ranks, found.chosen) == ((1, 2, 3), (4, 6, 10), (2, 6))
    assert (found.distances[1, 1] == dsa.distances_).all()
    assert (found.distances[2, 0] == DSA(3, 4).fit(given).distances_).all()
    # Eight units hold no ten directions at one delay.
    assert not found.statuses[0][2].ok
    assert "s0" in found.statuses[0][2].message
    assert "rank must lie in 1..8" in found.statuses[0][2].message
    assert np.isnan(found.distances[0, 2]).all()
    assert np.isnan(found.rank_correlations[0, 2])
    whole = ordering_stability(np.delete(found.distances.reshape(9, 4, 4), 2, axis=0))
    assert found.w == whole.w
    assert 0.0 < found.w <= 1.0
    assert dsa.stability(ranks=(4, 6)).delays == (1, 2, 3, 4)
    assert dsa.stability(delays=(2,)).ranks == (3, 6, 9, 12)


def test_errors() -> None:
    given = [record(rotations(k), np.random.default_rng(k)) for k in range(3)]
    with pytest.raises(InputError, match="at least 3 systems in X; got 2"):
        DSA(2, 6).fit(given[:2]).stability()
    with pytest.raises(InputError, match="at least 2 possible choices of delays and rank; got 1"):
        DSA(2, 6).fit(given).stability((2,), (6,))
    fitted = DSA(2, 6).fit(given)
    masked = np.ma.array([1, 2], mask=[False, True])
    for delays in ((0, 1), "ab", [np.nan], [np.inf], [None], [True], [[1], [2]], masked, {1: 2}, 3, ()):
        with pytest.raises(InputError, match="delays"):
            fitted.stability(delays=delays)
        with pytest.raises(InputError, match="ranks"):
            fitted.stability(ranks=delays)


def test_only_distances_have_an_order() -> None:
    values = np.random.default_rng(0).normal(size=(2, 10)) ** 2
    given = matrices(values)
    labelled = [Distances(each, {"name": range(5)}) for each in given]
    assert ordering_stability(labelled).w == ordering_stability(given).w
    for bad, said in (
        (np.ma.array(given, mask=given > 1), "masked"),
        (given + 1j, "real numbers"),
        (given * np.inf, "infinity"),
        (given * [[1.0], [2.0], [3.0], [4.0], [5.0]], "same in both directions"),
        ("abc", "systems, systems"),
        (None, "systems, systems"),
    ):
        with pytest.raises(InputError, match=said):
            ordering_stability(bad)


def test_no_order_is_read_from_rounding() -> None:
    rng = np.random.default_rng(0)
    values = np.repeat([[0.1, 0.2, 0.2, 0.3, 0.3, 0.3]], 4, axis=0)
    exact = ordering_stability(matrices(values))
    rounded = ordering_stability(matrices(values * (1 + 1e-15 * rng.normal(size=values.shape))))
    assert rounded.w == exact.w == pytest.approx(1.0)
    assert np.isnan(ordering_stability(matrices(1 + 1e-15 * rng.normal(size=(4, 6)))).w)
    # What is larger than rounding still orders.
    fine = 1 + 1e-10 * np.arange(6)
    assert ordering_stability(matrices(np.stack([fine, -fine]))).w == pytest.approx(0.0, abs=1e-12)
