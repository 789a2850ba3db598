from __future__ import annotations

import os

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from dynashape.engine import Unit
from dynashape.engine.units import run_unit


def threads() -> tuple[int, set[int], str]:
    np.ones((2, 2)) @ np.ones((2, 2))
    return torch.get_num_threads(), {pool["num_threads"] for pool in threadpool_info()}, os.environ["OMP_NUM_THREADS"]


def test_a_unit_runs_on_one_thread_and_the_process_gets_its_threads_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        with threadpool_limits(3):
            # a machine with one core may not grant three; torch does
            outside = threads()
            assert outside[0] == 3
            assert run_unit(Unit("threads", threads)).value == (1, {1}, "1")
            assert threads() == outside
    finally:
        torch.set_num_threads(before)


def test_a_variable_that_was_not_set_is_not_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    assert run_unit(Unit("mkl", os.environ.get, {"key": "MKL_NUM_THREADS"})).value == "1"
    assert "MKL_NUM_THREADS" not in os.environ
