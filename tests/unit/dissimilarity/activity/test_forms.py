"""One system in every form that people have it in: the same operator, or an error that says what to do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr

from dynashape.dissimilarity import fit_operator, procrustes_distance
from dynashape.dissimilarity.activity import read_activity
from dynashape.errors import InputError

rng = np.random.default_rng(0)
X = rng.normal(size=(6, 20, 4)).cumsum(axis=1)
LONG = xr.DataArray(X, dims=("trial", "time", "unit"), name="rate").to_dataframe().reset_index()
WIDE = LONG.pivot(index=["trial", "time"], columns="unit", values="rate")


def cells(shape: tuple[int, ...], trials: list[Any]) -> np.ndarray:
    """A cell array of MATLAB, as scipy.io.loadmat gives it."""
    out = np.empty(len(trials), dtype=object)
    out[:] = trials
    return out.reshape(shape)


class Epochs:
    """What dynashape sees of Raw, Epochs and Evoked of mne."""

    ch_names = ("C1", "C2", "C3", "C4")

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def get_data(self) -> np.ndarray:
        return self.values


class BinnedSpikeTrain:
    """What dynashape sees of elephant's."""

    bin_size = 5.0

    def __init__(self, counts: np.ndarray) -> None:
        self.counts = counts

    def to_array(self) -> np.ndarray:
        return self.counts


class AnalogSignal(np.ndarray):
    """What dynashape sees of neo's: an array of time by channels with further attributes."""

    t_start, t_stop = 0.0, 1.0


class Segment:
    """What dynashape sees of neo's."""

    analogsignals = ()


SAME: dict[str, Any] = {
    "list": list(X),
    "pieces": [X[:2], X[2:]],
    "nested lists": X.tolist(),
    "objects": X.astype(object),
    "no mask": np.ma.masked_array(X, mask=np.zeros(X.shape, dtype=bool)),
    "tensor": torch.tensor(X, requires_grad=True),
    "list of tensors": [*torch.tensor(X, requires_grad=True)],
    "cells in a row": cells((1, 6), list(X)),
    "cells in a column": cells((6, 1), list(X)),
    "cells": cells((6,), list(X)),
    "cells in cells": cells((1, 6), [cells((1, 1), [trial]) for trial in X]),
    "labelled": xr.DataArray(X.transpose(2, 0, 1), dims=("neuron_id", "Epochs", "time_bin")),
    "labelled trials": [xr.DataArray(trial.T, dims=("channel", "time")) for trial in X],
    "labelled without names": xr.DataArray(X),
    "frames": [pd.DataFrame(trial) for trial in X],
    "turned frames": [pd.DataFrame(trial, index=pd.RangeIndex(20, name="time")).T for trial in X],
    "frames of units in rows": [pd.DataFrame(trial.T, index=pd.Index(list("abcd"), name="unit")) for trial in X],
    "frame of trials": WIDE,
    "nullable frames": [pd.DataFrame(trial).astype("Float64") for trial in X],
    "mne epochs": Epochs(X.transpose(0, 2, 1)),
    "mne raws": [Epochs(trial.T) for trial in X],
    "elephant": [BinnedSpikeTrain(trial.T) for trial in X],
    "neo": [trial.view(AnalogSignal) for trial in X],
}


@pytest.mark.parametrize("form", SAME)
def test_every_form_of_one_system_is_the_same_system(form: str) -> None:
    given = SAME[form]
    recording = read_activity(given)
    assert recording.lengths.tolist() == [20] * 6
    # A power of two was taken out, which loses nothing.
    np.testing.assert_array_equal(recording.table * recording.scale, X.reshape(-1, 4))
    np.testing.assert_array_equal(fit_operator(given, 2, 3).matrix, fit_operator(X, 2, 3).matrix)
    assert procrustes_distance(given, X) < 1e-12


masked = np.ma.masked_array(X, mask=np.zeros(X.shape, dtype=bool))
masked[3, 15:] = np.ma.masked
output, (h, c) = torch.nn.LSTM(2, 4, batch_first=True)(torch.randn(6, 20, 2))
late, last = torch.nn.GRU(2, 4)(torch.randn(20, 6, 2))

