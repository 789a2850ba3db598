from __future__ import annotations

import pickle
import tracemalloc

import numpy as np
import pytest

from dynashape.dissimilarity import Operator, embed_delays, fit_operator
from dynashape.dissimilarity.activity import read_activity
from dynashape.dissimilarity.operator.decomposition import decompose, svht_factor
from dynashape.errors import InputError


def network(n_trials: int = 20, n_steps: int = 30, n_units: int = 12, noise: float = 0.05, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    W = 1.2 * rng.normal(size=(n_units, n_units)) / np.sqrt(n_units)
    x = rng.normal(size=(n_trials, n_units))
    steps = []
    for _ in range(n_steps):
        x = 0.8 * x + 0.2 * np.tanh(x @ W) + noise * rng.normal(size=x.shape)
        steps.append(x)
    return np.stack(steps, axis=1)


def by_definition(activity, n_delays, rank, delay_interval=1, ridge=1e-8) -> np.ndarray:
    """H = V S U' over all windows, then ridge regression of V+ on V-."""
    trials = embed_delays(activity, n_delays, delay_interval)
    V = np.linalg.svd(np.concatenate(trials), full_matrices=False)[0][:, :rank]
    parts = np.split(V, np.cumsum([len(t) for t in trials])[:-1])
    before, after = np.concatenate([p[:-1] for p in parts]), np.concatenate([p[1:] for p in parts])
    return np.linalg.solve(before.T @ before + ridge * np.eye(rank), before.T @ after).T


def gap(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference once the signs of the coordinates, which no SVD fixes, are made equal."""
    signs = np.ones(len(ours))
    order = [0]
    while len(order) < len(ours):
        rest = [k for k in range(len(ours)) if k not in order]
        links = np.abs(ours[np.ix_(rest, order)])
        i, j = np.unravel_index(np.argmax(links), links.shape)
        k, known = rest[i], order[j]
        signs[k] = signs[known] * np.sign(ours[k, known] * theirs[k, known])
        order.append(k)
    return float(np.abs(ours - signs[:, None] * theirs * signs).max())


@pytest.mark.parametrize(
    ("shape", "n_delays", "rank", "delay_interval"),
    [
        ((20, 30, 12), 1, 5, 1),
        ((20, 30, 12), 4, 20, 1),
        ((20, 30, 12), 4, 48, 1),
        ((20, 30, 12), 3, 10, 4),
        ((5, 14, 40), 6, 12, 1),  # fewer windows than columns
        ((1, 60, 12), 5, 10, 2),
    ],
)
def test_the_operator_is_that_of_the_definition(shape, n_delays, rank, delay_interval) -> None:
    activity = network(*shape)
    ours = fit_operator(activity, n_delays, rank, delay_interval).matrix
    # Both are exact up to rounding, which near-equal singular values magnify some hundred times.
    assert gap(ours, by_definition(activity, n_delays, rank, delay_interval)) < 1e-10


def test_trials_of_unequal_length_are_one_system() -> None:
    activity = network()
    ragged = [activity[0, :9], activity[1:4, :20], activity[4], activity[5:, :12]]
    ours = fit_operator(ragged, 3, 8)
    assert gap(ours.matrix, by_definition(ragged, 3, 8)) < 1e-11
    single = fit_operator(activity[0], 3, 8)
    assert (single.matrix == fit_operator(activity[:1], 3, 8).matrix).all()
    assert (single.matrix == fit_operator([activity[0]], 3, 8).matrix).all()


@pytest.mark.parametrize("decades", [2, 5, 8, 11])
def test_small_directions_keep_their_accuracy(decades: float) -> None:
    """Singular values that fall by this many decades, where the Gram matrix alone is off by up to all digits."""
    rng = np.random.default_rng(3)
    activity = network(30, 20, 10)
    mixing = np.linalg.qr(rng.normal(size=(10, 10)))[0]
    activity = activity @ np.diag(np.logspace(0, -decades, 10)) @ mixing
    ours = fit_operator(activity, 2, 10)
    assert ours.status.ok
    # What double precision leaves of a direction `decades` below the first, times a margin for near-equal neighbours.
    assert gap(ours.matrix, by_definition(activity, 2, 10)) < max(1e-9, 1e-14 * 10**decades)


def test_the_svd_is_taken_only_where_the_gram_matrix_is_too_coarse() -> None:
    steep = network(30, 20, 10) @ np.diag(np.logspace(0, -9, 10))
    assert decompose(read_activity(steep), 2, 1, 3).method == "gram"
    assert decompose(read_activity(steep), 2, 1, 16).method == "svd"
    exact = np.linalg.svd(np.concatenate(embed_delays(steep, 2)), compute_uv=False)
    np.testing.assert_allclose(fit_operator(steep, 2, 16).singular_values[:16], exact[:16], rtol=1e-6)


def test_inputs_are_not_modified_and_float32_is_computed_in_float64() -> None:
    activity = network().astype(np.float32)
    before = activity.copy()
    activity.flags.writeable = False
    operator = fit_operator(activity, 3, 6)
    assert (activity == before).all()
    assert operator.matrix.dtype == operator.singular_values.dtype == np.float64
    assert gap(operator.matrix, fit_operator(before.astype(np.float64), 3, 6).matrix) < 1e-13


def test_the_operator_does_not_depend_on_scale_units_or_their_rotation() -> None:
    activity = network()
    matrix = fit_operator(activity, 3, 6).matrix
    assert (fit_operator(activity * 2.0**200, 3, 6).matrix == matrix).all()
    assert (fit_operator(activity * 2.0**-300, 3, 6).matrix == matrix).all()
    assert (fit_operator(activity * 2.0**1015, 3, 6).matrix == matrix).all()
    assert fit_operator(activity * 2.0**-300, 3, 6).one_step_error == fit_operator(activity, 3, 6).one_step_error
    # Not a power of two, another order of sums: rounding.
    assert np.abs(fit_operator(activity * 3.7e-9, 3, 6).matrix - matrix).max() < 1e-12
    assert np.abs(fit_operator(activity[:, :, ::-1], 3, 6).matrix - matrix).max() < 1e-12
    rotation = np.linalg.qr(np.random.default_rng(5).normal(size=(12, 12)))[0]
    assert np.abs(fit_operator(activity @ rotation, 3, 6).matrix - matrix).max() < 1e-12
    assert np.abs(fit_operator(activity[::-1], 3, 6).matrix - matrix).max() < 1e-12


def test_the_same_input_gives_the_same_bits_whatever_the_global_state() -> None:
    activity = network()
    np.random.seed(1)  # noqa: NPY002  (the point of the test)
    first = fit_operator(activity, 3, 6)
    np.random.seed(2)  # noqa: NPY002
    second = fit_operator(activity, 3, 6)
    assert (first.matrix == second.matrix).all()
    assert first.one_step_error == second.one_step_error


def test_a_linear_system_is_recovered_exactly() -> None:
    turn = 0.97 * np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])
    x = np.random.default_rng(0).normal(size=(8, 2))
    activity = np.stack([x @ np.linalg.matrix_power(turn.T, t) for t in range(20)], axis=1) @ np.ones((2, 5))
    activity = activity + np.stack([x @ np.linalg.matrix_power(turn.T, t) for t in range(20)], axis=1) @ np.eye(2, 5)
    operator = fit_operator(activity, 2, 2)
    found = np.sort_complex(np.linalg.eigvals(operator.matrix))
    # The ridge of 1e-8 pulls every eigenvalue towards zero by that share.
    np.testing.assert_allclose(found, np.sort_complex(np.linalg.eigvals(turn)), atol=1e-7)
    assert operator.one_step_error is not None
    assert operator.one_step_error < 1e-12
    assert operator.explained_variance == pytest.approx(1.0)
    assert operator.numerical_rank == 2


def test_variance_shares_and_effective_rank() -> None:
    activity = network()
    operator = fit_operator(activity, 2, 5)
    values = np.linalg.svd(np.concatenate(embed_delays(activity, 2)), compute_uv=False)
    np.testing.assert_allclose(operator.singular_values, values, rtol=1e-10)
    assert operator.explained_variance == pytest.approx(np.sum(values[:5] ** 2) / np.sum(values**2))
    assert operator.effective_rank == pytest.approx(np.sum(values**2) ** 2 / np.sum(values**4))
    share = fit_operator(activity, 2, 0.9)
    assert share.explained_variance >= 0.9
    assert fit_operator(activity, 2, share.rank - 1).explained_variance < 0.9


def test_svht_is_gavish_and_donohos_threshold() -> None:
    # Their table 1: the median of the Marchenko-Pastur law is not elementary; they print 2.8582 and, as a fit within
    # 0.02, 0.56 b^3 - 0.95 b^2 + 1.82 b + 1.43.
    assert svht_factor(1.0) == pytest.approx(2.8582, abs=5e-4)
    for b in (0.05, 0.3, 0.6, 0.9):
        assert svht_factor(b) == pytest.approx(0.56 * b**3 - 0.95 * b**2 + 1.82 * b + 1.43, abs=0.02)
    rng = np.random.default_rng(0)
    signal = rng.normal(size=(40, 50, 3)) @ rng.normal(size=(3, 60))
    noisy = signal + 0.1 * rng.normal(size=(40, 50, 60))
    assert fit_operator(noisy, 1, "svht").rank == 3


@pytest.mark.parametrize("n_delays", [1, 2])
def test_more_rank_than_the_data_hold_is_a_status_with_the_remedy(n_delays: int) -> None:
    activity = network(n_units=12)[:, :, :3] @ np.random.default_rng(0).normal(size=(3, 12))
    held = 3 * n_delays
    operator = fit_operator(activity, n_delays, 10)
    assert operator.status.code == "rank_deficient"
    assert f"use rank <= {held}" in operator.status.message
    assert operator.numerical_rank == held
    assert operator.matrix.shape == (10, 10)
    assert (operator.matrix[held:] == 0).all()
    assert (operator.matrix[:, held:] == 0).all()
    good = fit_operator(activity, n_delays, held)
    assert good.status.ok
    np.testing.assert_allclose(operator.matrix[:held, :held], good.matrix, atol=1e-9)
    # In single precision the rest is rounding noise rather than zero, and still no dynamics.
    single = fit_operator(activity.astype(np.float32), n_delays, 10)
    assert single.status.code == "rank_deficient"
    assert single.numerical_rank == held


def test_silent_and_constant_activity_have_no_nan() -> None:
    silent = fit_operator(np.zeros((4, 10, 3)), 2, 3)
    assert silent.status.code == "silent"
    assert (silent.matrix == 0).all()
    assert silent.matrix.shape == (3, 3)
    assert silent.explained_variance == silent.effective_rank == 0.0
    assert silent.one_step_error is None
    assert fit_operator(np.zeros((4, 10, 3)), 2, 0.9).rank == 1
    assert fit_operator(np.zeros((1, 4, 10)), 3, "svht").status.code == "silent"
    constant = fit_operator(np.full((4, 10, 3), 2.5), 2, 1)
    assert constant.status.code == "too_few_directions"
    assert constant.matrix[0, 0] == pytest.approx(1.0, abs=1e-7)  # the ridge
    assert constant.one_step_error is None
    assert constant.persistence_error is None
    assert fit_operator(np.full((4, 10, 3), 2.5), 2, 2).status.code == "rank_deficient"
    for rule in ("svht", 0.999):
        chosen = fit_operator(np.full((4, 10, 3), 2.5), 2, rule)
        assert chosen.status.code == "too_few_directions"
        assert chosen.rank == 1


@pytest.mark.parametrize(
    ("rank", "message"),
    [
        (
            49,
            "in 1..48, the smaller of 540 windows and 48 columns (4 delays x 12 units) of activity; got 49",
        ),
        (0, "rank must be at least 1 (and 2 to have something to align); got 0"),
        (-0.5, "strictly between 0 and 1"),
        (20.5, "strictly between 0 and 1"),
        (float("nan"), "rank must be a finite number; got nan"),
        (True, "rank must be a finite number; got True"),
        (None, "rank must be a finite number; got None; select_delays_and_rank chooses one"),
        ("SVHT", "or \"svht\"; got 'SVHT'"),
    ],
)
def test_impossible_ranks(rank, message: str) -> None:
    with pytest.raises(InputError) as caught:
        fit_operator(network(), 4, rank)
    assert message in str(caught.value)


def test_other_faults_name_the_system() -> None:
    with pytest.raises(
        InputError, match=r"system 3 has 1 value that is not finite, the first at trial 2, step 1, unit 0"
    ):
        activity = network()
        activity[2, 1, 0] = np.inf
        fit_operator(activity, 2, 3, name="system 3")
    with pytest.raises(InputError, match="ridge must be at least 0; got -1"):
        fit_operator(network(), 2, 3, ridge=-1.0)
    with pytest.raises(InputError, match=r"rank must lie in 1..8, the smaller of 8 windows and 60 columns"):
        fit_operator(network(1, 12, 12), 5, 20)


def test_the_held_out_error_is_the_known_one() -> None:
    """For x' = 0.8 x + noise the best prediction leaves 1 - 0.64 of the variance; persistence leaves 2 (1 - 0.8)."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 6)) / 0.6
    steps = [x]
    for _ in range(39):
        steps.append(0.8 * steps[-1] + rng.normal(size=x.shape))
    operator = fit_operator(np.stack(steps, axis=1), 1, 6)
    # 400 x 39 x 6 samples: the standard error of a variance ratio is about 0.005.
    assert operator.one_step_error == pytest.approx(0.36, abs=0.02)
    assert operator.persistence_error == pytest.approx(0.40, abs=0.02)


@pytest.mark.parametrize("shape", [(8, 25, 30), (1, 200, 30)])
def test_noise_cannot_be_predicted_in_trials_held_out(shape: tuple[int, int, int]) -> None:
    """In the trials learnt from, as many coordinates as this would predict a good part of white noise."""
    noise = np.random.default_rng(0).normal(size=shape)
    operator = fit_operator(noise, 3, 60)
    assert operator.one_step_error is not None
    assert operator.one_step_error > 1.0


def test_the_held_out_error_is_close_to_refitting_everything_by_hand() -> None:
    activity = network(20, 30, 12, noise=0.1)
    missed = total = 0.0
    mean = activity[:, 3:].mean(axis=(0, 1))
    for fold in range(5):
        test = np.arange(20) % 5 == fold
        H = embed_delays(activity[~test], 3)
        _, s, Ut = np.linalg.svd(np.concatenate([h[:-1] for h in H]), full_matrices=False)
        to = Ut[:6].T / s[:6]
        before, after = np.concatenate([h[:-1] for h in H]) @ to, np.concatenate([h[1:] for h in H]) @ to
        step = np.linalg.solve(before.T @ before + 1e-8 * np.eye(6), before.T @ after)
        for h in embed_delays(activity[test], 3):
            predicted = h[:-1] @ to @ step @ (s[:6, None] * Ut[:6, :12])
            missed += np.sum((predicted - h[1:, :12]) ** 2)
            total += np.sum((h[1:, :12] - mean) ** 2)
    # The training trials are decomposed within the 16 leading of 36 directions, which costs little and helps nothing.
    assert fit_operator(activity, 3, 6).one_step_error == pytest.approx(missed / total, rel=0.02)


@pytest.mark.parametrize(("offset", "speed"), [(0.0, 1.0), (3.0, 1.0), (1e5, 1.0), (0.0, 1e-4), (1e5, 1e-2)])
def test_error_of_persistence_far_from_zero_and_for_slow_activity(offset, speed):
    rng = np.random.default_rng(7)
    activity = offset + rng.normal(size=(12, 1, 5)) + speed * rng.normal(size=(12, 30, 5)).cumsum(axis=1)
    steps, before = activity[:, 3:].reshape(-1, 5), activity[:, 2:-1].reshape(-1, 5)
    expected = np.sum((steps - before) ** 2) / np.sum((steps - steps.mean(axis=0)) ** 2)
    assert fit_operator(activity, 3, 4).persistence_error == pytest.approx(expected, rel=1e-6)


def test_a_long_constant_recording_has_nothing_to_predict():
    assert fit_operator(np.full((100_000, 3), 0.1), 1, 1).persistence_error is None


def test_nothing_to_hold_out_is_none() -> None:
    assert fit_operator(network(1, 8, 3), 1, 3).one_step_error is not None
    assert fit_operator(network(1, 3, 3), 1, 3).one_step_error is None
    assert fit_operator(network(2, 5, 12), 2, 8).one_step_error is None


def test_the_embedding_is_never_built_for_many_windows() -> None:
    activity = network(200, 40, 20)
    tracemalloc.start()
    fit_operator(activity, 12, 10)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Well below the embedding in float64, of which an SVD would hold two.
    assert peak < 0.7 * 200 * 29 * 240 * 8


def test_the_record_travels() -> None:
    operator = fit_operator(network(), 2, 4)
    again = pickle.loads(pickle.dumps(operator))
    assert isinstance(again, Operator)
    assert (again.matrix == operator.matrix).all()
    assert (operator.n_delays, operator.delay_interval, operator.rank) == (2, 1, 4)
