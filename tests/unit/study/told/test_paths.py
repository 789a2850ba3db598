"""The data of the first two figures, as tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dynashape.figures.samples import project, tabulate_paths, tabulate_samples
from dynashape.records import Code, Condition, Status
from dynashape.seeds import stream
from dynashape.steps import Reader
from dynashape.store import Store
from dynashape.study import load_spec
from dynashape.study.told.paths import find_paths
from dynashape.tasks import example_trial


def test_every_channel_and_the_target_of_every_step_are_told():
    spec = load_spec("smoke")
    samples = [example_trial(spec.task(name), stream("trial", name)) for name in ("GNG", "DC")]
    table = tabulate_samples(samples)
    assert len(table) == sum(len(one.target) * (one.inputs.shape[1] + 1) for one in samples)
    go = samples[0]
    target = table[(table["task"] == "GNG") & (table["channel"] == "target")]
    assert target["value"].tolist() == go.target.tolist()
    assert target["time_ms"].tolist() == [step * go.dt_ms for step in range(len(go.target))]
    first = table[(table["task"] == "GNG") & (table["channel"] == go.input_names[0])]
    assert np.allclose(first["value"], go.inputs[:, 0], atol=1e-4)


def test_paths_are_those_of_the_first_seed_in_the_published_pair(synthetic):
    found = synthetic.paths()
    assert (found.architecture, found.tasks) == ("V-RNN", ("CDM", "PR"))
    assert set(found.paths) == {(task, condition) for task in found.tasks for condition in Condition}
    step = next(step for step in synthetic.plan.records if step.name == "V-RNN PR")
    recording = synthetic.read(step)[step.system(synthetic.spec.seeds[0], Condition.NOISE)]
    assert np.array_equal(found.paths["PR", "noise"], project(recording.activity))
    assert np.array_equal(found.choices["PR", "noise"], recording.choices)
    table = tabulate_paths(found.paths, found.choices)
    means = found.paths["PR", "noise"][recording.choices == recording.choices[0]].mean(axis=0)
    own = table[(table["task"] == "PR") & (table["condition"] == "noise") & (table["choice"] == recording.choices[0])]
    assert own[["component_1", "component_2"]].to_numpy() == pytest.approx(means, abs=1e-4)


def test_a_system_whose_activity_failed_is_its_status(synthetic, tmp_path):
    plan, store = synthetic.plan, Store.create(tmp_path)
    lost = Status(Code.DIVERGED, "it grew")
    for step in plan.records[:4]:  # one architecture
        found = synthetic.read(step)
        system = step.system(synthetic.spec.seeds[0], Condition.NOISE)
        found[system] = type(found[system])(found[system].activity, found[system].choices, lost)
        store.save(step.kind, step.key, found, step.result_type)
    paths = find_paths(plan, Reader(store))
    assert paths.paths["CDM", "noise"] == lost
    assert ("CDM", "noise") not in paths.choices
    assert pd.unique(tabulate_paths(paths.paths, paths.choices)["condition"]).tolist() == ["untrained", "trained"]


def test_without_activity_there_are_no_paths(synthetic, tmp_path):
    assert find_paths(synthetic.plan, Reader(Store.create(tmp_path))) is None
