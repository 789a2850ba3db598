"""The smallest p of a design is the one its tests give where no relabelling separates as well."""

from __future__ import annotations

import numpy as np
import pytest

from dynashape.distances import Distances
from dynashape.errors import InputError
from dynashape.inference import compare, describe_reach, fewest_seeds, smallest_p_value
from dynashape.records import ALPHA, Term


@pytest.mark.parametrize("n_seeds", [2, 3, 5])
def test_it_is_the_smallest_p_of_a_comparison(n_seeds):
    """Systems in four far corners, so that both labellings separate as well as can be."""
    rng = np.random.default_rng(0)
    task, condition = np.repeat([0, 1], 2 * n_seeds), np.tile([0, 1], 2 * n_seeds)
    points = np.stack([9.0 * task, 9.0 * condition], axis=1) + rng.normal(0, 0.1, (4 * n_seeds, 2))
    labels = {
        "task": np.array(["CDM", "PR"])[task],
        "condition": np.array(["noise", "trained"])[condition],
        "seed": np.arange(4 * n_seeds) // 2 % n_seeds,
    }
    found = compare(Distances(np.linalg.norm(points[:, None] - points[None], axis=-1), labels))
    for term in (Term.TASK, Term.CONDITION):
        assert found.separations[term].permanova_p == pytest.approx(smallest_p_value(term, n_seeds))


def test_the_fewest_seeds_are_the_first_that_reach_the_level():
    for term in (Term.TASK, Term.CONDITION):
        fewest = fewest_seeds(term)
        assert smallest_p_value(term, fewest) <= ALPHA < smallest_p_value(term, fewest - 1)
        assert fewest_seeds(term, max_relabellings=15) is None  # 1 / 16 is the smallest of so many draws
    assert fewest_seeds(Term.TASK, 1e-3) > fewest_seeds(Term.TASK)


def test_what_is_out_of_reach_is_said_with_the_remedy():
    said = describe_reach(2)
    assert said.startswith("2 seeds cannot give a verdict, nor tell training or input apart at 0.05 (the smallest p is")
    assert said.endswith("; 4 seeds are the fewest that can.")
    assert "verdict" not in describe_reach(3)
    assert "training" not in describe_reach(3)
    assert describe_reach(4) == ""
    assert "takes more than 10 relabellings" in describe_reach(6, 10)


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(InputError, match="n_seeds must be at least 2; got 1"):
        smallest_p_value(Term.TASK, 1)
    with pytest.raises(InputError, match="term must be"):
        smallest_p_value(Term.INTERACTION, 5)
