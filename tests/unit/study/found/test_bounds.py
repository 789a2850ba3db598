"""Floors come from two halves of the same trials, ceilings from other seeds; what failed is left out, never zero."""

from __future__ import annotations

import numpy as np
import pytest

from dynashape.distances import Distances
from dynashape.records import Code, Condition, Status
from dynashape.steps import Reader
from dynashape.store import Store
from dynashape.study import load_spec
from dynashape.study.found.bounds import read_bounds
from dynashape.study.work.plan import make_plan


def test_bounds_average_over_seeds_and_leave_out_what_has_no_distance(tmp_path):
    spec = load_spec("smoke", ("architectures=[GRU]", "tasks=[CDM, PR]", "seeds=[0, 1, 2]", "phases=[delay]"))
    plan, store = make_plan(spec), Store.create(tmp_path / "store")
    floors = {0: 0.1, 1: 0.2, 2: None}
    for step in plan.halves:
        found = {
            step.record.system(seed, Condition.TRAINED, "delay"): Status(Code.SILENT) if floor is None else floor
            for seed, floor in floors.items()
        }
        store.save(step.kind, step.key, found, step.result_type)
    (align,) = plan.final.aligns
    seeds = np.array([system.seed for system in align.systems], dtype=float)
    square = np.abs(seeds[:, None] - seeds[None])
    lost = [n for n, system in enumerate(align.systems) if (system.task, system.seed) == ("PR", 2)]
    square[lost] = square[:, lost] = np.nan
    distances = Distances.of_systems(square, align.systems, "dsa", "rad")
    table = read_bounds(plan.halves, plan.unit_halves, Reader(store), {("GRU", "delay"): distances}).set_index(
        ["task", "condition"]
    )
    assert len(table) == 2 * 3
    trained = table.loc[("CDM", "trained")]
    assert trained["floor"] == pytest.approx(0.15)
    assert (trained["floor_n_seeds"], trained["ceiling_n_seeds"]) == (2, 3)
    assert trained["ceiling"] == pytest.approx(4 / 3)  # |0-1|, |0-2|, |1-2|
    assert table.loc[("PR", "trained"), "ceiling"] == pytest.approx(1.0)  # seed 2 has no distance
    assert np.isnan(table.loc[("CDM", "noise"), "floor"])


def test_what_is_not_measured_yet_has_no_bounds(tmp_path):
    plan = make_plan(load_spec("smoke"))
    assert read_bounds(plan.halves, plan.unit_halves, Reader(Store.create(tmp_path / "store")), {}).empty
