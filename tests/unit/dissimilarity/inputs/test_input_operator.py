from __future__ import annotations

import re

import numpy as np
import pytest

from dynashape.dissimilarity import fit_input_operator, spectral_distance
from dynashape.errors import InputError
from dynashape.records import Code


def stable(rng: np.random.Generator, n: int = 4) -> np.ndarray:
    A = rng.normal(size=(n, n))
    return 0.9 * A / np.abs(np.linalg.eigvals(A)).max()


def run(A, B, C, u, noise=0.0, rng=None) -> np.ndarray:
    x = np.zeros((len(u), len(A)))
    steps = []
    for t in range(u.shape[1]):
        steps.append(x @ C.T)
        x = x @ A.T + u[:, t] @ B.T
        if noise:
            x = x + noise * rng.normal(size=x.shape)
    return np.stack(steps, axis=1)


@pytest.fixture
def system() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return stable(rng), rng.normal(size=(4, 2)), rng.normal(size=(6, 4)), rng.normal(size=(60, 40, 2))


@pytest.mark.parametrize("seen", [6, 2])
def test_a_driven_system_is_recovered_also_where_half_of_its_state_is_hidden(system, seen: int) -> None:
    A, B, C, u = system
    operator = fit_input_operator(run(A, B, C[:seen], u), u, n_delays=4, rank=4)
    assert operator.status.ok
    # The ridge of 1e-8 moves an eigenvalue by about that.
    assert spectral_distance(operator.matrix, A) < 1e-6
    assert operator.unexplained < 1e-12
    assert operator.singular_values[4] < 1e-6 * operator.singular_values[0]


def test_both_operators_are_the_true_ones_in_the_coordinates_of_the_readout(system) -> None:
    """With an orthonormal readout and a normal A of equal moduli the observability is a multiple of a rotation."""
    _, B, _, u = system
    turns = [0.9 * np.array([[np.cos(w), -np.sin(w)], [np.sin(w), np.cos(w)]]) for w in (0.4, 1.1)]
    A = np.block([[turns[0], np.zeros((2, 2))], [np.zeros((2, 2)), turns[1]]])
    C = np.linalg.qr(np.random.default_rng(1).normal(size=(6, 4)))[0]
    operator = fit_input_operator(run(A, B, C, u), u, n_delays=3, rank=4)
    for k in range(4):
        # Invariants of a rotation: the inner products of the responses to an impulse.
        ours, true = (np.linalg.matrix_power(a, k) @ b for a, b in ((operator.matrix, operator.input_matrix), (A, B)))
        gain = np.trace(operator.input_matrix.T @ operator.input_matrix) / np.trace(B.T @ B)
        np.testing.assert_allclose(operator.input_matrix.T @ ours, gain * B.T @ true, atol=1e-6 * gain)


def test_noise_leaves_the_operator_near_the_truth(system) -> None:
    A, B, C, u = system
    rng = np.random.default_rng(2)
    operator = fit_input_operator(run(A, B, C, u, noise=0.3, rng=rng), u, n_delays=3, rank=4)
    # 2,000 steps with a tenth of the variance as noise: a few percent.
    assert spectral_distance(operator.matrix, A) < 0.06
    assert 1e-4 < operator.unexplained < 0.1


def test_windows_stay_within_trials(system) -> None:
    A, B, C, u = system
    activity = run(A, B, C, u)
    whole = fit_input_operator(activity, u, 3, 4)
    order = np.random.default_rng(3).permutation(60)
    shuffled = fit_input_operator(
        [activity[i, : 20 + i % 20] for i in order], [u[i, : 20 + i % 20] for i in order], 3, 4
    )
    assert spectral_distance(whole.matrix, shuffled.matrix) < 1e-6


def test_units_rotated_scaled_and_inputs_scaled(system) -> None:
    A, B, C, u = system
    activity = run(A, B, C, u)
    first = fit_input_operator(activity, u, 3, 4)
    Q = np.linalg.qr(np.random.default_rng(4).normal(size=(6, 6)))[0]
    second = fit_input_operator(5.0 * activity @ Q, 10.0 * u, 3, 4)
    np.testing.assert_allclose(first.matrix, second.matrix, atol=1e-6)
    np.testing.assert_allclose(first.input_matrix, 2.0 * second.input_matrix, atol=1e-6)


