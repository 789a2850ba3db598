"""The report of a study: the paper's claims, how far its intervals hold, and the dissimilarity wherever it is named."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pytest

from drawn_study import StudyVariances, draw_study
from dynashape.dissimilarity import DISSIMILARITIES, CkaDistance, DsaDistance
from dynashape.distances import Distances
from dynashape.figures import to_bytes
from dynashape.inference import check_claims, compute_headline, measured_coverage
from dynashape.report import render_report
from dynashape.steps import Reader
from dynashape.store import Store
from dynashape.study import load_spec, read_results
from dynashape.study.found.summary import summarise
from dynashape.study.told.figures import study_figures
from dynashape.study.told.report import compose_report
from dynashape.study.work.conclude import Conclusions
from dynashape.study.work.plan import make_plan


def content_of(plan, results, figures=(), failures=None):
    return compose_report(summarise(plan.spec, results, failures or {}), {}, figures)


@pytest.mark.parametrize(
    ("training", "input_", "said"),
    [(0.02, 1.5, "Found here too"), (1.5, 0.02, "The opposite is found"), (0.3, 0.3, "Cannot be told")],
)
def test_the_papers_claims_are_judged_in_words(synthetic, tmp_path, training, input_, said):
    cells = [("GRU", "stimulus"), ("GRU", "delay"), ("LSTM", "delay")]
    comparisons = draw_study(StudyVariances(0.5, training, input_), 5, np.random.default_rng(1), cells)
    headline = compute_headline(comparisons)
    conclusions = Conclusions(synthetic.results.conclusions.family, headline, check_claims(headline))
    plan = make_plan(load_spec("smoke"))
    results = replace(read_results(plan, Reader(Store(tmp_path))), conclusions=conclusions)
    content = content_of(plan, results)
    first, any_architecture, any_task, _ = content.claims
    assert first.outcome == any_architecture.outcome == any_task.outcome == said
    assert first.claim.startswith("Input structure shapes the dynamics more")
    assert f"measured to cover {measured_coverage(5, 'difference'):.1%} with 5 seeds" in content.details[0]
    page = render_report(content)
    opening = page[page.index('id="verdict"') : page.index("</section>")]
    for claim in content.claims:
        assert claim.claim in opening
        assert claim.finding in opening


def test_a_study_that_has_just_begun_says_so(tmp_path):
    plan = make_plan(load_spec("smoke"))
    content = content_of(plan, read_results(plan, Reader(Store(tmp_path))), failures={"training": "not computed yet"})
    assert content.verdict == "Too little of the study is done to say what shapes the dynamics."
    assert not content.claims and not content.tables and content.explorer is None
    assert [notice.text for notice in content.notices if notice.about != "verdict"] == ["training: not computed yet"]
    assert "not computed yet" in render_report(content)


def test_without_a_conclusion_the_tests_are_counted(synthetic):
    content = content_of(synthetic.plan, replace(synthetic.results, conclusions=None))
    told = synthetic.separability()
    for labelling in ("input", "training"):
        own = told[told["labelling"] == labelling]
        n = int((own["p_value"] <= 0.05).sum())
        assert re.search(rf"{labelling}\b.* in {n} of {len(own)}", content.verdict, re.IGNORECASE), content.verdict


def test_the_opening_holds_the_numbers_of_the_tables(synthetic):
    content = content_of(synthetic.plan, synthetic.results)
    table = synthetic.separability()
    assert len(content.key_numbers) == 4
    for number in content.key_numbers:
        labelling, analysis = re.fullmatch(r"(\w+) separation, analysis (\d)", number.label).groups()
        own = table[(table["labelling"] == labelling) & (table["analysis"] == int(analysis))]
        assert number.value == f"{own['accuracy'].mean():.2f}"
        assert f"chance {own['chance'].mean():.2f}" in number.detail
        assert f"told apart in {int((own['p_value'] <= 0.05).sum())} of {len(own)}" in number.detail
    scale = synthetic.results.scale
    blind = f"In {scale['blind'].sum()} of {len(scale)} cells (architecture and phase) the distance hardly tells tasks"
    assert 0 < scale["blind"].sum() == (scale["auc"] < 0.7).sum()
    assert content.verdict == f"Input dominates training. {blind} from halves of one network."
    assert "59 of 60 networks solved their task" in " ".join(content.details)


def test_every_figure_has_its_words_and_the_table_behind_it(synthetic):
    found = {one.name: one for one in study_figures(synthetic.plan, synthetic.read, synthetic.results)}
    assert list(found) == [
        *("figure1_tasks", "figure2_comparisons", "figure3_meta_clustering", "separability", "variance_shares"),
        *("mds_analysis1", "mds_analysis2", "distances", "distance_scale", "spectra", "training", "psychometric"),
    ]
    for one in found.values():
        for text in (one.title, one.caption, one.alternative):
            assert text and not re.search(r"[{}]|nan|None|\bTrue\b|  ", text), text
        assert len(one.table), one.name
    assert "5 seeds" in found["variance_shares"].caption


@dataclass(frozen=True)
class Mine(CkaDistance):
    """A dissimilarity of one's own, with a unit."""

    scale: float = 1.0
    name = "mine"
    words = "my own distance"
    method = "my method"
    unit = "m"


@pytest.mark.parametrize("kind", [*DISSIMILARITIES.values(), Mine])
def test_captions_labels_and_methods_name_the_dissimilarity(synthetic, entry_point, kind):
    own = [f"dissimilarity={entry_point(Mine)}", "dissimilarity_options={scale: 2.5}"]
    plan = make_plan(load_spec("smoke", own if kind is Mine else [f"dissimilarity={kind.name}"]))
    made = synthetic.distances()["GRU", "delay"]
    results = replace(
        synthetic.results, distances={("GRU", "delay"): Distances(made.values, made.labels, kind.name, kind.unit)}
    )
    figures = {one.name: one for one in study_figures(plan, Reader(Store(synthetic.folder / "none")), results)}
    svg = to_bytes(figures["distances"].draw(), "svg").decode()
    content = content_of(plan, results, [one.as_element(svg) for one in figures.values()])
    captions = {figure.name: figure.caption for figure in content.figures}
    assert kind.words in captions["mds_analysis1"]
    assert kind.words in captions["distances"]
    assert (f"({kind.unit})" in captions["distances"]) == (kind.unit != "1")
    assert kind.words in svg.replace("&#x27;", "'")
    methods = [paragraph for part in content.methods for paragraph in part.paragraphs]
    assert any((kind.description or kind.words) in paragraph for paragraph in methods)
    assert any("scale = 2.5" in paragraph for paragraph in methods) == (kind is Mine)
    words = [*captions.values(), *(table.caption for table in content.tables), svg, *methods]
    if kind is not DsaDistance:
        assert not [text for text in words if "angular DSA" in text or ("start" in text and "radians" in text)]


def test_what_the_whole_study_lacks_is_a_warning_of_its_report(synthetic):
    two = summarise(synthetic.plan.spec, synthetic.results, {}, ["A", "B"])
    (notice,) = [notice for notice in compose_report(two, {}).notices if "kinds of processor" in notice.text]
    assert notice.about == "networks"
    few = summarise(load_spec("smoke", ["seeds=[0, 1]"]), synthetic.results, {})
    assert [notice.text[:31] for notice in few.warnings if notice.about == "verdict"] == [
        "2 seeds cannot give a verdict, "
    ]
