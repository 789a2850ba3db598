from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from sklearn.base import clone

from dynashape.dissimilarity import DSA, InputDSA, input_distances
from dynashape.errors import DoubtWarning, InputError
from dynashape.records import Code


def drives(rng: np.random.Generator, slow: bool) -> np.ndarray:
    u = rng.normal(size=(60, 40, 2))
    return 0.3 * np.cumsum(u, axis=1) + 0.3 * rng.normal(size=u.shape) if slow else u


def crossed_systems() -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Two recurrent operators x two input operators x two kinds of drive, each seen through its own rotation."""
    rng = np.random.default_rng(0)
    As = [0.9 * A / np.abs(np.linalg.eigvals(A)).max() for A in rng.normal(size=(2, 4, 4))]
    Bs = rng.normal(size=(2, 4, 2))
    factors, systems, inputs = [], [], []
    for a, b, slow in product(range(2), range(2), range(2)):
        u = drives(rng, bool(slow))
        C = np.linalg.qr(rng.normal(size=(6, 4)))[0]
        x = np.zeros((60, 4))
        steps = []
        for t in range(40):
            steps.append(x @ C.T)
            x = x @ As[a].T + u[:, t] @ Bs[b].T + 0.05 * rng.normal(size=x.shape)
        factors.append((a, b, slow))
        systems.append(np.stack(steps, axis=1))
        inputs.append(u)
    return np.array(factors), systems, inputs


def test_recurrence_input_and_drive_are_told_apart() -> None:
    factors, systems, inputs = crossed_systems()
    fitted = InputDSA(n_delays=3, rank=4).fit(systems, inputs)
    plain = DSA(n_delays=3, rank=4).fit(systems).distances_

    def where_only(k: int, distances: np.ndarray) -> np.ndarray:
        pairs = [
            (i, j) for i, j in combinations(range(8), 2) if (factors[i] != factors[j]).nonzero()[0].tolist() == [k]
        ]
        return np.array([distances[pair] for pair in pairs])

    state, driven = fitted.state_distances_, fitted.input_distances_
    # Equal operators differ by what noise leaves of 2,000 steps (0.002); different ones by 0.16 and more.
    assert where_only(0, state).min() > 0.2
    assert max(where_only(1, state).max(), where_only(2, state).max()) < 0.02
    assert where_only(1, driven).min() > 0.1
    assert where_only(2, driven).max() < 0.02
    # DSA of the activity alone takes another drive for other dynamics.
    assert where_only(2, plain).mean() > 0.5


def test_driven_systems_are_doubted() -> None:
    rng = np.random.default_rng(0)
    u = rng.normal(size=(20, 30, 2))
    x = np.zeros((20, 30, 4))
    for t in range(29):
        x[:, t + 1] = 0.8 * x[:, t] + u[:, t] @ np.ones((2, 4))
    x += 0.1 * rng.normal(size=x.shape)
    with pytest.warns(DoubtWarning) as told:
        found = InputDSA(2, 2).fit({"a": x, "b": x + 50, "c": x[:1], "d": rng.normal(size=x.shape)}, [u, u, u[:1], u])
    doubts = {doubt.kind: doubt.systems for doubt in found.doubts_}
    assert len(told) == 3
    assert doubts["no better than the mean"] == ("d",)
    assert doubts["single trial"] == ("c",)
    assert "b" in doubts["offset"]
    centred = InputDSA(2, 2, center="unit").fit([x, x + 50], [u, u])
    assert not centred.doubts_
    assert centred.state_distances_[0, 1] < 1e-6


def test_one_singular_value_is_nothing_to_compare() -> None:
    wide, tall = [[[1.0, 0.0]], [[0.3, 2.0]]], [[[1.0], [0.0]], [[0.3], [2.0]]]
    assert np.isnan(input_distances(wide, same_channels=False)).all()
    assert np.isnan(input_distances(tall, same_channels=False)).all()
    # Up to the sign of the one coordinate, channels that are the same things can be compared.
    assert input_distances(wide)[0, 1] > 0.1


def test_scikit_learn_conventions() -> None:
    _, systems, inputs = crossed_systems()
    dsa = InputDSA(n_delays=3, rank=4)
    assert dsa.fit(systems[:2], inputs[:2]) is dsa
    for distances in (dsa.state_distances_, dsa.input_distances_):
        assert (distances == distances.T).all()
        assert (np.diag(distances) == 0).all()
    assert clone(dsa).get_params() == dsa.get_params()


def test_input_distances_are_a_metric_up_to_rotation_of_the_state() -> None:
    rng = np.random.default_rng(1)
    matrices = list(rng.normal(size=(5, 4, 3)))
    Q = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    P = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    d = input_distances([*matrices, 3.0 * Q @ matrices[0], matrices[0] @ P])
    assert d[0, 5] < 1e-12
    assert d[0, 6] > 0.1
    assert (d[:, None, :] <= d[:, :, None] + d[None, :, :] + 1e-10).all()
    free = input_distances(
        [*matrices, 3.0 * Q @ matrices[0], matrices[0] @ P, np.pad(matrices[0], ((0, 0), (0, 2)))], False
    )
    assert free[0, 5:].max() < 1e-12
    assert (free[:5, :5] <= d[:5, :5] + 1e-12).all()


def test_faults() -> None:
    _, systems, inputs = crossed_systems()
    with pytest.raises(InputError, match=r"lists of equal, positive length\. Got 8 and 7"):
        InputDSA().fit(systems, inputs[:7])
    with pytest.raises(InputError, match=r"lists of equal, positive length. Got an ndarray of shape"):
        InputDSA().fit(systems[0], inputs[0])
    with pytest.raises(InputError, match=r"system 1 is silent .*; systems have \[2, 2, 1\] input channels"):
        InputDSA(3, 4).fit([systems[0], 0 * systems[1], systems[2]], [inputs[0], inputs[1], inputs[2][:, :, :1]])
    with pytest.raises(InputError, match="the input of system 1 has no effect"):
        input_distances([np.ones((2, 1)), np.zeros((2, 1))])


def test_other_channels_are_compared_when_asked_for() -> None:
    _, systems, inputs = crossed_systems()
    wider = np.concatenate([inputs[1], np.random.default_rng(2).normal(size=(60, 40, 1))], axis=2)
    fitted = InputDSA(3, 4, same_channels=False).fit(systems[:2], [inputs[0], wider])
    # The same system; the third channel does nothing, up to noise.
    assert fitted.input_distances_[0, 1] < 0.02


def one_channel(gains: tuple[float, ...]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Systems of one recurrent operator that one input moves more or less."""
    rng = np.random.default_rng(0)
    A, b = 0.9 * np.linalg.qr(rng.normal(size=(4, 4)))[0], rng.normal(size=4)
    inputs = [rng.normal(size=(30, 30, 1)) for _ in gains]
    systems = []
    for u, gain in zip(inputs, gains, strict=True):
        x, steps = np.zeros((30, 4)), []
        for t in range(30):
            steps.append(x)
            x = x @ A.T + gain * u[:, t] * b + 0.02 * rng.normal(size=x.shape)
        systems.append(np.stack(steps, axis=1))
    return systems, inputs