REFUSED: dict[str, tuple[Any, str]] = {
    "mask": (masked, r"has 20 masked values of 480; give a list of trials cut to their length, .*pad=np.nan\)"),
    "masked trial": (list(masked), r"activity\[3\] has 20 masked values of 80; give a list"),
    "what an LSTM returns": ((output, (h, c)), r"what an LSTM returns, .*; give the output alone, activity\[0\]"),
    "what a GRU returns": ((late, last), r"what a recurrent layer returns, .*; give the output alone, activity\[0\]"),
    "meta": (torch.zeros(3, 30, 4, device="meta"), r"on the device 'meta', which holds no values; make it on the CPU"),
    "complex": (X + 1j, "must hold real numbers; got dtype complex128"),
    "one nested list": (
        X[0].tolist(),
        r"^activity is a nested list, 20 lists of numbers; give np.array",
    ),
    "steps apart": (list(X[0]), r"^activity is a list of 20 arrays of one dimension; give np.stack\(activity\) where"),
    "one unit": (X[0, :, 0], r"got shape \(20,\); of one unit give activity\[:, None\]"),
    "conditions": (X[None], r'got shape \(1, 6, 20, 4\); pool .*axes="condition trial time unit"\), or give systems'),
    "empty cell": (cells((1, 2), [X[0], np.zeros((0, 0))]), r"^activity\[1\] is empty: its shape is \(0, 0\)\.$"),
    "no cells": (np.empty((0, 0), dtype=object), "is an empty cell array"),
    "rows of cells": (
        cells((2, 3), list(X)),
        r"of shape \(2, 3\); give the trials .* list\(activity\[0\]\)",
    ),
    "turned cells": (cells((1, 6), [x[: 15 + k].T for k, x in enumerate(X)]), r"read_trials\(x, axes=\"unit time\"\)"),
    "unknown names": (xr.DataArray(X, dims=("a", "b", "unit")), r"named 'a', 'b', 'unit'.*axes=\"trial time unit\""),
    "two of trials": (
        xr.DataArray(X[None], dims=("condition", "trial", "time", "unit")),
        r"axes=\"condition trial",
    ),
    "no time": (xr.DataArray(X[0], dims=("trial", "unit")), r"one of time, one of units"),
    "dataset": (xr.Dataset({"rate": 1, "speed": 2}), r"several variables \(rate, speed\); give one of them"),
    "mapping": ({"A": X}, "activity is a dict; give the array of one system, or a list of its trials"),
    "long table": (LONG, r"columns 'trial', 'time', 'unit', which are no units; pivot it, x\.pivot\("),
    "table with times": (
        WIDE.reset_index(),
        r"which are no units; .*set_index\(\['trial', 'time'\]\)",
    ),
    "levels": (WIDE.rename_axis(index=["animal", "day"]), "named 'animal', 'day' and 'unit'; give steps by units"),
    "text": (pd.DataFrame({"a": [1.0, 2.0], "sex": ["f", "m"]}), r"columns sex\); drop those that are no units"),
    "missing": (
        pd.DataFrame({"a": [1, pd.NA], "b": [2, 3]}),
        r"1 value that is not finite, .* at step 1, unit 0",
    ),
    "time-frequency": (Epochs(X[None]), r"axes named '\?'"),
    "segment": (Segment(), "is a Segment of neo; give its signals"),
    "spike times": (X[0, :, 0].view(AnalogSignal), "holds spike times; count them in bins first"),
    "trains": ([X[0, :, 0].view(AnalogSignal)] * 3, "holds spike times; count them in bins first"),
    "none": (None, "must be an array of activity; got None"),
    "text alone": ("abc", "must be an array of activity; got 'abc'"),
    "generator": (iter(X), "must be an array of real numbers; got <"),
    "nothing": ([], "is an empty list"),
}


@pytest.mark.parametrize("form", REFUSED)
def test_what_is_no_activity_is_named_with_the_remedy(form: str) -> None:
    given, message = REFUSED[form]
    with pytest.raises(InputError, match=message):
        read_activity(given)


def test_two_tensors_that_are_trials_stay_trials() -> None:
    assert read_activity((torch.zeros(5, 4), torch.ones(3, 4))).lengths.tolist() == [5, 3]


def test_a_joined_array_is_not_a_list_of_trials() -> None:
    """Trials laid end to end have windows across their borders: only a list, or axes, say where trials end."""
    apart = fit_operator(X, 2, 3).matrix
    for same in (list(X), [X[:2], X[2:]]):
        np.testing.assert_array_equal(fit_operator(same, 2, 3).matrix, apart)
    # Sums over trials in another order.
    np.testing.assert_allclose(fit_operator(X[::-1], 2, 3).matrix, apart, atol=1e-10)
    assert np.abs(fit_operator(X.reshape(-1, 4), 2, 3).matrix - apart).max() > 1e-3


TIMED = xr.DataArray(X, dims=("trial", "time", "unit"), coords={"time": np.arange(20) * 0.01})
TURNED = pd.DataFrame(X[0], index=pd.Index(np.arange(20), name="time"))
OUT_OF_TIME = {
    "frame of trials": (WIDE.iloc[::-1], "must increase.*sort_index"),
    "frame": (TURNED.iloc[::-1], "must increase.*sort_index"),
    "turned frame": (TURNED.iloc[::-1].T, r"must increase.*sort_index\(axis=1\)"),
    "labelled array": (TIMED.isel(time=np.r_[1, 0, 2:20]), r"must increase.*sortby\('time'\)"),
    "gap": (TIMED.isel(time=np.r_[0:10, 15:20]), "equally far apart.*0.09.*0.15"),
    "gap in a frame": (TURNED.drop(index=7), "equally far apart"),
    "dates": (TURNED.set_axis(pd.date_range("2020-01-01", periods=20, name="time"))[::-1], "must increase"),
}


@pytest.mark.parametrize("form", OUT_OF_TIME)
def test_times_that_are_no_steps_are_refused(form: str) -> None:
    given, said = OUT_OF_TIME[form]
    with pytest.raises(InputError, match=said):
        read_activity(given)


def test_times_of_equal_steps_are_read() -> None:
    for given in (TIMED, WIDE, WIDE.sample(frac=1, random_state=0).sort_index(), [TURNED, TURNED.T]):
        assert read_activity(given).n_units == 4


@pytest.mark.parametrize(
    "column", ["trial_num", "t", "cell_num", "Time (s)", "timestamp", "time_ms", "TrialID", "unit no."]
)
def test_columns_that_are_no_units_are_refused_under_any_name(column: str) -> None:
    with pytest.raises(InputError, match="which are no units"):
        read_activity(pd.DataFrame(X[0]).assign(**{column: np.arange(20.0)}))
