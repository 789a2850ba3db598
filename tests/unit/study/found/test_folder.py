"""How far a study has come is what its store holds."""

from __future__ import annotations

import pytest

from dynashape.errors import StoreError
from dynashape.steps import Reader
from dynashape.store import Store
from dynashape.study import load_spec, study_status
from dynashape.study.ask.load import to_yaml
from dynashape.study.found.folder import missing_steps, open_study
from dynashape.study.work.plan import make_plan


def test_what_a_store_lacks_is_one_line_a_stage(synthetic, tmp_path):
    plan, store = make_plan(load_spec("smoke")), Store.create(tmp_path)
    last = plan.final.conclude
    store.save(last.kind, last.key, synthetic.results.conclusions, last.result_type)
    missing = missing_steps(plan, Reader(store))
    assert list(missing)[:2] == ["surveying tasks, 4 of 4 units", "training networks, 12 of 12 units"]
    assert not [line for line in missing if line.startswith("drawing conclusions")]
    assert len(missing) == len(plan.stages) - 1
    assert all("goes on from here" in remedy for remedy in missing.values())


def test_status_counts_steps_and_networks(synthetic):
    status = study_status(synthetic.folder)
    counts = {stage.title: (stage.n_done, stage.n_steps) for stage in status.stages}
    assert counts["training networks"] == (12, 12)
    assert status.name == "synthetic"
    assert len(status.networks) == 60
    # Snapshots were not computed.
    assert counts["along learning: fitting operators"][0] == 0
    assert not status.finished


def test_a_study_that_has_begun_has_no_networks(tmp_path):
    (tmp_path / "study.yaml").write_text(to_yaml(load_spec("smoke")))
    status = study_status(tmp_path)
    assert status.networks.empty
    assert {stage.n_done for stage in status.stages} == {0}


def test_a_folder_without_a_study_is_named(tmp_path):
    with pytest.raises(StoreError, match="holds no study"):
        open_study(tmp_path)
