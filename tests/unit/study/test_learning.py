"""Snapshots: the study's own keys stay, the weights are those of the update, all else is the final networks' own."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from dynashape.study.learning import plan_snapshots, plan_with_learning
from dynashape.study.learning_report import _shares, draw_learning, learning_tables, read_learning
from dynashape.study.parts import build_timing, weights_at, weights_of
from dynashape.study.perform import perform
from dynashape.study.plan import STAGES, record_unit
from dynashape.study.results import read_results, square_distances
from dynashape.study.steps import STEPS
from dynashape.study.steps.record import record_group

from dynashape.engine.serial import SerialEngine
from dynashape.seeds import stream
from dynashape.store import Store
from dynashape.study import load_spec, make_plan, run_study
from dynashape.training import record_activity

FIELDS = ["architectures=[GRU]", "tasks=[GNG, DC]", "phases=[delay]", "training.max_updates=6"]
# Met at once by networks that respond at all: all of GNG are done at the first evaluation, those of DC run to the end.
EASY = ["training.stop_fraction=0.01", "training.stop_fixation=0.01", "training.patience=1"]
EARLY = [*FIELDS, *EASY, "training.evaluate_every=3", "training.snapshots=[2, 5, 6]"]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A study with snapshots before any network was done, when those of GNG were, and when all were."""
    plan = plan_with_learning(load_spec("smoke", EARLY))
    store = Store.create(tmp_path_factory.mktemp("study") / "store")
    for unit in plan.units():
        if unit.step not in ("examine", "split", "organise"):
            perform(str(store.root), unit.step, unit.key, unit.params, unit.upstream)
    return plan, store


def test_without_snapshots_the_plan_is_the_studys():
    spec = load_spec("smoke")
    assert plan_with_learning(spec) == make_plan(spec)


def test_with_snapshots_the_studys_own_stages_stay_and_come_first():
    spec = load_spec("smoke", ["training.snapshots=[3, 9]"])
    main, whole = make_plan(spec), plan_with_learning(spec)
    assert list(whole.stages)[: len(main.stages)] == list(main.stages)
    assert all(whole.stages[stage] == units for stage, units in main.stages.items())
    assert set(whole.stages) == set(STAGES)
    for stage in list(whole.stages)[len(main.stages) :]:
        step = stage.removeprefix("learning ")
        assert {unit.step for unit in whole.stages[stage]} == {step}
        assert len(whole.stages[stage]) == 2 * len(main.stages[step])


def test_units_along_learning_are_distinct_and_read_from_earlier_stages():
    plan = plan_with_learning(load_spec("smoke", ["training.snapshots=log"]))
    units = list(plan.units())
    assert len({(unit.step, unit.key) for unit in units}) == len(units)
    assert len({(unit.step, unit.name) for unit in units}) == len(units)
    known: set[str] = set()
    for stage in plan.stages.values():
        assert all(set(unit.upstream.values()) <= known for unit in stage)
        known |= {unit.key for unit in stage}


def test_an_update_changes_its_own_units_alone():
    one = plan_snapshots(make_plan(load_spec("smoke", ["training.snapshots=[3, 9]"])))
    for step, units in one[3].stages.items():
        assert {unit.key for unit in units}.isdisjoint({unit.key for unit in one[9].stages[step]})


def test_activity_at_an_update_is_that_of_its_weights_on_the_final_networks_trials(done):
    plan, store = done
    (unit,) = [unit for unit in plan.stages["train"] if unit.name == "GRU DC"]
    weights, _ = store.load_arrays("train", unit.key)
    params = record_unit(plan.spec, unit, 2).params
    found, meta = record_group(weights, params)
    seeds = plan.spec.seeds
    assert set(found) == {f"{seed}/{condition}" for seed in seeds for condition in ("trained", "noise")}
    timing, task = build_timing(params["timing"]), plan.spec.task("DC")
    trials = [task.sample(params["activity"]["n_trials"], stream("activity", "GRU", "DC", seed)) for seed in seeds]
    then = [weights_of(weights, seed, "update_2") for seed in seeds]
    assert all(then)
    cell = plan.spec.networks.cell("GRU", timing.dt_ms)
    expected, _ = record_activity(cell, then, np.stack([own.inputs for own in trials]))
    final, recorded = store.load_arrays("record", plan.unit("record", "GRU DC").key)
    for place, seed in enumerate(seeds):
        assert np.array_equal(found[f"{seed}/trained"], expected[place])
        assert not np.array_equal(found[f"{seed}/trained"], final[f"{seed}/trained"])
    assert meta["choices"] == recorded["choices"]


def test_a_network_that_was_done_keeps_its_final_weights(done):
    plan, store = done
    unit = plan.unit("train", "GRU GNG")
    weights, meta = store.load_arrays("train", unit.key)
    assert {network["updates"] for network in meta["networks"]} == {3}
    for seed in plan.spec.seeds:
        assert not weights_of(weights, seed, "update_5")
        later, final = weights_at(weights, seed, 5), weights_of(weights, seed, "final")
        assert final.keys() == later.keys()
        assert all(np.array_equal(later[name], final[name]) for name in final)
    activity, _ = record_group(weights, record_unit(plan.spec, unit, 5).params)
    final_activity, _ = store.load_arrays("record", plan.unit("record", "GRU GNG").key)
    assert all(np.array_equal(values, final_activity[name]) for name, values in activity.items())