@pytest.mark.parametrize("same_channels", [True, False])
def test_one_channel_has_nothing_to_compare_by_angle(same_channels: bool) -> None:
    fitted = InputDSA(3, 4, same_channels=same_channels).fit(*one_channel((1.0, 2.0, 4.0)))
    assert np.isnan(fitted.input_distances_).all()
    assert fitted.input_status_.code == Code.NOTHING_TO_COMPARE
    assert "gains_" in fitted.input_status_.message
    assert fitted.state_status_.ok
    assert fitted.state_distances_.max() < 0.02
    # The sizes of B tell what the angle cannot; noise of 0.02 leaves them to about one per cent.
    np.testing.assert_allclose(fitted.gains_ / fitted.gains_[0], [1.0, 2.0, 4.0], rtol=0.03)


def test_two_channels_have_an_angle_and_gains() -> None:
    _, systems, inputs = crossed_systems()
    fitted = InputDSA(3, 4).fit(systems, inputs)
    assert fitted.input_status_.ok
    assert fitted.state_status_.ok
    assert np.isfinite(fitted.input_distances_).all()
    assert fitted.gains_.shape == (8,)
    assert [status.ok for status in fitted.statuses_] == [True] * 8
    louder = InputDSA(3, 4).fit([2.0 * x for x in systems], inputs)
    np.testing.assert_allclose(louder.gains_, 2.0 * fitted.gains_, rtol=1e-9)


def test_operators_of_rank_one_have_nothing_to_compare() -> None:
    fitted = InputDSA(3, 1).fit(*one_channel((1.0, 2.0)))
    assert np.isnan(fitted.state_distances_).all()
    assert fitted.state_status_.code == Code.NOTHING_TO_COMPARE


def test_one_channel_and_several_can_be_compared_where_channels_are_free() -> None:
    B = np.random.default_rng(0).normal(size=(4, 2))
    d = input_distances([B[:, :1], B, B[:, 1:]], same_channels=False)
    assert np.isnan(d[np.ix_([0, 2], [0, 2])]).all()
    assert d[1, 1] == 0.0
    assert d[0, 1] == d[2, 1] > 0.1


def test_input_operators_of_any_size_have_their_angles() -> None:
    first, second = np.random.default_rng(0).normal(size=(2, 4, 2))
    plain = input_distances([first, second])
    for scale in (1e300, 1e-300, 2.0**1000):
        np.testing.assert_allclose(input_distances([first * scale, second]), plain, atol=1e-12)


@pytest.mark.parametrize(
    ("matrices", "message"),
    [
        (None, "matrices must be a list of matrices"),
        (np.ones((2, 2)), "matrices must be a list of matrices"),
        ([np.ones((3, 2)), np.ones((4, 2))], r"matrices\[1\] must be \(rank, channels\), of one rank"),
        ([np.ones(3)], r"matrices\[0\] must be \(rank, channels\)"),
        ([1j * np.ones((3, 2))], r"matrices\[0\] must hold real numbers; got dtype complex128"),
        (
            [np.full((3, 2), np.nan), np.zeros((3, 2))],
            r"matrices\[0\] holds NaN or infinity; the input of system 1",
        ),
        ([np.ma.masked_array(np.ones((3, 2)), mask=True)], "has 6 masked values of 6"),
    ],
    ids=str,
)
def test_what_is_no_input_operator_is_refused(matrices, message: str) -> None:
    with pytest.raises(InputError, match=message):
        input_distances(matrices)
