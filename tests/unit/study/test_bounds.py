"""Floors come from two halves of the same trials, ceilings from other seeds; what failed is left out, never zero."""

from __future__ import annotations

import numpy as np
import pytest
from dynashape.study.bounds import read_bounds
from dynashape.study.plan import system_labels
from dynashape.study.steps.split import split

from dynashape.dissimilarity import align, fit_operator
from dynashape.store import Store
from dynashape.study import load_spec, make_plan

PARAMS = {
    "architecture": "GRU",
    "task": "CDM",
    "phases": {"delay": [2, 14]},
    "dsa": {"n_delays": 2, "delay_interval": 1, "rank": 3, "ridge": 1e-8},
    "effort": "standard",
}


def split_rows(tmp_path, activity, status=("ok", ""), params=PARAMS):
    store = Store.create(tmp_path / "store")
    meta = {"status": {"4/trained": list(status)}, "choices": {"4": [0, 1] * (len(activity) // 2)}}
    store.save_arrays("record", "r", {"4/trained": activity}, meta)
    split(store, "s", params, {"GRU CDM": "r"})
    return store.load_json("split", "s")["rows"]


@pytest.fixture
def activity():
    return np.random.default_rng(0).normal(size=(20, 16, 5)).cumsum(axis=1)


def test_the_distance_is_that_of_even_and_odd_trials(tmp_path, activity):
    (row,) = split_rows(tmp_path, activity)
    halves = [fit_operator(activity[first::2, 2:14], **PARAMS["dsa"]) for first in (0, 1)]
    assert row["distance"] == align(*halves).distance > 0
    assert (row["seed"], row["condition"], row["phase"], row["code"]) == (4, "trained", "delay", "ok")


def test_equal_halves_are_at_distance_zero(tmp_path, activity):
    (row,) = split_rows(tmp_path, np.repeat(activity, 2, axis=0))
    assert row["distance"] == 0.0


def test_shapes_are_split_too(tmp_path, activity):
    params = {name: PARAMS[name] for name in ("architecture", "task", "phases")}
    (row,) = split_rows(tmp_path, activity, params={**params, "averages": True, "dissimilarity": "procrustes"})
    assert 0 < row["distance"] < np.pi


@pytest.mark.parametrize(
    ("trials", "status", "code"),
    [(20, ("diverged", "it grew"), "diverged"), (1, ("ok", ""), "too_few_trials")],
)
def test_what_cannot_be_split_has_a_status_and_no_distance(tmp_path, activity, trials, status, code):
    (row,) = split_rows(tmp_path, activity[:trials], status)
    assert (row["distance"], row["code"]) == (None, code)
    assert row["message"]


def test_bounds_average_over_seeds_and_leave_out_what_has_no_distance(tmp_path):
    spec = load_spec("smoke", ("architectures=[GRU]", "tasks=[CDM, PR]", "seeds=[0, 1, 2]", "phases=[delay]"))
    plan, store = make_plan(spec), Store.create(tmp_path / "store")
    floors = {0: 0.1, 1: 0.2, 2: None}
    for unit in plan.stages["split"]:
        rows = [
            {
                "seed": seed,
                "condition": "trained",
                "phase": "delay",
                "distance": floors[seed],
                "code": "",
                "message": "",
            }
            for seed in spec.seeds
        ]
        store.save_json("split", unit.key, {"rows": rows})
    systems = system_labels(spec)
    seeds = np.array([system["seed"] for system in systems], dtype=float)
    square = np.abs(seeds[:, None] - seeds[None])
    lost = [n for n, s in enumerate(systems) if (s["task"], s["seed"]) == ("PR", 2)]
    square[lost] = square[:, lost] = np.nan
    table = read_bounds(plan, store, {("GRU", "delay"): square}).set_index(["task", "condition"])
    trained = table.loc[("CDM", "trained")]
    assert trained["floor"] == pytest.approx(0.15)
    assert (trained["floor_n_seeds"], trained["ceiling_n_seeds"]) == (2, 3)
    assert trained["ceiling"] == pytest.approx(4 / 3)  # |0-1|, |0-2|, |1-2|
    assert table.loc[("PR", "trained"), "ceiling"] == pytest.approx(1.0)  # seed 2 has no distance
    assert np.isnan(table.loc[("CDM", "noise"), "floor"])
