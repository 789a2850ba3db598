"""What centring, total least squares and steps ahead are for, each on systems whose answer is known."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import scipy.linalg

from dynashape.dissimilarity import Operator, align, align_all, fit_operator
from dynashape.dissimilarity.activity.recording import COMPACT_FROM
from dynashape.dissimilarity.operator.decomposition import decompose
from dynashape.dissimilarity.operator.held_out import one_step_errors
from dynashape.dissimilarity.operator.trial_groups import read_in_groups
from dynashape.dissimilarity.operator.window_sums import RecordedSteps, find_windows, sum_by_group, variance_of_next
from dynashape.errors import InputError
from dynashape.store.codec import pack, unpack


def rotations(angles, decay=0.97, n_trials=40, n_steps=40, noise=0.3, seed=0) -> np.ndarray:
    """The states of damped rotations in planes, driven by noise."""
    rng = np.random.default_rng(seed)
    blocks = [decay * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) for a in angles]
    step = scipy.linalg.block_diag(*blocks)
    x, steps = rng.normal(size=(n_trials, 2 * len(angles))), []
    for t in range(30 + n_steps):
        x = x @ step.T + noise * rng.normal(size=x.shape)
        steps += [x] if t >= 30 else []
    return np.stack(steps, axis=1)


def test_the_defaults_are_the_arithmetic_of_before_to_the_bit() -> None:
    activity = rotations((0.3, 0.9), seed=3) @ np.random.default_rng(1).normal(size=(4, 9))
    recording = read_in_groups(activity)
    directions = decompose(recording, 3, 1, 5)
    squares, products = np.zeros((2, *(directions.coordinates.shape[1],) * 2))
    for group in find_windows(recording, directions, 3, 1).groups:
        v, joins = group.coordinates, np.cumsum(group.lengths)[:-1] - 1
        squares = squares + (v[:-1].T @ v[:-1] - v[joins].T @ v[joins])
        both = np.zeros_like(products)
        both += v[:-1].T @ v[1:]
        products = products + (both - v[joins].T @ v[joins + 1])
    factor = scipy.linalg.cho_factor(squares[:5, :5] + 1e-8 * np.eye(5))
    expected = scipy.linalg.cho_solve(factor, products[:5, :5]).T
    operator = fit_operator(activity, 3, 5)
    np.testing.assert_array_equal(operator.matrix, expected)
    assert (operator.center, operator.regression, operator.steps_ahead) == (None, "ols", 1)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_centring_is_subtracting_each_units_mean_by_hand(dtype: type) -> None:
    rng = np.random.default_rng(0)
    activity = (rotations((0.3, 0.9)) @ rng.normal(size=(4, 9)) + 20 * rng.normal(size=9)).astype(dtype)
    ragged = [activity[:7, :25], activity[7], activity[8:]]
    for given in (activity, ragged, activity[0]):
        trials = list(given) if isinstance(given, list) else [given]
        means = np.concatenate([t.reshape(-1, 9) for t in trials]).astype(np.float64).mean(axis=0)
        by_hand = fit_operator([t - means for t in trials], 2, 4)
        centred = fit_operator(given, 2, 4, center="unit")
        np.testing.assert_allclose(centred.matrix, by_hand.matrix, atol=1e-10)
        np.testing.assert_allclose(centred.singular_values, by_hand.singular_values, rtol=1e-10, atol=1e-6)
        assert centred.one_step_error == pytest.approx(by_hand.one_step_error, rel=1e-9)
        assert centred.persistence_error == pytest.approx(by_hand.persistence_error, rel=1e-9)


def test_centring_takes_an_offset_out_of_the_distance() -> None:
    """One system through two offsets: far apart as they are, the same once centred."""
    rng = np.random.default_rng(0)
    readout = rng.normal(size=(4, 12))
    activity = rotations((0.3, 0.9), n_trials=60) @ readout
    moved = activity + 3 * rng.normal(size=12)
    plain = [fit_operator(x, 1, 4) for x in (activity, moved)]
    centred = [fit_operator(x, 1, 4, center="unit") for x in (activity, moved)]
    assert align(*plain).distance > 0.1
    assert align(*centred).distance < 1e-8


def test_activity_that_stays_at_its_mean_does_not_vary() -> None:
    for value in (0.1, 1.0, 1e6 / 3):
        operator = fit_operator(np.full((4, 10, 3), value), 2, 2, center="unit")
        assert operator.status.code == "unvarying"
        assert (operator.matrix == 0).all()


def recordings_of_unequal_noise(seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Four systems that differ in their frequencies, each recorded with little, some and much noise."""
    rng = np.random.default_rng(seed)
    recordings, systems = [], []
    for system in range(4):
        angles = rng.uniform(0.2, 1.6, 3)
        for k, noise in enumerate((0.1, 0.5, 1.5)):
            x = rotations(angles, n_trials=50, n_steps=50, seed=100 * seed + 10 * system + k) @ rng.normal(size=(6, 30))
            recordings.append(x + noise * x.std() * rng.normal(size=x.shape))
            systems.append(system)
    return recordings, np.array(systems)


