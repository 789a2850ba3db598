from __future__ import annotations

import warnings

import numpy as np
import pytest

from dynashape.dissimilarity import DSA, fit_input_operator, fit_operator, procrustes_distance
from dynashape.dissimilarity.activity import Recording, doubts, doubts_of_all, read_activity
from dynashape.errors import DoubtWarning

rng = np.random.default_rng(0)
X = rng.normal(size=(10, 30, 4)).cumsum(axis=1)


def filled_up() -> np.ndarray:
    out = X.copy()
    out[2, 20:] = out[7, 28:] = 0.0
    return out


def quietly(activity: object) -> Recording:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DoubtWarning)
        return read_activity(activity)


@pytest.mark.parametrize(
    "form", [filled_up(), list(filled_up()), filled_up().astype(np.float32)], ids=["3d", "list", "f4"]
)
def test_trials_filled_up_with_zeros_are_doubted_wherever_they_are_read(form: object) -> None:
    message = r"2 of 10 trials of .* end in 2 to 10 steps that are zero in all units"
    for read in (lambda x: fit_operator(x, 2, 3), lambda x: procrustes_distance(x, x), lambda x: DSA(2, 3).fit([x, x])):
        with pytest.warns(DoubtWarning, match=message):
            read(form)
    assert len(doubts(quietly(form), "area A")) == 1
    assert "2 of 10 trials of area A" in doubts(quietly(form), "area A")[0]


def test_sparse_counts_and_silent_systems_raise_no_doubt() -> None:
    counts = rng.poisson(0.05, size=(40, 60, 4))
    assert (counts[:, -1].sum(axis=-1) == 0).any()
    for activity in (counts, np.zeros((5, 10, 3)), X):
        assert doubts(quietly(activity)) == ()
    with warnings.catch_warnings():
        warnings.simplefilter("error", DoubtWarning)
        read_activity(counts)


def test_a_silent_trial_hides_no_padding() -> None:
    given = filled_up()
    given[5] = 0.0
    assert "2 of 10 trials" in doubts(quietly(given))[0]


def test_inputs_may_end_in_silence() -> None:
    u = rng.normal(size=(10, 30, 2))
    u[:, 20:] = 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("error", DoubtWarning)
        fit_input_operator(X, u, 2, 3)


def recordings(*shapes: tuple[int, ...]) -> list[Recording]:
    return [read_activity(rng.normal(size=shape)) for shape in shapes]


def test_axes_in_another_order_are_doubted_where_they_show() -> None:
    (turned,) = doubts_of_all(recordings((20, 8, 40), (20, 12, 40)))  # trials, units, steps
    assert "all systems have 40 units, and their numbers of steps differ (8, 12)" in turned
    assert 'axes="trial unit time"' in turned
    (first,) = doubts_of_all(recordings((8, 20, 40), (12, 20, 40)))  # units, trials, steps
    assert "numbers of trials differ (8, 12)" in first
    for usual in (((20, 40, 8), (20, 40, 12)), ((20, 40, 8), (20, 40, 8)), ((40, 8), (30, 8)), ((20, 40, 8),)):
        assert doubts_of_all(recordings(*usual)) == ()


def test_padding_under_a_mean_is_doubted() -> None:
    x = np.random.default_rng(0).normal(size=(6, 20, 4))
    x[:2, 15:] = 0.0
    with pytest.warns(DoubtWarning, match="2 of 6 trials of activity end in 5 steps that are the same"):
        fit_operator(x - x.mean(axis=(0, 1)), 1, 3)


def test_trials_that_come_to_rest_each_where_they_do_raise_no_doubt(recwarn: pytest.WarningsRecorder) -> None:
    x = np.random.default_rng(0).normal(size=(6, 20, 4))
    x[:, 15:] = x[:, 15:16]
    fit_operator(x, 1, 3)
    assert not recwarn
