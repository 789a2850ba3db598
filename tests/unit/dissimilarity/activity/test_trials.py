from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dynashape
from dynashape.dissimilarity import fit_operator
from dynashape.dissimilarity.activity import read_trials
from dynashape.errors import DoubtWarning, InputError

rng = np.random.default_rng(0)
X = rng.normal(size=(8, 30, 4)).cumsum(axis=1)
LENGTHS = [30, 12, 25, 30, 18, 29, 21, 15]
CUT = [trial[:n] for trial, n in zip(X, LENGTHS, strict=True)]


def padded(value: float) -> np.ndarray:
    out = X.copy()
    for trial, n in zip(out, LENGTHS, strict=True):
        trial[n:] = value
    return out


@pytest.mark.parametrize("pad", [np.nan, 0, -1.0, np.float32(0)])
def test_padding_is_the_end_of_a_trial(pad: Any) -> None:
    given = padded(pad)
    read = read_trials(given, pad=pad)
    assert [len(trial) for trial in read] == LENGTHS
    assert all(np.shares_memory(trial, given) for trial in read)
    np.testing.assert_array_equal(fit_operator(read, 2, 3).matrix, fit_operator(CUT, 2, 3).matrix)


def test_masked_steps_at_the_end_are_padding() -> None:
    given = np.ma.masked_invalid(padded(np.nan))
    for form in (given, list(given)):
        assert [len(trial) for trial in read_trials(form, pad=np.nan)] == LENGTHS


def test_nan_at_the_end_of_trials_is_an_error_whose_remedy_works() -> None:
    given = padded(np.nan)
    for form in (given, list(given)):
        with pytest.raises(InputError, match=r"give a list of trials cut .*dynashape\.read_trials\(x, pad=np\.nan\)"):
            fit_operator(form, 2, 3)
    assert dynashape.read_trials is read_trials


def test_nan_elsewhere_is_no_padding() -> None:
    given = padded(np.nan)
    given[2, 3, 1] = np.nan
    with pytest.raises(InputError) as refused:
        fit_operator(given, 2, 3)
    assert "pad" not in str(refused.value)
    with pytest.raises(InputError, match=r"trial 2 of activity has 1 value that is not finite, .*step 3, unit 1"):
        read_trials(given, pad=np.nan)


def test_trials_of_nothing_but_padding_are_named() -> None:
    given = X.copy()
    given[[1, 4]] = np.nan
    with pytest.raises(InputError, match=r"at trial 1, step 0, unit 0, all in whole trials; leave such trials out\.$"):
        fit_operator(given, 2, 3)
    with pytest.raises(InputError, match=r"nothing but padding is in trial 1 of activity, trial 4 of activity; leave"):
        read_trials(given, pad=np.nan)


@pytest.mark.parametrize(
    ("order", "axes"),
    [
        ((0, 2, 1), "trial unit time"),
        ((2, 0, 1), "unit trial time"),
        ((2, 1, 0), ("neurons", "bins", "Trials")),
        ((1, 2, 0), "time, channel, epoch"),
    ],
)
def test_axes_are_brought_into_order(order: tuple[int, ...], axes: Any) -> None:
    np.testing.assert_array_equal(np.stack(read_trials(X.transpose(order), axes=axes)), X)


def test_axes_of_a_list_are_those_of_each_array() -> None:
    read = read_trials([trial.T for trial in CUT], axes="unit time")
    np.testing.assert_array_equal(fit_operator(read, 2, 3).matrix, fit_operator(CUT, 2, 3).matrix)


def test_several_axes_of_trials_become_one() -> None:
    read = read_trials(X.reshape(2, 4, 30, 4).transpose(0, 2, 1, 3), axes="condition time trial unit")
    np.testing.assert_array_equal(np.stack(read), X)


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        ("trial time", "one axis of time and one of units"),
        ("time time unit", "one axis of time and one of units"),
        ("trial time banana", "unknown names 'banana'. Known are trial: trial, epoch"),
        ("time unit", r"activity has 3 axes, of shape \(8, 30, 4\), and axes names 2: time unit"),
        (5, "axes must name the axes"),
        (["trial", None, "unit"], "unknown names None"),
    ],
    ids=str,
)
def test_axes_that_do_not_fit_are_refused(axes: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_trials(X, axes=axes)


@pytest.mark.parametrize("pad", ["nan", True, [0.0]], ids=repr)
def test_padding_is_a_number(pad: Any) -> None:
    with pytest.raises(InputError, match="pad must be a number"):
        read_trials(X, pad=pad)


def test_what_is_read_raises_no_doubt(recwarn: pytest.WarningsRecorder) -> None:
    with pytest.warns(DoubtWarning):
        fit_operator(padded(0.0), 2, 3)
    recwarn.clear()
    fit_operator(read_trials(padded(0.0), pad=0), 2, 3)
    assert not recwarn.list
