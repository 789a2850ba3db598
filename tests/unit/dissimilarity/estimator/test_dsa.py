from __future__ import annotations

import pickle
from inspect import signature

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from dynashape.dissimilarity import DSA, align_all, fit_operator, spectral_distances
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
            "must be a list of systems, each an activity (trials, steps, units) or an Operator, a mapping of names",
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


def test_names_are_those_of_a_mapping() -> None:
    given = systems(3)
    plain = DSA(n_delays=2, rank=5).fit(given)
    named = DSA(n_delays=2, rank=5).fit(dict(zip("ABC", given, strict=True)))
    stacked = DSA(n_delays=2, rank=5).fit(np.stack(given))
    assert plain.names_ == stacked.names_ == ["system 0", "system 1", "system 2"]
    assert named.names_ == ["A", "B", "C"]
    assert (named.distances_ == plain.distances_).all()
    assert (stacked.distances_ == plain.distances_).all()
    with pytest.raises(InputError, match="B is silent"):
        DSA(n_delays=2, rank=5).fit({"A": given[0], "B": 0 * given[1]})
    with pytest.raises(InputError, match="a name of its own for each system; got 1, 1"):
        DSA(n_delays=2, rank=5).fit({1: given[0], "1": given[1]})


@pytest.mark.parametrize("dissimilarity", ["dsa", "spectral"])
def test_a_reference_gives_the_rectangle_and_nothing_else(dissimilarity: str) -> None:
    given = systems(5)
    square = DSA(n_delays=2, rank=5, dissimilarity=dissimilarity).fit(given)
    ticks: list[tuple[int, int]] = []
    dsa = DSA(2, 5, dissimilarity=dissimilarity, progress=lambda *tick: ticks.append(tick))
    dsa.fit(given[:2], reference={"a": given[2], "b": given[3], "c": given[4]})
    assert (dsa.distances_ == square.distances_[:2, 2:]).all()
    assert (dsa.names_, dsa.reference_names_) == (["system 0", "system 1"], ["a", "b", "c"])
    assert (len(dsa.operators_), len(dsa.reference_operators_)) == (2, 3)
    assert (5, 5) in ticks
    if dissimilarity == "dsa":
        assert ticks[-1] == (6, 6)
        assert len(dsa.alignments_.values) == 6
    with pytest.raises(InputError, match="to_distances needs the distances between all pairs"):
        dsa.to_distances()


def test_a_name_on_both_sides_is_told_apart() -> None:
    given = systems(2)
    dsa = DSA(2, 5).fit({"A": given[0]}, reference={"A": given[1], "B": given[0]})
    assert dsa.reference_names_ == ["reference A", "B"]
    assert dsa.distances_[0, 1] < 1e-7


def test_spectral_distances() -> None:
    given = systems(3)
    dsa = DSA(2, 5, dissimilarity="spectral").fit(given)
    assert (dsa.distances_ == spectral_distances(dsa.operators_)).all()
    assert dsa.alignments_ is None
    assert dsa.to_distances().unit == "1"


def test_labelled_distances() -> None:
    dsa = DSA(2, 5).fit(dict(zip("ABC", systems(3), strict=True)))
    labelled = dsa.to_distances()
    assert (labelled.values == dsa.distances_).all()
    assert labelled.names == ["A", "B", "C"]
    assert (labelled.dissimilarity, labelled.unit, labelled.facts) == ("dsa", "rad", {"n_delays": 2, "rank": 5})
    assert dsa.to_distances({"area": ["V1", "V1", "PFC"]}).select(area="V1").n_systems == 2


def test_equal_numbers_are_the_same_choice() -> None:
    given = systems(3)
    expected, found = DSA(rank=4).fit(given), DSA(rank=np.int64(4)).fit(given)
    assert found.selection_.n_delays == found.n_delays_ == expected.n_delays_
    assert (found.distances_ == expected.distances_).all()
    fixed = DSA(4, 4).fit(given)
    assert fixed.selection_ is None
    for four in (4.0, np.int64(4), np.float32(4.0), np.array(4)):
        found = DSA(four, four).fit(given)
        assert (type(found.n_delays_), type(found.rank_)) == (int, int)
        assert (found.distances_ == fixed.distances_).all()


