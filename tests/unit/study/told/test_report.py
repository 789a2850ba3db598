"""The report of a study that has concluded: the paper's claims, and how far its intervals hold."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from dynashape.study.archive import pack
from dynashape.study.reporting import compose_report
from dynashape.study.steps.conclude import conclude

from dynashape.inference import StudyVariances, draw_study, measured_coverage
from dynashape.report import render_report
from dynashape.store import Store
from dynashape.study import load_spec, read_results
from dynashape.study.work.plan import make_plan


@pytest.mark.parametrize(
    ("training", "input_", "said"),
    [(0.02, 1.5, "Found here too"), (1.5, 0.02, "The opposite is found"), (0.3, 0.3, "Cannot be told")],
)
def test_the_papers_claims_are_judged_in_words(tmp_path, training, input_, said):
    store, rng = Store(tmp_path / "store"), np.random.default_rng(1)
    cells = [("GRU", "stimulus"), ("GRU", "delay"), ("LSTM", "delay")]
    keys, comparisons = draw_study(StudyVariances(0.5, training, input_), 5, rng, cells)
    arrays, plain = pack(list(zip(keys, comparisons, strict=True)))
    store.save_arrays("compare", "c", arrays, {"rows": [], "points": [], "comparisons": plain})
    conclude(store, "k", {}, {"all": "c"})
    plan = make_plan(load_spec("smoke"))
    conclusions = store.load_json("conclude", "k")
    results = dataclasses.replace(read_results(plan, store), conclusions=conclusions, separability=pd.DataFrame())
    content = compose_report(plan.spec, results, tmp_path, {}, {})
    first, any_architecture, any_task, _ = content.claims
    assert first.outcome == any_architecture.outcome == any_task.outcome == said
    assert first.claim.startswith("Input structure shapes the dynamics more")
    assert f"measured to cover {measured_coverage(5, 'difference'):.1%} with 5 seeds" in content.details[0]
    page = render_report(content)
    opening = page[page.index('id="verdict"') : page.index("</section>")]
    for claim in content.claims:
        assert claim.claim in opening
        assert claim.finding in opening
