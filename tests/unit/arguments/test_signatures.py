from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from dynashape.arguments import read_arguments, read_options
from dynashape.errors import InputError


@read_arguments(n=1, array=lambda name, given: np.asarray(given))
def echo(
    array: Any,
    n: int,
    rank: int | float | str = 3,
    ridge: float = 0.5,
    tile: int | None = None,
    ranks: Sequence[int] = (1,),
    shares: Sequence[float] = (0.5,),
    effort: str = "standard",
    *,
    pad: bool = False,
    progress: Any = None,
) -> tuple[Any, ...]:
    return array, n, rank, ridge, tile, ranks, shares, effort, pad, progress


def test_every_annotation_has_its_reader() -> None:
    given = echo([1], 2.0, np.int64(4), 1, np.uint8(3), np.arange(2), [1], pad=np.True_, progress="any")
    assert given[1:] == (2, 4, 1.0, 3, (0, 1), (1.0,), "standard", True, "any")
    assert [type(each) for each in given[:5]] == [np.ndarray, int, int, float, int]
    assert echo([1], 2, rank="svht")[2] == "svht"
    assert echo([1], 2, rank=0.9)[2] == 0.9


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n": 0}, "n must be at least 1; got 0"),
        ({"n": None}, "n must be a whole number from 1 up; got None"),
        ({"rank": None}, "rank must be a finite number; got None; leave it out for the default, 3"),
        ({"ridge": np.nan}, "ridge must be a finite number; got nan"),
        ({"tile": 1.5}, "tile must be a whole number; got 1.5"),
        ({"ranks": 3}, r"ranks must be a sequence of whole numbers; got 3"),
        ({"effort": 5}, "effort must be text; got 5"),
        ({"effort": None}, "effort must be text; got None"),
        ({"pad": 1}, "pad must be True or False; got 1"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_an_input_error(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        echo(**{"array": [1], "n": 2, **wrong})


def test_python_says_which_argument_is_missing_or_unknown() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'n'"):
        echo([1])
    with pytest.raises(TypeError, match="unexpected keyword argument 'm'"):
        echo([1], 2, m=3)


class Estimator(BaseEstimator):
    def __init__(self, rank: int = 3, effort: str = "standard") -> None:
        self.rank = rank
        self.effort = effort


def test_an_estimator_keeps_what_it_was_given() -> None:
    estimator = Estimator(rank=np.float64(4.0))
    read = read_options(estimator)
    assert (type(read.rank), read.rank, read.effort) == (int, 4, "standard")
    assert type(estimator.get_params()["rank"]) is np.float64
    with pytest.raises(InputError, match="rank must be at least 5; got 4"):
        read_options(estimator, rank=5)
