from __future__ import annotations

import numpy as np
import pytest

from dynashape.dissimilarity.activity import read_activity
from dynashape.dissimilarity.operator.blocked_products import inner_product, times
from dynashape.dissimilarity.operator.decomposition import decompose
from dynashape.dissimilarity.operator.trial_groups import group_slices, read_in_groups
from dynashape.dissimilarity.operator.window_sums import (
    Windows,
    find_windows,
    sum_by_group,
    sum_pairs,
    variance_of_next,
)

LENGTHS = [7, 2, 11, 5, 3, 8]


def ragged(n_units: int = 4, offset: float = 0.0) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [offset + rng.normal(size=(length, n_units)).cumsum(axis=0) for length in LENGTHS]


def windows_of(trials: list[np.ndarray]) -> Windows:
    rng = np.random.default_rng(1)
    return Windows(rng.normal(size=(sum(LENGTHS), 3)), np.concatenate(trials), np.array(LENGTHS))


def gathered(windows: Windows) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """v(now), v(next), x(now) and x(next) of all pairs, one by one."""
    pairs, row = [], 0
    for length in windows.lengths:
        pairs += [(k, k + 1) for k in range(row, row + length - 1)]
        row += length
    now, later = np.array(pairs, dtype=int).reshape(-1, 2).T
    return windows.coordinates[now], windows.coordinates[later], windows.present[now], windows.present[later]


@pytest.mark.parametrize("dropped", [0, 1, 4, 10, 11])
def test_sums_are_those_of_the_pairs_one_by_one(dropped: int) -> None:
    windows = windows_of(ragged()).later(dropped)
    v, v_next, x, x_next = gathered(windows)
    sums = sum_pairs(windows)
    assert sums.n == windows.n_pairs == len(v)
    for ours, theirs in (
        (sums.squares, v.T @ v),
        (sums.products, v.T @ v_next),
        (sums.crossed, v.T @ x_next),
        (sums.next, x_next.sum(axis=0)),
        (sums.energy, np.sum(x_next**2)),
        (sums.change, np.sum((x_next - x) ** 2)),
        (variance_of_next(windows, sums), np.sum((x_next - x_next.mean(axis=0)) ** 2) if len(x) else 0.0),
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
    weights = np.random.default_rng(2).normal(size=(3, 4))
    assert windows.missed(weights) == pytest.approx(np.sum((x_next - v @ weights) ** 2), abs=1e-12)


def test_sums_far_from_zero_lose_no_digits_to_their_subtraction() -> None:
    near, far = windows_of(ragged()), windows_of(ragged(offset=2.0**26))
    assert sum_pairs(far).change == pytest.approx(sum_pairs(near).change, rel=1e-6)
    assert variance_of_next(far, sum_pairs(far)) == pytest.approx(variance_of_next(near, sum_pairs(near)), rel=1e-6)


def test_parts_add_up() -> None:
    windows = windows_of(ragged())
    assert [len(group.lengths) for group in windows.groups] == [2, 1, 1, 1, 1]
    whole, summed = sum_pairs(windows), sum_by_group(windows)
    assert summed.n == whole.n
    np.testing.assert_allclose(summed.crossed, whole.crossed, rtol=1e-12)
    np.testing.assert_allclose(summed.change, whole.change, rtol=1e-12)


@pytest.mark.parametrize("rank", [2, 6])
def test_with_one_delay_what_is_crossed_follows_from_the_coordinates(rank: int) -> None:
    """Of the next step only what the kept directions hold can be predicted, and that is their next coordinates."""
    recording = read_activity(ragged(6))
    directions = decompose(recording, 1, 1, rank)
    windows = find_windows(recording, directions, 1, 1)
    assert windows.back is not None
    v, _, _, x_next = gathered(windows)
    basis = directions.present / np.linalg.norm(directions.present, axis=1)[:, None]
    np.testing.assert_allclose(sum_pairs(windows).crossed, v.T @ x_next @ basis.T @ basis, atol=1e-12)


def test_a_recording_read_in_groups_holds_every_trial_once() -> None:
    trials = ragged()
    recording = read_in_groups([trials[0], np.stack([trials[3]] * 7), trials[1]])
    assert group_slices(recording.n_trials) == [slice(0, 2), slice(2, 4), slice(4, 6), slice(6, 8), slice(8, 9)]
    # Trials 0 and 5, 1 and 6, 2 and 7, 3 and 8, and 4: the single ones are 0 and 8.
    assert recording.lengths.tolist() == [7, 5, 5, 5, 5, 5, 5, 2, 5]
    starts = recording.starts
    for k, expected in enumerate([trials[0], *[trials[3]] * 6, trials[1], trials[3]]):
        rows = recording.table[starts[k] : starts[k] + len(expected)]
        np.testing.assert_array_equal(rows * recording.scale, expected)
    assert group_slices(2) == [slice(0, 1), slice(1, 2)]


@pytest.mark.parametrize(("rows", "m", "n"), [(0, 2, 3), (1, 2, 3), (3000, 20, 20), (5000, 3, 2), (700, 110, 60)])
def test_products_in_parts_are_the_whole_products(rows: int, m: int, n: int) -> None:
    rng = np.random.default_rng(0)
    a, b, c = rng.normal(size=(rows, m)), rng.normal(size=(rows, n)), rng.normal(size=(m, n))
    np.testing.assert_allclose(inner_product(a, b), a.T @ b, atol=1e-10)
    np.testing.assert_allclose(times(a, c), a @ c, atol=1e-12)