def test_inputs_are_not_modified(system) -> None:
    A, B, C, u = system
    activity = run(A, B, C, u)
    for array in (activity, u):
        array.flags.writeable = False
    fit_input_operator(activity, u, 3, 4)


def test_what_the_data_do_not_hold_is_a_status(system) -> None:
    A, B, C, u = system
    activity = run(A, B, C, u)
    beyond = fit_input_operator(activity, u, 3, 6)
    assert beyond.status.code == "rank_deficient"
    assert "use rank <= 4" in beyond.status.message
    assert np.isfinite(beyond.matrix).all()
    silent = fit_input_operator(np.zeros_like(activity), u, 3, 4)
    assert silent.status.code == "silent"
    assert (silent.matrix == 0).all()
    twice = fit_input_operator(activity, np.concatenate([u, u[:, :, :1]], axis=2), 3, 4)
    assert twice.status.code == "undetermined"
    undriven = fit_input_operator(activity, np.concatenate([u, np.zeros_like(u)], axis=2), 3, 4)
    assert undriven.status.code == "undetermined"
    for operator in (twice, undriven):
        assert np.isfinite(operator.input_matrix).all()
        assert np.isfinite(operator.unexplained)


@pytest.mark.parametrize(
    ("shape", "driven", "n_delays", "rank", "message"),
    [
        (
            (5, 20, 3),
            (5, 19, 2),
            2,
            2,
            "must have its trials and steps; got 5 trials with 95 steps in all for 5 with 100",
        ),
        ((5, 20, 3), (5, 20, 2), 10, 2, "n_delays must lie in 1..9 (the 20 steps"),
        (
            (5, 20, 3),
            (5, 20, 2),
            2,
            7,
            "rank must lie in 1..6, the smaller of 85 windows and 2 delays x 3 units; got 7",
        ),
        ((5, 20, 3), (5, 20, 2), 2, 0, "got 0"),
    ],
)
def test_errors(shape, driven, n_delays: int, rank: int, message: str) -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InputError) as caught:
        fit_input_operator(rng.normal(size=shape), rng.normal(size=driven), n_delays, rank)
    assert message in str(caught.value)


def driven(u: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(3)
    return run(stable(rng), rng.normal(size=(4, u.shape[2])), rng.normal(size=(6, 4)), u, 0.05, rng)


def still(u: np.ndarray, channel: int, value: float) -> np.ndarray:
    out = u.copy()
    out[..., channel] = value
    return out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda u: 0.0 * u, "no input of activity ever varies, so nothing drives it; use DSA"),
        (lambda u: 0.0 * u + 1.5, "no input of activity ever varies, so nothing drives it; use DSA"),
        (lambda u: still(u, 1, 0.0), "input channel 1 of activity never varies, so B is not determined; leave it out"),
        (lambda u: still(still(u, 0, 0.0), 2, 0.0), "input channels 0, 2 of activity never vary, .*; leave them out"),
        (
            lambda u: np.concatenate([u, u[..., 1:2]], axis=2),
            "input channels 1, 3 of activity follow from its state",
        ),
    ],
    ids=["none", "constant", "one still", "two still", "one twice"],
)
def test_channels_that_leave_b_to_chance_are_named(system, change, message: str) -> None:
    u = change(np.random.default_rng(5).normal(size=(30, 30, 3)))
    status = fit_input_operator(driven(u), u, n_delays=3, rank=4).status
    assert status.code == Code.UNDETERMINED
    assert re.search(message, status.message)


def test_a_step_cue_drives() -> None:
    u = np.zeros((30, 30, 2))
    u[:, 10:, 0] = u[:, 20:, 1] = 1.0
    assert fit_input_operator(driven(u), u, n_delays=3, rank=4).status.ok


def test_a_missing_axis_of_channels_is_named(system) -> None:
    A, B, C, u = system
    x = run(A, B[:, :1], C, u[:, :, :1])
    with pytest.raises(InputError, match=r"they have no axis of channels: give inputs\[:, :, None\]"):
        fit_input_operator(x, u[:, :, 0], n_delays=3, rank=4)
    with pytest.raises(InputError, match=r"of one unit give inputs of activity\[:, None\]"):
        fit_input_operator(x[0], u[0, :, 0], n_delays=3, rank=4)
    with pytest.raises(InputError, match=r"got 60 trials with 2340 steps in all for 60 with 2400\.$"):
        fit_input_operator(x, u[:, :-1], n_delays=3, rank=4)
