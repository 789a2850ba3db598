from __future__ import annotations

import pytest

from dynashape.errors import InputError
from dynashape.report import Explorer, MethodsSection, Notice, ReportContent, lay_side_by_side, render_report


def two_studies(synthetic):
    paper, variant = synthetic.separability(), synthetic.separability()
    # One comparison turns from told apart to not, and the variant lacks one architecture.
    flipped = variant.index[variant["q_value"] <= 0.05][0]
    variant.loc[flipped, "q_value"] = 0.5
    variant.loc[flipped, "share"] += 0.1
    kept = variant[variant["architecture"] != "LSTM"]
    contents = {
        name: ReportContent(
            name,
            f"{name} says so.",
            explorer=Explorer(table),
            methods=[MethodsSection("Tasks", ("Four.",)), MethodsSection("DSA", (f"Rank {rank}.",))],
            notices=[Notice(f"mind {name}")],
            parameters={"name": name, "dsa": {"rank": rank, "ridge": 1e-8}},
        )
        for name, table, rank in (("paper", paper, 15), ("variant", kept, 10))
    }
    return contents, variant.loc[flipped], paper


def test_only_the_comparison_that_flipped_is_listed(synthetic):
    contents, flipped, paper = two_studies(synthetic)
    report = lay_side_by_side(contents)
    tables = {table.name: table.table for table in report.tables}
    assert len(tables["flips"]) == 1
    row = tables["flips"].iloc[0]
    assert all(
        row[name] == flipped[name] for name in ("analysis", "architecture", "phase", "task_a", "task_b", "labelling")
    )
    assert bool(row["told apart, paper"]) and not bool(row["told apart, variant"])
    n_shared = int((paper["architecture"] != "LSTM").sum())
    assert report.verdict == f"{n_shared - 1} of {n_shared} separations come out alike in paper and variant."


def test_means_are_over_what_both_studies_hold(synthetic):
    contents, _, paper = two_studies(synthetic)
    means = {table.name: table.table for table in lay_side_by_side(contents).tables}["means"]
    shared = paper[paper["architecture"] != "LSTM"]
    first = means.iloc[0]
    own = shared[
        (shared["analysis"] == first["analysis"])
        & (shared["labelling"] == first["labelling"])
        & (shared["phase"] == first["phase"])
    ]
    assert first["share, paper"] == pytest.approx(own["share"].mean())
    assert (means["difference"] == means["share, variant"] - means["share, paper"]).all()


def test_settings_warnings_and_methods_carry_their_study(synthetic):
    report = lay_side_by_side(two_studies(synthetic)[0])
    assert report.tables[0].table["field"].tolist() == ["dsa.rank"]
    assert [notice.text for notice in report.notices] == ["paper: mind paper", "variant: mind variant"]
    assert report.details[-1] == "Their specifications differ in dsa.rank (15, 10)."
    html = render_report(report)
    assert "paper says so." in html and "variant says so." in html


def test_methods_that_studies_share_are_told_once(synthetic):
    methods = lay_side_by_side(two_studies(synthetic)[0]).methods
    assert [(part.title, *part.paragraphs) for part in methods] == [
        ("Tasks", "Four."),
        ("DSA: paper", "Rank 15."),
        ("DSA: variant", "Rank 10."),
    ]


def test_the_verdicts_of_a_flip_come_before_its_measures(synthetic):
    (flips,) = [table.table for table in lay_side_by_side(two_studies(synthetic)[0]).tables if table.name == "flips"]
    assert list(flips.columns[6:8]) == ["told apart, paper", "told apart, variant"]


def test_a_study_without_results_still_shows_its_settings(synthetic):
    contents, _, _ = two_studies(synthetic)
    contents["empty"] = ReportContent("empty", "Nothing yet.", parameters={"dsa": {"rank": 5}})
    report = lay_side_by_side(contents)
    assert [table.name for table in report.tables] == ["settings"]
    assert report.tables[0].table.iloc[-1].tolist() == ["dsa.ridge", "1e-08", "1e-08", "–"]


def test_one_study_is_not_enough():
    with pytest.raises(InputError, match="at least two"):
        lay_side_by_side({"paper": ReportContent("t", "v")})


def test_a_pair_named_the_other_way_round_is_the_same_comparison(synthetic):
    contents, _, paper = two_studies(synthetic)
    turned = paper.rename(columns={"task_a": "task_b", "task_b": "task_a"})
    contents["variant"] = ReportContent("variant", "says so", explorer=Explorer(turned))
    report = lay_side_by_side(contents)
    assert report.verdict == f"{len(paper)} of {len(paper)} separations come out alike in paper and variant."
