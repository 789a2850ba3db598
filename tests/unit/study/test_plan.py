"""Keys hold what changes a result, and nothing else."""

from __future__ import annotations

from itertools import pairwise

import pytest
from dynashape.study.status import missing_units

from dynashape.store import Store
from dynashape.study import load_spec, make_plan


def keys(*overrides):
    return {
        step: {unit.key for unit in units} for step, units in make_plan(load_spec("smoke", overrides)).stages.items()
    }


@pytest.mark.parametrize(
    ("override", "first_changed"),
    [
        ("training.learning_rate=0.001", "train"),
        ("input_noise=0.06", "train"),
        ("activity.noise_sd=0.5", "record"),
        ("dsa.rank=3", "fit"),
        ("dissimilarity=procrustes", "fit"),
        ("dissimilarity=spectral", "align"),
        ("dsa.effort=thorough", "align"),
        ("separability.mds=non-metric", "compare"),
        ("meta_clustering.max_groups=3", "organise"),
    ],
)
def test_a_field_changes_its_step_and_all_later_ones(override, first_changed):
    before, after = keys(), keys(override)
    steps = list(before)
    for step in steps:
        changed = steps.index(step) >= steps.index(first_changed)
        assert before[step].isdisjoint(after[step]) == changed, step


def test_shapes_are_reduced_once_for_both_their_dissimilarities():
    one, other = keys("dissimilarity=procrustes"), keys("dissimilarity=cka")
    assert one["fit"] == other["fit"]
    assert one["align"].isdisjoint(other["align"])


def test_the_name_of_a_study_is_in_no_key():
    assert keys() == keys("name=another")


def test_keys_are_distinct_and_names_unique():
    plan = make_plan(load_spec("smoke"))
    units = list(plan.units())
    assert len({(unit.step, unit.key) for unit in units}) == len(units)
    assert len({(unit.step, unit.name) for unit in units}) == len(units)


def test_every_unit_reads_from_an_earlier_stage():
    plan = make_plan(load_spec("smoke"))
    steps = list(plan.stages)
    for unit in plan.units():
        if unit.step == "train":
            assert not unit.upstream
            continue
        assert steps.index(unit.reads) < steps.index(unit.step)
        known = {other.name: other.key for other in plan.stages[unit.reads]}
        assert unit.upstream
        assert unit.upstream.items() <= known.items()


def test_tiles_cover_every_pair_once():
    plan = make_plan(load_spec("paper"))
    tiles = [u.params["pairs"] for u in plan.stages["align"] if u.name.startswith("GRU delay ")]
    assert tiles[0][0] == 0
    assert tiles[-1][1] == 60 * 59 // 2
    assert all(a[1] == b[0] for a, b in pairwise(tiles))


def test_what_a_store_lacks_is_one_line_a_stage(tmp_path):
    plan = make_plan(load_spec("smoke"))
    store = Store.create(tmp_path)
    store.save_json("conclude", plan.stages["conclude"][0].key, {})
    missing = missing_units(plan, store)
    assert next(iter(missing)) == "training networks, 12 of 12 units"
    assert not [line for line in missing if line.startswith("drawing conclusions")]
    assert len(missing) == len(plan.stages) - 1