def test_systems_in_place_of_numbers_are_refused_with_the_way() -> None:
    given = systems(2)
    for X in (given, np.stack(given), tuple(given)):
        with pytest.raises(InputError, match=r"DSA\(\)\.fit\(X, reference=Y\)"):
            DSA(X, X)
    with pytest.raises(InputError, match="n_delays of DSA must be one number; got a list of 2"):
        DSA([5, 10])
    with pytest.raises(InputError, match="rank of DSA must be one number; got a tuple of 2"):
        DSA(2).set_params(rank=(5, 10)).fit(given)
    with pytest.raises(InputError, match=r"takes no y.*give fit\(X, reference=Y\)"):
        DSA(2, 5).fit(given, given)
    with pytest.raises(InputError, match="unknown dissimilarity 'spectra'; did you mean 'spectral'"):
        DSA(2, 5, dissimilarity="spectra").fit(given)
    with pytest.raises(InputError, match="both hold activities, or both Operators"):
        DSA(2, 5).fit(given, reference=[fit_operator(given[0], 2, 5)])


def test_rank_one_leaves_nothing_to_align() -> None:
    noise = [np.random.default_rng(k).normal(size=(20, 40, 8)) for k in range(3)]
    with pytest.raises(InputError, match=r"leave nothing to align.*rank >= 2"):
        DSA(1, 1).fit(noise)
    with pytest.raises(InputError, match=r"svht.*give rank >= 2|Give a rank >= 2"):
        DSA(1, "svht").fit(noise)
    assert np.isfinite(DSA(1, 1, dissimilarity="spectral").fit(noise).distances_).all()


def test_every_system_that_cannot_be_fitted_is_named() -> None:
    given = systems(3)
    with pytest.raises(InputError) as caught:
        DSA(2, 5).fit({"A": given[0] * np.nan, "B": given[1], "C": given[2] * np.inf, "D": given[2][..., :2]})
    message = str(caught.value)
    assert all(text in message for text in ("A has", "C has", "rank must lie in 1..4", "D"))
    assert "B" not in message


@pytest.mark.parametrize("dissimilarity", ["dsa", "spectral"])
def test_threads_change_nothing(dissimilarity: str) -> None:
    if dissimilarity == "dsa" and "n_jobs" not in signature(align_all).parameters:
        pytest.skip("align_all works on one thread")
    given = systems(4)
    one, two = (DSA(2, 5, dissimilarity=dissimilarity, corrected=True, n_jobs=n).fit(given) for n in (1, 2))
    assert (one.distances_ == two.distances_).all()
    assert (one.squared_corrected_ == two.squared_corrected_).all()
    assert (one.floors(2).units == two.floors(2).units).all()


def test_a_file_holds_no_recordings() -> None:
    dsa = DSA(2, 5).fit(systems(3))
    again = pickle.loads(pickle.dumps(dsa))
    assert (again.distances_ == dsa.distances_).all()
    assert len(pickle.dumps(dsa)) < systems(1)[0].nbytes
    assert str(again.summary()) == str(dsa.summary())
    for ask in (again.floors, again.stability, DSA().fit(dsa.operators_).floors):
        with pytest.raises(InputError, match="needs the activity of each system"):
            ask()
    with pytest.raises(NotFittedError):
        DSA(2, 5).floors()
    assert not hasattr(DSA(2, 5), "floor_")


def test_a_rank_that_leaves_nothing_to_align_is_refused_and_never_0_and_pi() -> None:
    noise = [np.random.default_rng(k).normal(size=(20, 30, 10)) for k in range(3)]
    for rank in ("svht", 0.01, 1):
        with pytest.raises(InputError, match="rank >= 2"):
            DSA(n_delays=1, rank=rank).fit(noise)
