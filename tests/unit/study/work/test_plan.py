"""Keys hold what changes a result, and nothing else; the plan is known before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest

from dynashape.dissimilarity import DISSIMILARITIES, CkaDistance
from dynashape.records import CONDITIONS
from dynashape.store.plain_files import differences
from dynashape.study import StudySpec, load_spec
from dynashape.study.work.plan import Plan, make_plan

# What a step reads from; a step is in the stage after all of them.
READS = {
    "SurveyTask": set(),
    "Train": set(),
    "Examine": {"Train"},
    "Record": {"Train"},
    "Fit": {"Record"},
    "Align": {"Fit"},
    "Halve": {"Record"},
    "HalveUnits": {"Record"},
    "Compare": {"Align"},
    "Conclude": {"Compare"},
    "MetaCluster": {"Compare"},
}
ALL = set(READS) - {"SurveyTask"}
TIMED = ALL | {"SurveyTask"}
AFTER_TRAINING = ALL - {"Train"}
AFTER_ACTIVITY = AFTER_TRAINING - {"Examine", "Record"}
AFTER_FITS = AFTER_ACTIVITY - {"Fit"}
AFTER_COMPARISONS = {"Compare", "Conclude", "MetaCluster"}
# Every field of a study, another value of it, and the steps whose keys that changes.
FIELDS = {
    "name": ("another", set()),
    "architectures": ("[V-RNN, LSTM, GRU]", {"Conclude", "MetaCluster"}),
    "tasks": ("[CDM, GNG, PR, DC]", {"Align", "HalveUnits", *AFTER_COMPARISONS}),
    "seeds": ("[0, 1, 3]", ALL),
    "phases": ("[stimulus, delay]", AFTER_ACTIVITY - {"HalveUnits"}),
    "timing.dt_ms": ("20", TIMED),
    "timing.fixation_ms": ("400", TIMED),
    "timing.stimulus_ms": ("480", TIMED),
    "timing.delay_ms": ("400", TIMED),
    "timing.decision_ms": ("400", TIMED),
    "input_noise": ("0.06", ALL),
    "networks.n_units": ("13", ALL),
    "networks.options": ("{nonlinearity: tanh}", ALL),
    "networks.cells": ("{Mine: 'dynashape.networks.gru:GRU'}", set()),
    "training.learning_rate": ("0.001", ALL),
    "training.recurrent_rate": ("0.3", ALL),
    "training.warm_up": ("60", ALL),
    "training.decay_after": ("500", ALL),
    "training.batch_size": ("17", ALL),
    "training.max_updates": ("21", ALL),
    "training.gradient_norm": ("0.9", ALL),
    "training.weight_before_response": ("0.3", ALL),
    "training.activity_penalty": ("0.02", ALL),
    "training.adam_decay": ("[0.8, 0.9]", ALL),
    "training.evaluate_every": ("5", ALL),
    "training.n_evaluation_trials": ("65", ALL),
    "training.n_test_trials": ("129", ALL),
    "training.stop_fraction": ("0.9", ALL),
    "training.stop_fixation": ("0.9", ALL),
    "training.patience": ("3", ALL),
    "training.criterion": ("0.9", ALL),
    "training.fixation_criterion": ("0.9", ALL),
    "training.snapshots": ("[3]", ALL),
    "activity.n_trials": ("21", AFTER_TRAINING - {"Examine"}),
    "activity.noise": ("zero", AFTER_TRAINING - {"Examine"}),
    "activity.noise_sd": ("0.5", AFTER_TRAINING - {"Examine"}),
    "dissimilarity": ("procrustes", AFTER_ACTIVITY),
    "dsa.n_delays": ("3", AFTER_ACTIVITY),
    "dsa.delay_interval": ("2", AFTER_ACTIVITY),
    "dsa.rank": ("3", AFTER_ACTIVITY),
    "dsa.criterion": ("gap", set()),
    "dsa.ridge": ("0.1", AFTER_ACTIVITY),
    "dsa.effort": ("thorough", AFTER_FITS),
    "separability.mds": ("non-metric", AFTER_COMPARISONS),
    "separability.n_components": ("3", AFTER_COMPARISONS),
    "separability.max_relabellings": ("99", AFTER_COMPARISONS),
    "meta_clustering.points": ("[analysis, phase]", {"MetaCluster"}),
    "meta_clustering.features": ("[accuracy]", {"MetaCluster"}),
    "meta_clustering.max_groups": ("3", {"MetaCluster"}),
}


def plan_of(*overrides: str) -> Plan:
    return make_plan(load_spec("smoke", overrides))


def keys(plan: Plan) -> dict[str, set[str]]:
    """The keys of the final networks' steps, by kind."""
    found: dict[str, set[str]] = {name: set() for name in READS}
    for stage in plan.stages:
        if not stage.title.startswith("along learning"):
            for step in stage.steps.values():
                found[type(step).__name__].add(step.key)
    return found


def leaves(spec: dict[str, object], at: str = "") -> list[str]:
    return [
        name
        for key, value in spec.items()
        for name in (leaves(value, f"{at}{key}.") if isinstance(value, dict) and value else [f"{at}{key}"])
    ]


