from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone

from dynashape.dissimilarity import DSA, fit_operator
from dynashape.errors import InputError


def systems(n: int = 4, n_units: int = 8) -> list[np.ndarray]:
    out = []
    for seed in range(n):
        rng = np.random.default_rng(seed)
        W = rng.normal(size=(n_units, n_units)) / np.sqrt(n_units)
        x = rng.normal(size=(15, n_units))
        steps = []
        for _ in range(25):
            x = 0.7 * x + 0.3 * np.tanh(x @ W) + 0.1 * rng.normal(size=x.shape)
            steps.append(x)
        out.append(np.stack(steps, axis=1))
    return out


def test_distances_between_all_pairs() -> None:
    given = systems()
    dsa = DSA(n_delays=2, rank=5)
    assert dsa.fit(given) is dsa
    assert dsa.distances_.shape == (4, 4)
    assert (dsa.distances_ == dsa.distances_.T).all()
    assert (np.diag(dsa.distances_) == 0).all()
    off = dsa.distances_[np.triu_indices(4, 1)]
    assert (off > 0.01).all()
    assert (off < np.pi).all()
    assert (dsa.n_delays_, dsa.rank_) == (2, 5)
    assert [status.ok for status in dsa.statuses_] == [True] * 4
    assert (dsa.operators_[2].matrix == fit_operator(given[2], 2, 5).matrix).all()
    assert len(dsa.alignments_.values) == 6


def test_permuted_or_rotated_units_are_no_distance() -> None:
    activity = systems(1)[0]
    rotation = np.linalg.qr(np.random.default_rng(9).normal(size=(8, 8)))[0]
    dsa = DSA(n_delays=2, rank=5).fit([activity, activity[:, :, ::-1], activity @ rotation, 3.3 * activity])
    assert dsa.distances_.max() < 1e-6


def test_precomputed_operators_are_used_as_they_are() -> None:
    given = systems(3)
    operators = [fit_operator(activity, 2, 5) for activity in given]
    dsa = DSA().fit(operators)
    assert all(a is b for a, b in zip(dsa.operators_, operators, strict=True))
    assert (dsa.distances_ == DSA(n_delays=2, rank=5).fit(given).distances_).all()
    assert (dsa.n_delays_, dsa.rank_) == (2, 5)


def test_scikit_learn_conventions() -> None:
    dsa = DSA(n_delays=2, rank=5, effort="thorough")
    parameters = dsa.get_params()
    assert parameters["effort"] == "thorough"
    assert parameters["delay_interval"] == 1
    copied = clone(dsa.fit(systems(2)))
    assert copied.get_params() == parameters
    assert not hasattr(copied, "distances_")
    assert copied.set_params(rank=3).rank == 3
    assert "n_delays=2" in repr(dsa)


def test_one_system() -> None:
    assert DSA(n_delays=1, rank=2).fit(systems(1)).distances_.tolist() == [[0.0]]


def test_a_share_of_variance_becomes_one_rank_for_all() -> None:
    given = systems(3)
    ranks = [fit_operator(activity, 2, 0.8).rank for activity in given]
    assert len(set(ranks)) > 1
    dsa = DSA(n_delays=2, rank=0.8).fit(given)
    assert dsa.rank_ == max(ranks)
    assert all(operator.rank == max(ranks) for operator in dsa.operators_)


def test_held_out_prediction_chooses_what_is_not_given() -> None:
    given = systems(3)
    free = DSA().fit(given)
    assert free.rank_ >= 2
    assert DSA(n_delays=3).fit(given).n_delays_ == 3
    assert DSA(rank=4).fit(given).rank_ == 4


def test_systems_that_cannot_be_compared_are_all_named() -> None:
    given = systems(3)
    given[0] = np.zeros_like(given[0])
    given[2] = given[2][:, :, :1] @ np.ones((1, 8))
    with pytest.raises(InputError) as caught:
        DSA(n_delays=2, rank=5).fit(given)
    message = str(caught.value)
    assert "system 0 is silent" in message
    assert "system 2 is rank_deficient" in message
    assert "use rank <= 2" in message


def test_missing_directions_are_zeros_only_when_asked_for() -> None:
    given = systems(3)
    given[2] = given[2][:, :, :1] @ np.ones((1, 8))
    dsa = DSA(n_delays=2, rank=5, zero_pad=True).fit(given)
    assert np.isfinite(dsa.distances_).all()
    assert [status.code for status in dsa.statuses_] == ["ok", "ok", "rank_deficient"]


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([], "at least one system. Got an empty list"),
        (
            np.zeros((3, 4, 5)),
            "must be a list of systems, each an activity (trials, steps, units) or an Operator. Got nd",
        ),
        ([fit_operator(systems(1)[0], 2, 3), systems(1)[0]], "not both. Got 1 Operators among 2"),
        ([np.zeros((3, 4))[:, 0]], "system 0 must be (steps, units) or (trials, steps, units); got shape (3,)"),
    ],
)
def test_errors(X: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        DSA(n_delays=1, rank=2).fit(X)
    assert message in str(caught.value)


def test_unknown_effort_is_one_sentence() -> None:
    with pytest.raises(InputError, match="unknown effort 'standart'; did you mean 'standard'"):
        DSA(n_delays=1, rank=2, effort="standart").fit(systems(2))


def test_a_rank_that_leaves_nothing_to_align_is_refused_and_never_0_and_pi():
    noise = [np.random.default_rng(k).normal(size=(20, 30, 10)) for k in range(3)]
    for rank in ("svht", 0.01, 1):
        with pytest.raises(InputError) as caught:
            DSA(n_delays=1, rank=rank).fit(noise)
        assert str(caught.value).count("is too_few_directions") == 3
        assert "give rank >= 2" in str(caught.value)
