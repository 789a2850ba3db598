from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from sklearn.base import clone

from dynashape.dissimilarity import DSA, InputDSA, input_distances
from dynashape.errors import InputError


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
    with pytest.raises(InputError, match=r"lists of equal, positive length. Got ndarray and ndarray"):
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