def test_every_field_of_a_study_is_tried():
    # The four dissimilarities have no options of their own.
    assert set(leaves(StudySpec().as_dict())) == {*FIELDS, "dissimilarity_options"}


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_changes_its_step_and_all_later_ones(field):
    value, changed = FIELDS[field]
    before, after = plan_of(), plan_of(f"{field}={value}")
    (differs,) = differences(before.spec.as_dict(), after.spec.as_dict())
    assert differs.startswith(f"{field} (") or differs.startswith(f"{field}.")
    both = keys(before), keys(after)
    assert {name for name in READS if both[0][name].isdisjoint(both[1][name])} == changed
    # Whatever is not worked anew is found again.
    assert all(both[1][name] <= both[0][name] for name in TIMED - changed)


@dataclass(frozen=True)
class Mine(CkaDistance):
    """A dissimilarity of one's own with an option; it shares its averages with CKA."""

    power: float = 1.0


def test_options_of_a_dissimilarity_change_what_it_measures(entry_point):
    mine = f"dissimilarity={entry_point(Mine)}"
    cka, before, after = (
        keys(plan_of(*own)) for own in (("dissimilarity=cka",), (mine,), (mine, "dissimilarity_options.power=2"))
    )
    assert {name for name in READS if before[name].isdisjoint(after[name])} == AFTER_FITS
    assert {name for name in READS if before[name].isdisjoint(cka[name])} == AFTER_FITS


def test_options_of_another_architecture_change_nothing():
    before, after = plan_of(), plan_of("networks.options={LSTM: {nonlinearity: tanh}}")
    for one, other in zip(before.trains, after.trains, strict=True):
        assert (one == other) == (one.architecture != "LSTM")


def test_what_is_reduced_alike_is_fitted_once():
    found = {name: keys(plan_of(f"dissimilarity={name}")) for name in DISSIMILARITIES}
    assert found["dsa"]["Fit"] == found["spectral"]["Fit"]
    assert found["procrustes"]["Fit"] == found["cka"]["Fit"]
    assert found["dsa"]["Fit"].isdisjoint(found["cka"]["Fit"])
    aligned = [own["Align"] for own in found.values()]
    assert len(set.union(*aligned)) == sum(map(len, aligned))


@pytest.mark.parametrize("overrides", [(), ("training.snapshots=[3, 9]",)])
def test_steps_are_distinct_and_named_apart(overrides):
    steps = list(plan_of(*overrides).steps())
    assert len({(step.kind, step.key) for step in steps}) == len(steps)
    assert len({(step.kind, step.name) for step in steps}) == len(steps)


@pytest.mark.parametrize("overrides", [(), ("training.snapshots=log",)])
def test_every_step_reads_from_earlier_stages(overrides):
    known = set()
    for stage in plan_of(*overrides).stages:
        for step in stage.steps.values():
            assert {type(source).__name__ for source in step.inputs} == READS[type(step).__name__]
            for source in step.inputs:
                assert source in known or (not source.kept and set(source.inputs) <= known)
        known |= set(stage.steps.values())


@pytest.mark.parametrize("preset", ["smoke", "paper"])
def test_tiles_cover_every_pair_once(preset):
    plan = make_plan(load_spec(preset))
    n_systems = len(plan.spec.tasks) * len(plan.spec.seeds) * len(CONDITIONS)
    for compare in plan.final.compares:
        tiles = [step.pairs for step in compare.tiles]
        assert tiles[0][0] == 0
        assert tiles[-1][1] == n_systems * (n_systems - 1) // 2
        assert all(a[1] == b[0] and a[0] < a[1] for a, b in pairwise(tiles))
        assert len(compare.tiles[0].systems) == len(set(compare.tiles[0].systems)) == n_systems


def test_without_snapshots_nothing_is_along_learning():
    plan = plan_of()
    assert plan.snapshots == {}
    assert not [stage.title for stage in plan.stages if "along learning" in stage.title]


def test_snapshots_come_last_and_take_from_the_study_all_that_is_not_theirs():
    plan = plan_of("training.snapshots=[9, 3, 9]")
    assert list(plan.snapshots) == [3, 9]
    own = [stage for stage in plan.stages if not stage.title.startswith("along learning: ")]
    assert list(plan.stages[: len(own)]) == own
    along = {stage.title.removeprefix("along learning: "): len(stage.steps) for stage in plan.stages[len(own) :]}
    counts = {stage.title: len(stage.steps) for stage in own}
    assert along == {title: 2 * counts[title] for title in along}
    for snapshot in plan.snapshots.values():
        for align in snapshot.aligns:
            assert {fit for fit in align.fits if fit.record.update is None} <= set(plan.final.fits)


def test_an_update_changes_its_own_steps_alone():
    one, other = plan_of("training.snapshots=[3, 9]").snapshots.values()
    for kind in ("fits", "aligns", "compares"):
        assert set(getattr(one, kind)).isdisjoint(getattr(other, kind))
    assert one.conclude != other.conclude


def test_what_is_left_open_is_chosen_once_and_read_by_all_that_reduces():
    assert plan_of("dissimilarity=cka", "dsa.rank=auto").choice is None
    plan = plan_of("dsa.rank=auto", "dsa.n_delays=auto", "training.snapshots=[3]")
    assert plan.choice.inputs == plan.records
    along = plan.snapshots[3]
    for step in (*plan.final.fits, *plan.final.aligns, *plan.halves, *plan.unit_halves, *along.fits, *along.aligns):
        assert plan.choice in step.inputs
    assert {step.update for step in (*along.fits, *along.aligns, *along.compares)} == {3}
    assert plan_of("dsa.rank=auto").choice.n_delays == 2
    assert plan_of("dsa.rank=auto", "dsa.criterion=gap").choice != plan_of("dsa.rank=auto").choice
