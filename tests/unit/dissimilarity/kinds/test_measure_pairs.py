"""What a dissimilarity of one's own may give, and what is said of what it may not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from dynashape.dissimilarity import CkaDistance, Dissimilarity, PairDistances, find_dissimilarity
from dynashape.dissimilarity.kinds.dissimilarity import measure_pairs
from dynashape.dissimilarity.kinds.reductions import Averages
from dynashape.errors import InputError, SpecError

PAIRS = np.array([[0, 1], [0, 2], [1, 2]])
NAMES = ["a", "b", "c"]
SUMMARIES = [Averages(np.ones((1, 1, 1)))] * 3


@dataclass(frozen=True)
class Given(CkaDistance):
    """Gives the values that it was made with."""

    values: tuple[float, ...] = (1.0, 2.0, 3.0)

    def measure(self, summaries, pairs):
        return PairDistances.exact(np.array(self.values))


class Own(CkaDistance):
    """Reduces activity in its own way."""

    def reduce(self, activity, choices, name):
        return Averages(np.full((1, 1, 1), 7.0))


class Nameless(Dissimilarity):
    summary = int

    def reduce(self, activity, choices, name):
        return 1

    def measure(self, summaries, pairs):
        return PairDistances.exact(np.zeros(len(pairs)))


class Unreadable(Nameless):
    name, words, method = "unreadable", "nothing", "none"


def test_finite_distances_from_zero_up_are_as_they_were_given():
    assert measure_pairs(Given(), SUMMARIES, PAIRS, NAMES).values.tolist() == [1.0, 2.0, 3.0]


def test_what_rounding_leaves_below_zero_is_zero():
    assert measure_pairs(Given((1.0, -1e-12, 3.0)), SUMMARIES, PAIRS, NAMES).values.tolist() == [1.0, 0.0, 3.0]


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, -0.5])
def test_a_distance_that_is_none_is_refused_with_the_names_of_its_systems(wrong):
    with pytest.raises(InputError, match=r"'cka' must give finite distances.*between a and c, one of 1 such among 3"):
        measure_pairs(Given((1.0, wrong, 3.0)), SUMMARIES, PAIRS, NAMES)


@pytest.mark.parametrize("values", [(1.0,), (), (1.0, 2.0)])
def test_one_value_is_not_taken_for_all(values):
    with pytest.raises(InputError, match="for each of 3 pairs; got shapes"):
        measure_pairs(Given(values), SUMMARIES, PAIRS, NAMES)


def test_a_subclass_that_reduces_otherwise_does():
    own = Own()
    assert own.reduction.reduce(np.ones((2, 3, 1)), np.zeros(2, dtype=int), "x").values.item() == 7.0
    assert CkaDistance().reduction.reduce(np.ones((2, 3, 1)), np.zeros(2, dtype=int), "x").values.shape == (1, 3, 1)


def test_a_class_says_its_name_and_what_it_keeps():
    with pytest.raises(SpecError, match="must say its name, words, method"):
        find_dissimilarity(f"{__name__}:Nameless")
    with pytest.raises(SpecError, match="must be a dataclass with a field `status`"):
        find_dissimilarity(f"{__name__}:Unreadable")
