from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynashape.dissimilarity import embed_delays
from dynashape.dissimilarity.activity import read_activity
from dynashape.dissimilarity.operator.embedding import (
    build_embedding,
    embedding_gram,
    embedding_rows,
    has_next,
    project_embedding,
)
from dynashape.errors import InputError


def written_out(trials: list[np.ndarray], n_delays: int, delay_interval: int) -> np.ndarray:
    """The definition, step by step."""
    first = (n_delays - 1) * delay_interval
    return np.array(
        [
            np.concatenate([trial[t - d * delay_interval] for d in range(n_delays)])
            for trial in trials
            for t in range(first, len(trial))
        ]
    )


@st.composite
def recordings(draw: st.DrawFn) -> tuple[list[np.ndarray], int, int]:
    n_delays, delay_interval = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    least = (n_delays - 1) * delay_interval + 2
    lengths = draw(st.lists(st.integers(least, least + 6), min_size=1, max_size=5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n_units = draw(st.integers(1, 4))
    return [rng.normal(size=(length, n_units)) for length in lengths], n_delays, delay_interval


@given(recordings())
@settings(deadline=None, max_examples=100)
def test_products_of_the_embedding_are_those_of_the_definition(case: tuple[list[np.ndarray], int, int]) -> None:
    trials, n_delays, delay_interval = case
    H = written_out(trials, n_delays, delay_interval)
    recording = read_activity(trials)
    rows = embedding_rows(recording, n_delays, delay_interval)
    weights = np.random.default_rng(0).normal(size=(H.shape[1], 3))
    # A handful of terms of order one a sum: rounding stays far below 1e-12.
    built = build_embedding(recording, rows, n_delays, delay_interval) * recording.scale
    np.testing.assert_allclose(built, H, rtol=1e-15)
    gram = embedding_gram(recording, n_delays, delay_interval) * recording.scale**2
    np.testing.assert_allclose(gram, H.T @ H, atol=1e-12 * len(H))
    projected = project_embedding(recording, weights, n_delays, delay_interval) * recording.scale
    np.testing.assert_allclose(projected, H @ weights, atol=1e-12 * H.shape[1])
    np.testing.assert_allclose(np.concatenate(embed_delays(trials, n_delays, delay_interval)), H, rtol=1e-15)
    ends = np.cumsum([len(t) - (n_delays - 1) * delay_interval for t in trials]) - 1
    assert np.flatnonzero(~has_next(recording, rows)).tolist() == ends.tolist()


def test_no_row_reaches_into_another_trial() -> None:
    activity = np.repeat(np.arange(6.0)[:, None, None], 9, axis=1)
    for trial, embedded in enumerate(embed_delays(activity, n_delays=4, delay_interval=2)):
        assert (embedded == trial).all()
        assert embedded.shape == (3, 4)


def test_the_present_comes_first_and_older_steps_after_it() -> None:
    activity = np.arange(10.0)[:, None]
    assert embed_delays(activity, n_delays=3, delay_interval=2)[0][0].tolist() == [4.0, 2.0, 0.0]


def test_one_array_is_the_list_of_its_trials() -> None:
    activity = np.random.default_rng(1).normal(size=(4, 12, 3)).astype(np.float32)
    whole = embed_delays(activity, 3)
    for mixed in (list(activity), [activity[:2], activity[2], activity[3]]):
        for a, b in zip(whole, embed_delays(mixed, 3), strict=True):
            assert (a == b).all()
    assert all(a.dtype == np.float64 for a in whole)


def test_integers_are_welcome_and_nothing_is_written_to() -> None:
    activity = np.random.default_rng(1).integers(-3, 4, size=(4, 12, 3))
    before = activity.copy()
    activity.flags.writeable = False
    embedded = embed_delays(activity, 2)
    embedded[0][:] = 0.0
    assert (activity == before).all()


def test_one_error_lists_every_fault() -> None:
    good = np.zeros((3, 12, 4))
    bad = np.zeros((12, 4), dtype=np.float32)
    bad[7, 2] = np.nan
    bad[9, 1] = np.inf
    with pytest.raises(InputError) as caught:
        embed_delays([good, bad, np.zeros((12, 5)), np.zeros(7), np.zeros((2, 3), dtype=complex)], 2)
    message = str(caught.value)
    assert "activity[1] has 2 values that are not finite, the first at step 7, unit 2" in message
    assert "same number of units (activity[0] has 4, activity[1] has 4, activity[2] has 5" in message
    assert "activity[3] must be (steps, units) or (trials, steps, units); got shape (7,)" in message
    assert "activity[4] must hold real numbers; got dtype complex128" in message


@pytest.mark.parametrize(
    ("activity", "n_delays", "delay_interval", "message"),
    [
        (np.zeros((2, 24, 3)), 30, 1, "n_delays must lie in 1..23 (the 24 steps of activity, at delay_interval 1"),
        (np.zeros((2, 24, 3)), 0, 1, "got 0"),
        (np.zeros((2, 24, 3)), 13, 2, "n_delays must lie in 1..12"),
        (
            [np.zeros((24, 3)), np.zeros((9, 3))],
            9,
            1,
            "n_delays must lie in 1..8 (the 9 steps of activity in the short",
        ),
        (np.zeros((2, 24, 3)), 3, 0, "delay_interval must be at least 1; got 0"),
        (np.zeros((2, 1, 3)), 1, 1, "trials of at least 2 steps"),
        (np.zeros((0, 24, 3)), 1, 1, "activity is empty: its shape is (0, 24, 3)"),
        ([], 1, 1, "activity is an empty list"),
        (np.array([["a", "b"]]), 1, 1, "must hold real numbers"),
        (np.full((1, 3, 2), np.nan), 1, 1, "6 values that are not finite, the first at trial 0, step 0, unit 0"),
    ],
)
def test_errors_say_what_is_allowed(activity: np.ndarray, n_delays: int, delay_interval: int, message: str) -> None:
    with pytest.raises(InputError, match=r".") as caught:
        embed_delays(activity, n_delays, delay_interval)
    assert message in str(caught.value)


def test_the_largest_number_of_delays_named_in_the_error_works() -> None:
    embedded = embed_delays(np.ones((2, 24, 3)), 12, 2)
    assert embedded[0].shape == (2, 36)
