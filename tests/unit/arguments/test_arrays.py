from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr

from dynashape.arguments import float_array, real_array, truth_array, whole_array
from dynashape.errors import InputError

VALUES = np.random.default_rng(0).normal(size=(4, 3))


@pytest.mark.parametrize(
    "given",
    [
        VALUES.tolist(),
        list(VALUES),
        pd.DataFrame(VALUES),
        pd.DataFrame(VALUES).astype("Float64"),
        VALUES.astype(object),
        xr.DataArray(VALUES),
        torch.tensor(VALUES, requires_grad=True),
        torch.tensor(VALUES).to_sparse(),
        np.ma.masked_array(VALUES, mask=False),
        [np.ma.masked_array(row) for row in VALUES],
    ],
    ids=lambda given: type(given).__name__,
)
def test_arrays_of_any_library_are_read(given: Any) -> None:
    assert real_array("x", given).tolist() == VALUES.tolist()


def test_nothing_is_converted_without_need() -> None:
    single = VALUES.astype(np.float32)
    assert real_array("x", single) is single
    assert np.shares_memory(real_array("x", np.ma.masked_array(single)), single)
    assert float_array("x", single).dtype == np.float64


def test_tensors_of_half_precision_are_read() -> None:
    exact = torch.tensor([[0.5, -2.0]])
    for tensor in (exact.bfloat16(), exact.half()):
        assert real_array("x", tensor).tolist() == [[0.5, -2.0]]


class OnACard:
    """What an array of cupy looks like; numpy cannot read it."""

    __cuda_array_interface__ = {}  # noqa: RUF012

    def get(self) -> np.ndarray:
        return VALUES

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise TypeError("implicit conversion")


def test_arrays_on_a_card_are_fetched() -> None:
    assert real_array("x", OnACard()) is VALUES


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.ma.masked_array(VALUES, mask=VALUES > 0), r"x has \d+ masked values of 12"),
        ([np.ma.masked_array([1.0, 2.0], mask=[0, 1])], r"x\[0\] has 1 masked value of 2"),
        (VALUES + 1j, "x must hold real numbers; got dtype complex128"),
        (torch.tensor(VALUES) * 1j, "x must hold real numbers; got dtype torch.complex128"),
        (torch.zeros(2, 2, device="meta"), "x is a tensor on the device 'meta'"),
        ("abc", "x must hold real numbers; got dtype <U3"),
        ([1, None], r"x must hold real numbers; got None \(NoneType\) at \[1\]"),
        ([Decimal("0.5")], "x must hold real numbers"),
        ([[1], [1, 2]], "x must be an array of real numbers"),
        (None, "x must be an array of real numbers; got None"),
        (pd.DataFrame({"a": [1.0], "name": ["b"]}), r"got dtype object \(columns name\); drop those"),
        (pd.DataFrame({"when": pd.to_datetime(["2020-01-01"])}), r"got dtype datetime64.*columns when"),
    ],
    ids=repr,
)
def test_what_hides_values_or_is_no_number_is_refused(given: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        real_array("x", given)


def test_truth_values_and_whole_numbers() -> None:
    assert truth_array("x", [True, False]).tolist() == truth_array("x", np.array([1, 0])).tolist() == [True, False]
    assert whole_array("x", np.array([[0.0, 2.0]])).dtype == np.int64
    for given in ([0.5], [2], [np.nan]):
        with pytest.raises(InputError, match="x must hold True and False"):
            truth_array("x", given)
    for given in ([0.5], [True], [np.nan], [1e30]):
        with pytest.raises(InputError, match="x must hold whole numbers"):
            whole_array("x", given)
