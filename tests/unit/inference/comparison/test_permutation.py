from __future__ import annotations

import numpy as np
import pytest

from dynashape.errors import InputError
from dynashape.inference.comparison.permutation import condition_swaps, task_relabellings


def test_task_relabellings_are_all_there_once_and_start_with_the_given_one():
    tasks = np.array([False, True, False, True, True, False])
    found = task_relabellings(tasks)
    assert found.exact
    assert found.table[0].tolist() == tasks.tolist()
    assert (found.table.sum(axis=1) == 3).all()
    both = {tuple(row) for row in found.table.tolist()} | {tuple(row) for row in (~found.table).tolist()}
    assert len(both) == 20  # C(6, 3)
    assert len(found.table) == 10


def test_unequal_tasks_have_no_mirror_images():
    found = task_relabellings(np.array([True, True, False, False, False]))
    assert len({tuple(row) for row in found.table.tolist()}) == len(found.table) == 10  # C(5, 2)
    assert found.table[0].tolist() == [True, True, False, False, False]


def test_condition_swaps_are_all_there_up_to_swapping_every_network():
    found = condition_swaps(4)
    both = {tuple(row) for row in found.table.tolist()} | {tuple(row) for row in (~found.table).tolist()}
    assert len(found.table) == 8
    assert len(both) == 16
    assert not found.table[0].any()


def test_many_relabellings_are_sampled_with_a_stated_resolution():
    rng = np.random.default_rng(0)
    tasks, swaps = task_relabellings(np.arange(20) < 10, 99, rng), condition_swaps(20, 99, rng)
    for found in (tasks, swaps):
        assert not found.exact
        assert found.table.shape == (99, 20)
        assert found.resolution == pytest.approx(0.01)
        assert found.p_value(1.0, np.zeros(99)) == pytest.approx(0.01)
    assert (tasks.table.sum(axis=1) == 10).all()


def test_a_sample_needs_a_generator():
    with pytest.raises(InputError, match="rng"):
        condition_swaps(30, 99)


@pytest.mark.parametrize("limit", [0, -1, 1.5, "a", None, True])
def test_a_test_needs_a_relabelling(limit):
    for listed in (lambda: condition_swaps(4, limit), lambda: task_relabellings(np.array([True, False]), limit)):
        with pytest.raises(InputError, match="max_relabellings must be"):
            listed()


def test_tasks_are_truth_values_and_an_rng_a_generator():
    assert task_relabellings([1, 0]).table.tolist() == task_relabellings(np.array([True, False])).table.tolist()
    with pytest.raises(InputError, match="tasks must hold True and False"):
        task_relabellings(np.array([0, 2]))
    with pytest.raises(InputError, match=r"rng must be a generator, such as numpy.random.default_rng\(0\); got 3"):
        condition_swaps(20, rng=3)