def auc(operators: list[Operator], systems: np.ndarray) -> float:
    """How often two systems are farther apart than two recordings of one."""
    i, j = np.triu_indices(len(systems), 1)
    distances, same = align_all(operators).square()[i, j], systems[i] == systems[j]
    return float(np.mean(distances[~same][:, None] > distances[same]))


def test_total_least_squares_hears_one_system_through_unequal_noise() -> None:
    recordings, systems = recordings_of_unequal_noise(0)
    least_squares = auc([fit_operator(x, 1, 6) for x in recordings], systems)
    total = auc([fit_operator(x, 1, 6, regression="tls") for x in recordings], systems)
    assert least_squares < 0.95
    assert total > 0.99


def test_total_least_squares_finds_the_angles_and_forgets_the_decay() -> None:
    angles = np.array([0.3, 0.9])
    for decay in (0.98, 0.9):
        activity = rotations(angles, decay, n_trials=200, noise=0.5)
        found = np.linalg.eigvals(fit_operator(activity, 1, 4, regression="tls").matrix)
        np.testing.assert_allclose(np.abs(found), 1.0, atol=0.02)
        np.testing.assert_allclose(np.sort(np.angle(found))[2:], angles, atol=0.05)


def test_total_least_squares_by_its_definition() -> None:
    activity = rotations((0.3, 0.9)) @ np.random.default_rng(1).normal(size=(4, 6))
    V = np.linalg.svd(activity.reshape(-1, 6), full_matrices=False)[0][:, :4].reshape(40, 40, 4)
    both = np.concatenate([V[:, :-1], V[:, 1:]], axis=2).reshape(-1, 8)
    axes = np.linalg.svd(both)[2][4:].T
    expected = -(axes[:4] @ np.linalg.inv(axes[4:])).T
    found = fit_operator(activity, 1, 4, regression="tls", ridge=0.0).matrix
    # No SVD fixes the signs of the coordinates.
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-10)


def test_total_least_squares_without_a_solution_is_a_status() -> None:
    activity = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 0.0]])  # nothing is told of the next step
    operator = fit_operator(activity, 1, 2, regression="tls", ridge=0.0)
    assert operator.status.code == "undetermined"
    assert 'regression="ols"' in operator.status.message
    assert np.isfinite(operator.matrix).all()


@pytest.mark.parametrize(("n_delays", "k"), [(1, 2), (1, 7), (3, 5)])
def test_so_many_steps_ahead_is_the_power_of_one_step(n_delays: int, k: int) -> None:
    """A finely sampled rotation without noise: k steps are k times one step."""
    activity = rotations((0.02, 0.05), decay=1.0, noise=0.0, n_steps=60) @ np.random.default_rng(0).normal(size=(4, 8))
    one = fit_operator(activity, n_delays, 4)
    ahead = fit_operator(activity, n_delays, 4, steps_ahead=k)
    # The ridge of 1e-8 weighs on each of the k steps.
    np.testing.assert_allclose(ahead.matrix, np.linalg.matrix_power(one.matrix, k), atol=1e-6)
    assert ahead.one_step_error is not None
    assert ahead.one_step_error < 1e-8
    assert ahead.steps_ahead == k


@pytest.mark.parametrize("k", [1, 2, 5])
@pytest.mark.parametrize("center", [None, "unit"])
@pytest.mark.parametrize("lengths", [[9, 4, 12, 6, 7, 3, 8], [70]])
def test_steps_ahead_by_the_definition(k: int, center: str | None, lengths: list[int]) -> None:
    """Pairs k apart within trials, some of which are too short to hold one; and persistence over k steps."""
    rng = np.random.default_rng(0)
    trials = [2.0 + rng.normal(size=(n + k, 5)).cumsum(axis=0) for n in lengths]
    means = np.concatenate(trials).mean(axis=0) if center else 0.0
    moved = [t - means for t in trials]
    H = [np.hstack([t[1:], t[:-1]]) for t in moved]
    V = np.split(np.linalg.svd(np.concatenate(H), full_matrices=False)[0][:, :3], np.cumsum([len(h) for h in H])[:-1])
    now, later = (np.concatenate([v[a:b] for v in V]) for a, b in ((0, -k), (k, None)))
    operator = fit_operator(trials, 2, 3, center=center, steps_ahead=k, ridge=0.0)
    expected = np.linalg.lstsq(now, later, rcond=None)[0].T
    np.testing.assert_allclose(np.abs(operator.matrix), np.abs(expected), atol=1e-9)
    x, x_later = (np.concatenate([t[a:b] for t in moved]) for a, b in ((1, -k), (1 + k, None)))
    persistence = np.sum((x_later - x) ** 2) / np.sum((x_later - x_later.mean(axis=0)) ** 2)
    assert operator.persistence_error == pytest.approx(persistence, rel=1e-9)


