from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

from dynashape.arguments import number, real_number, real_numbers, shown, truth, whole_number, whole_numbers
from dynashape.errors import InputError

THREE = [3, 3.0, np.int8(3), np.uint64(3), np.float32(3.0), np.longdouble(3), np.array(3), Fraction(3), torch.tensor(3)]
NO_NUMBER = [True, np.False_, None, "3", b"3", [3], np.array([3]), 3 + 0j, np.complex64(3), np.ma.masked, ..., int]


@pytest.mark.parametrize("given", THREE, ids=repr)
def test_equal_numbers_are_the_same_number(given: Any) -> None:
    assert (whole_number("n", given), number("n", given), real_number("n", given)) == (3, 3, 3.0)
    assert (type(whole_number("n", given)), type(number("n", given))) == (int, int)
    assert type(real_number("n", given)) is float


@pytest.mark.parametrize("given", NO_NUMBER, ids=repr)
@pytest.mark.parametrize("read", [whole_number, number, real_number])
def test_what_is_no_number_is_refused(read: Any, given: Any) -> None:
    with pytest.raises(InputError, match=r"^n must be a"):
        read("n", given)


@pytest.mark.parametrize("given", [1.5, np.float32(1e-3), float("nan"), float("inf"), np.float64("-inf")])
def test_what_is_no_whole_number_is_refused(given: Any) -> None:
    with pytest.raises(InputError, match="n must be a whole number"):
        whole_number("n", given)


def test_numbers_keep_their_digits() -> None:
    assert whole_number("seed", 2**70) == 2**70
    assert number("rank", 0.9) == 0.9
    assert real_number("ridge", np.float64(1e-8)) == 1e-8


def test_numbers_that_no_float_holds_are_refused() -> None:
    for given in (10**400, 10**5000, float("nan"), -float("inf")):
        with pytest.raises(InputError, match="ridge must be a finite number"):
            real_number("ridge", given)
    assert np.isnan(real_number("pad", np.nan, finite=False))


def test_bounds_and_remedies_are_named() -> None:
    with pytest.raises(InputError, match=r"n must be at least 1; got 0\."):
        whole_number("n", 0, 1)
    with pytest.raises(InputError, match=r"n must be a whole number from 1 up; got 1\.5\."):
        whole_number("n", 1.5, 1)
    with pytest.raises(InputError, match=r"n must be a whole number; got None; leave it out\."):
        whole_number("n", None, remedy="leave it out")


def test_sequences() -> None:
    assert whole_numbers("delays", np.array([1.0, 2.0])) == whole_numbers("delays", range(1, 3)) == (1, 2)
    assert real_numbers("shares", [1, 0.5]) == (1.0, 0.5)
    for given in (3, np.int64(3)):
        with pytest.raises(InputError, match=r"put a single number in a tuple, \(3,\)"):
            whole_numbers("delays", given)
    for wrong in ("12", None, {1: 2}, np.ones((2, 2)), [1.5], [True], [None]):
        with pytest.raises(InputError, match="delays"):
            whole_numbers("delays", wrong)


def test_truth_values_are_no_numbers() -> None:
    assert [truth("pad", given) for given in (True, np.False_, np.array(True))] == [True, False, True]
    for wrong in (1, 0.0, "yes", None, [True]):
        with pytest.raises(InputError, match="pad must be True or False"):
            truth("pad", wrong)


def test_errors_show_what_was_given_in_short() -> None:
    assert len(shown("x" * 10_000)) < 100
    assert shown(10**5000) == "an integer of 16610 bits"
