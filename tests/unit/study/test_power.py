"""Planning seeds needs a study with comparisons, and known terms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from drawn_study import StudyVariances, draw_study
from dynashape.errors import InputError, StoreError
from dynashape.records import Verdict
from dynashape.store import Store
from dynashape.study import load_spec, plan_seeds
from dynashape.study.ask.load import to_yaml
from dynashape.study.told.export import read_sections
from dynashape.study.told.report import tell_power
from dynashape.study.work.plan import make_plan


def test_a_study_without_comparisons_has_nothing_to_plan_from(tmp_path):
    (tmp_path / "study.yaml").write_text(to_yaml(load_spec("smoke")))
    with pytest.raises(StoreError, match="no comparisons yet"):
        plan_seeds(tmp_path, [0.2])


def test_a_misspelt_term_is_named(tmp_path):
    with pytest.raises(InputError, match="did you mean 'training'"):
        plan_seeds(tmp_path, [0.2], ["trainin"])


def test_a_difference_that_no_two_shares_have_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"\[-1, 1\]"):
        plan_seeds(tmp_path, differences=[1.2])


@pytest.fixture
def concluded(tmp_path) -> Path:
    """A study of the smoke preset's units whose comparisons are drawn, not computed."""
    spec = load_spec("smoke")
    (tmp_path / "study.yaml").write_text(to_yaml(spec))
    store, rng = Store(tmp_path / "store"), np.random.default_rng(0)
    for step in make_plan(spec).final.compares:
        found = draw_study(StudyVariances(0.5, 0.15, 0.3), 5, rng, [(step.architecture, step.phase)])
        store.save(step.kind, step.key, found, step.result_type)
    return tmp_path


def test_both_tables_and_the_figure_are_written(concluded, told):
    found = plan_seeds(concluded, [0.2], differences=[0.0, 0.3], n_studies=20, seed=3, progress=told)
    assert (told.stages, told.ended) == ({"simulating studies": (4, 0)}, 1)
    assert told.units == ["task 0.2", "training 0.2", "input 0.2", "verdict"]
    comparisons, verdicts = (pd.read_parquet(concluded / f"{name}.parquet") for name in ("power", "verdict_power"))
    pd.testing.assert_frame_equal(comparisons, found.comparisons)
    pd.testing.assert_frame_equal(verdicts, found.verdicts)
    assert (comparisons["seed"] == 3).all()
    own = verdicts[verdicts["measured"]]
    assert own["difference"].nunique() == 1
    assert own["difference"].iloc[0] == pytest.approx(0.1, abs=0.1)
    assert set(verdicts["difference"]) == {0.0, 0.3, own["difference"].iloc[0]}
    said = verdicts[[Verdict.INPUT, Verdict.TRAINING, Verdict.CANNOT_BE_TOLD]]
    assert said.sum(axis=1).to_numpy() == pytest.approx(1.0)
    for suffix in ("png", "svg", "pdf"):
        assert (concluded / "figures" / f"power.{suffix}").stat().st_size > 5_000
    _, section = read_sections(concluded)
    (drawn,) = section.figures
    assert "this study's own" in drawn.caption
    assert [table.name for table in section.tables] == ["power", "verdict_power"]


def test_the_same_seed_plans_the_same(concluded):
    wish = {"shares": [0.1], "terms": ["input"], "differences": [0.1], "n_studies": 20}
    one, again, other = (plan_seeds(concluded, **wish, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one.comparisons, again.comparisons)
    pd.testing.assert_frame_equal(one.verdicts, again.verdicts)
    assert not one.verdicts["right"].equals(other.verdicts["right"])


def test_too_few_seeds_for_a_verdict_are_a_message_and_no_panel(concluded):
    spec, rng = load_spec("smoke"), np.random.default_rng(0)
    store = Store(concluded / "store")
    for step in make_plan(spec).final.compares:
        found = draw_study(StudyVariances(0.5, 0.15, 0.3), 2, rng, [(step.architecture, step.phase)])
        store.save(step.kind, step.key, found, step.result_type)
    found = plan_seeds(concluded, [0.2], terms=["input"], n_studies=20)
    assert found.verdicts.empty
    assert "seeds" in found.message
    section = tell_power(found.comparisons, found.verdicts)
    assert "verdict" not in section.figures[0].caption
    assert [table.name for table in section.tables] == ["power"]


def test_nothing_is_shown_where_nothing_was_planned(tmp_path):
    assert [section for section in read_sections(tmp_path) if section.figures or section.tables] == []