@pytest.mark.parametrize("shape", [(8, 25, 30), (1, 250, 30)])
@pytest.mark.parametrize("options", [{"steps_ahead": 4}, {"regression": "tls"}, {"center": "unit", "steps_ahead": 2}])
def test_noise_cannot_be_predicted_whatever_the_options(shape: tuple[int, int, int], options: dict) -> None:
    operator = fit_operator(np.random.default_rng(0).normal(size=shape), 3, 60, **options)
    assert operator.one_step_error is not None
    assert operator.one_step_error > 1.0


def test_held_out_errors_several_steps_ahead_are_the_known_ones() -> None:
    """For x' = .8 x + noise, k steps ahead the best prediction leaves 1 - .8^2k, persistence 2 (1 - .8^k)."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 6)) / 0.6
    steps = [x]
    for _ in range(39):
        steps.append(0.8 * steps[-1] + rng.normal(size=x.shape))
    operator = fit_operator(np.stack(steps, axis=1) + 5.0, 1, 6, center="unit", steps_ahead=3)
    assert operator.one_step_error == pytest.approx(1 - 0.8**6, abs=0.03)
    assert operator.persistence_error == pytest.approx(2 * (1 - 0.8**3), abs=0.03)


def test_long_activity_in_single_precision_takes_less_memory_than_it_holds() -> None:
    activity = np.random.default_rng(0).standard_normal(size=(COMPACT_FROM // 100 + 1, 100), dtype=np.float32)
    tracemalloc.start()
    fit_operator(activity, 2, 2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < activity.nbytes


@pytest.mark.parametrize("shape", [(1, 110_000, 20), (9, 12_000, 20)])
def test_long_activity_in_single_precision_read_in_parts_gives_what_a_copy_in_double_gives(
    shape: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dynashape.dissimilarity.activity.recording.COMPACT_FROM", 2**20)
    rng = np.random.default_rng(0)
    activity = rng.standard_normal(size=shape, dtype=np.float32)
    activity[:, 1:] += 0.9 * activity[:, :-1]
    recording = read_in_groups(activity, center="unit")
    assert recording.table.dtype == np.float32
    assert np.shares_memory(recording.table, activity) == (shape[0] == 1)
    found = []
    for given in (recording, read_in_groups(activity.astype(np.float64), center="unit")):
        directions = decompose(given, 2, 1, 4)
        windows = find_windows(given, directions, 2, 1, steps_ahead=2)
        assert isinstance(windows.present, RecordedSteps) == (given is recording)
        sums = sum_by_group(windows)
        errors = one_step_errors(windows, directions, [2, 4], 1e-8, given.precision, 5)
        found.append((directions.singular_values, sums.products[:4, :4], sums.change, variance_of_next(windows, sums)))
        found[-1] += (*errors[0], errors[1])
    for ours, copied in zip(*found, strict=True):
        np.testing.assert_allclose(ours, copied, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"center": "units"}, "center must be None or \"unit\"; got 'units'"),
        ({"center": True}, "center must be text; got True"),
        ({"regression": "total"}, 'regression must be "ols" or "tls"; got \'total\''),
        ({"steps_ahead": 0}, "steps_ahead must be at least 1; got 0"),
        ({"steps_ahead": 40}, "activity needs trials of at least 41 steps, to have a step to predict"),
        ({"steps_ahead": 39, "n_delays": 2}, "n_delays must lie in 1..1 (the 40 steps of activity"),
    ],
)
def test_impossible_options(options: dict, message: str) -> None:
    with pytest.raises(InputError) as caught:
        fit_operator(rotations((0.3,)), **{"n_delays": 1, "rank": 2, **options})
    assert message in str(caught.value)


def test_the_record_keeps_its_options_in_the_store() -> None:
    arrays: dict[str, np.ndarray] = {}
    operator = fit_operator(rotations((0.3,)), 1, 2, center="unit", regression="tls", steps_ahead=3)
    again = unpack(Operator, pack(operator, arrays), arrays)
    assert (again.center, again.regression, again.steps_ahead) == ("unit", "tls", 3)
    np.testing.assert_array_equal(again.matrix, operator.matrix)


@pytest.mark.parametrize(
    ("activity", "rank", "message"),
    [
        (np.random.default_rng(0).normal(size=(30, 40, 20)), "svht", "no direction of activity above noise; give rank"),
        (100.0 + np.random.default_rng(0).normal(size=(30, 40, 20)), "svht", "one direction of activity above noise"),
        (100.0 + rotations((0.3, 0.9)), 0.9, "one direction of activity carries the share rank=0.9"),
        (rotations((0.3, 0.9)), 1, "rank is 1 for activity"),
        (rotations((0.3,))[..., :1], 1, "with more delays where there is one unit"),
    ],
)
def test_a_rank_that_leaves_nothing_to_align_is_a_status(activity: np.ndarray, rank: object, message: str) -> None:
    operator = fit_operator(activity, 1, rank)
    assert operator.status.code == "too_few_directions"
    assert message in operator.status.message
    assert "rank >= 2" in operator.status.message
