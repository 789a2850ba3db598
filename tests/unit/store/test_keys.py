from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynashape.errors import InputError
from dynashape.records import Condition
from dynashape.store import content_key

PARAMS = {"task": "CDM", "rate": 0.002, "coherences": [1, 5, 15], "noise": None, "whiten": True}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_a_key_never_changes_between_versions_of_the_package() -> None:
    # A change here makes every stored result of every user be computed again: raise a step's version instead.
    assert content_key("train", 1, PARAMS) == "fa500af85f77a9b75bd413e638d8b547"


def test_another_process_with_another_hash_seed_makes_the_same_key() -> None:
    code = f"from dynashape.store import content_key; print(content_key('train', 1, {PARAMS!r}))"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "77"},
    )
    assert answer.stdout.strip() == content_key("train", 1, PARAMS)


def test_every_ingredient_counts() -> None:
    keys = [
        content_key("train", 1, PARAMS),
        content_key("record", 1, PARAMS),
        content_key("train", 2, PARAMS),
        content_key("train", 1, {**PARAMS, "rate": 0.0020000000000000005}),
        content_key("train", 1, {**PARAMS, "whiten": 1}),
        content_key("train", 1, {**PARAMS, "coherences": [1, 15, 5]}),
        content_key("train", 1, {**PARAMS, "coherences": [[1, 5], 15]}),
        content_key("train", 1, {**PARAMS, "coherences": ["1", 5, 15]}),
        content_key("train", 1, {**PARAMS, "more": None}),
        content_key("train", 1, {**PARAMS, "rate": 2**53}),
        content_key("train", 1, {**PARAMS, "rate": 2**53 + 1}),
    ]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 32 and int(key, 16) >= 0 for key in keys)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_the_order_of_parameters_does_not_count(params: dict[str, object]) -> None:
    assert content_key("s", 1, params) == content_key("s", 1, dict(reversed(params.items())))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (0.0, -0.0),
        ((1, 2), [1, 2]),
        (np.float64(0.1), 0.1),
        (np.int32(3), 3),
        (np.bool_(True), True),
        (np.str_("GRU"), "GRU"),
        (Condition.NOISE, "noise"),
        (10**15, 1e15),
    ],
)
def test_equal_values_of_other_types_share_a_key(one: object, other: object) -> None:
    assert content_key("s", 1, {"p": one}) == content_key("s", 1, {"p": other})


@pytest.mark.parametrize(("one", "other"), [(1, True), (0.1, float(np.float32(0.1))), ("1", 1), (None, 0), ([], {})])
def test_different_values_do_not(one: object, other: object) -> None:
    assert content_key("s", 1, {"p": one}) != content_key("s", 1, {"p": other})


@pytest.mark.parametrize(
    "bad",
    [float("nan"), float("inf"), np.float32("nan"), np.zeros(2), {1, 2}, Path("x"), 1j, b"x", object(), {1: 2}],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_json_is_refused_with_its_place(bad: object) -> None:
    with pytest.raises(InputError, match=r"params\.task\.list\[1\]"):
        content_key("s", 1, {"task": {"list": [0, bad]}})