def test_once_all_are_done_every_number_is_the_final_networks_own(done):
    plan, store = done
    learning = read_learning(plan, store, read_results(plan, store))
    table = learning.separability.assign(updates=learning.separability["updates"].fillna(0))  # 0: the final networks
    assert dict(zip(table["updates"], table["n_done"], strict=True)) == {2: 0, 5: 3, 6: 6, 0: 6}
    assert set(table["n_networks"]) == {6}
    rows = table.drop(columns=["n_done"]).set_index("updates")
    early, late, final = (rows.loc[[update]].reset_index(drop=True) for update in (2, 6, 0))
    assert len(early) == len(late) == len(final) == len(rows) // 4
    pd.testing.assert_frame_equal(late, final)
    assert not np.allclose(early["omega_squared"], final["omega_squared"])
    shares = learning.shares.assign(updates=learning.shares["updates"].fillna(0)).set_index("updates")
    pd.testing.assert_frame_equal(shares.loc[[6]].reset_index(drop=True), shares.loc[[0]].reset_index(drop=True))


def test_pairs_that_no_analysis_compares_are_not_aligned(done):
    plan, store = done
    units = plan_snapshots(plan)[5].stages["align"]
    n_systems = len(units[0].params["systems"])
    square, tally = square_distances(store, {unit.name: unit.key for unit in units}, n_systems)
    conditions = np.array([system["condition"] for system in units[0].params["systems"]])
    between = (conditions[:, None] == "untrained") & (conditions[None, :] == "noise")
    assert np.isnan(square[between | between.T]).all()
    assert np.isfinite(square[~(between | between.T)]).all()
    assert tally["n_aligned"] == tally["n_pairs"] - between.sum()


def test_a_snapshot_that_failed_does_not_pass_for_the_final_network(done, tmp_path):
    plan, store = done
    other = Store.create(tmp_path / "store")
    own = plan_snapshots(plan)[2]
    align = own.stages["align"][0]
    for name, key in align.upstream.items():
        arrays, meta = store.load_arrays("fit", key)
        if name == "GRU DC at update 2":
            place = f"{plan.spec.seeds[0]}/trained/delay"
            arrays = {array: values for array, values in arrays.items() if not array.startswith(f"{place}/")}
            meta["operators"][place] |= {"code": "rank_deficient"}
        other.save_arrays("fit", key, arrays, meta)
    perform(str(other.root), align.step, align.key, align.params, align.upstream)
    square, _ = square_distances(other, {align.name: align.key}, len(align.params["systems"]))
    lost = [
        number
        for number, system in enumerate(align.params["systems"])
        if (system["task"], system["seed"], system["condition"]) == ("DC", plan.spec.seeds[0], "trained")
    ]
    assert np.isnan(square[lost]).all()
    assert np.flatnonzero(np.isnan(square).all(axis=1)).tolist() == lost


def test_the_shares_name_their_place_and_the_verdict(done):
    plan, store = done
    results = read_results(plan, store)
    rows = list(_shares(results.conclusions))
    cells = [row for row in rows if row["phase"] == "delay"]
    assert len(cells) == len(results.conclusions["cells"]) > 0
    assert {row["architecture"] for row in rows if row["phase"] == "all"} == {"all", "GRU"}
    assert cells[0]["first"] == results.conclusions["cells"][0]["first"]["estimate"]
    assert cells[0]["verdict"] == results.conclusions["cells"][0]["verdict"]


def test_a_study_without_snapshots_has_no_figure_and_no_table(tmp_path):
    plan = plan_with_learning(load_spec("smoke", FIELDS))
    store = Store.create(tmp_path / "store")
    learning = read_learning(plan, store, read_results(plan, store))
    assert learning.separability.empty
    assert draw_learning(learning, tmp_path) == learning_tables(learning) == []


def test_updates_are_in_order_whatever_the_order_asked_for():
    plans = plan_snapshots(make_plan(load_spec("smoke", ["training.snapshots=[9, 3, 9]"])))
    assert all(before < after for before, after in pairwise(plans))
    assert list(plans) == [3, 9]


@pytest.mark.slow
def test_an_update_that_fails_is_told_and_leaves_the_others(tmp_path, monkeypatch):
    fit = STEPS["fit"]

    def fail_at_two(store, key, params, upstream):
        if params.get("record", {}).get("at_update") == 2 and params["task"] == "DC":
            raise ValueError("no activity today")
        fit(store, key, params, upstream)

    monkeypatch.setitem(STEPS, "fit", fail_at_two)
    spec = load_spec("smoke", EARLY)
    found = run_study(spec, tmp_path / "study", SerialEngine)
    assert "no activity today" in found.failures["fit GRU DC at update 2"]
    assert found.failures["conclude all comparisons at update 2"].startswith("skipped: needs compare of")
    assert all(place.endswith("at update 2") for place in found.failures)
    table = pd.read_parquet(tmp_path / "study" / "learning.parquet")
    assert set(table["updates"].dropna()) == {5, 6}
    assert table["updates"].isna().any()
    monkeypatch.undo()
    again = run_study(spec, tmp_path / "study", SerialEngine)
    assert not again.failures
    assert {stage: n for stage, n in again.computed.items() if n} == {
        "learning fit": 1,
        "learning align": 1,
        "learning compare": 1,
        "learning conclude": 1,
    }
    assert set(pd.read_parquet(tmp_path / "study" / "learning.parquet")["updates"].dropna()) == {2, 5, 6}
