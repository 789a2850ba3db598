"""The tables of a study come from what its store holds."""

from __future__ import annotations

import numpy as np
import pytest
from dynashape.study.results import read_results

from dynashape.store import Store
from dynashape.study import load_spec, make_plan

FIELDS = ["architectures=[GRU]", "tasks=[GNG, DC]", "phases=[delay]", "seeds=[0, 1]"]


def test_eigenvalues_are_those_of_every_stored_operator(tmp_path):
    plan, store = make_plan(load_spec("smoke", FIELDS)), Store.create(tmp_path / "store")
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    arrays = {"0/trained/delay/matrix": turn, "0/trained/delay/singular_values": np.ones(4)}
    store.save_arrays("fit", plan.stages["fit"][1].key, arrays, {"task": "DC", "operators": {}})
    table = read_results(plan, store).eigenvalues
    assert table[["architecture", "task", "seed", "condition", "phase"]].drop_duplicates().to_numpy().tolist() == [
        ["GRU", "DC", 0, "trained", "delay"]
    ]
    assert sorted(table["imag"]) == pytest.approx([-0.8, 0.8])
    assert table["real"].tolist() == pytest.approx([0.6, 0.6])


def test_a_study_of_averages_has_no_eigenvalues(tmp_path):
    plan, store = make_plan(load_spec("smoke", [*FIELDS, "dissimilarity=cka"])), Store.create(tmp_path / "store")
    arrays = {"0/trained/delay/matrix": np.ones((2, 4, 3))}
    store.save_arrays("fit", plan.stages["fit"][0].key, arrays, {"task": "GNG", "operators": {}})
    assert read_results(plan, store).eigenvalues.empty
