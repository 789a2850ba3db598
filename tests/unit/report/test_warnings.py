"""What a reader must know first: units that failed, networks below criterion, systems and comparisons left out."""

from __future__ import annotations

from dataclasses import fields, replace

import pandas as pd
import pytest

from dynashape.report.warnings import find_warnings
from dynashape.study import Results
from dynashape.tasks import make_task, survey_trials
from synthetic_study import LOST


@pytest.fixture
def nothing() -> Results:
    def empty(kind: str) -> object:
        return {} if "Mapping" in kind else None if "None" in kind else pd.DataFrame()

    return Results(**{field.name: empty(field.type) for field in fields(Results)})


def alignments(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["architecture", "phase", "n_aligned", "n_converged"])


def test_alignments_that_did_not_converge_are_one_sentence(nothing):
    rows = [("V-RNN", "delay", 1770, 1768), ("GRU", "delay", 1770, 1760), ("GRU", "fixation", 1700, 1700)]
    (notice,) = find_warnings(replace(nothing, alignments=alignments(rows)), {})
    assert notice.text.startswith("12 of 5240 alignments did not converge, most in GRU, delay (10 of 1770)")
    assert notice.about == "distances"


def test_nothing_is_said_of_alignments_that_all_converged(nothing):
    assert find_warnings(replace(nothing, alignments=alignments([("V-RNN", "delay", 1770, 1770)])), {}) == []


def test_a_unit_that_failed_and_a_network_that_has_not_learned_are_named(synthetic):
    first, *others = find_warnings(synthetic.results, {"train GRU CDM": "killed"})
    assert first.text == "train GRU CDM: killed"
    (network,) = [notice for notice in others if notice.about == "networks"]
    architecture, task, seed = LOST
    assert network.text.startswith(f"{architecture} on {task}, seed {seed}, is below its criterion")
    # It is silent in two conditions of every phase.
    operators = [notice.text for notice in others if notice.about == "distances"]
    assert len(operators) == 4
    assert all(text.startswith(f"{architecture}, ") and ": 2 operators are silent" in text for text in operators)


def test_a_comparison_that_was_left_out_is_named_once(synthetic):
    table = synthetic.separability()
    table.loc[:1, ["status", "message"]] = ["too_few_networks", "give more seeds"]
    notices = find_warnings(replace(synthetic.results, separability=table), {})
    (lost,) = [notice for notice in notices if notice.about == "separability"]
    row = table.iloc[0]
    place = f"{row['architecture']}, {row['phase']}, {row['task_a']} and {row['task_b']}, analysis {row['analysis']}"
    assert lost.text == f"{place}: give more seeds"


def test_tasks_that_cannot_be_compared_or_answered_are_named(nothing):
    plain = {phase: phase for phase in ("fixation", "stimulus", "delay", "decision")}
    raw = survey_trials(make_task("ContextDecisionMaking-v0", period_to_phase=plain))
    surveys = {"GNG": survey_trials(make_task("GNG")), raw.task: raw}
    lacks, mixed = find_warnings(replace(nothing, surveys=surveys), {})
    assert lacks.text.startswith("Task ContextDecisionMaking-v0: no input changes when the response begins")
    assert mixed.text.startswith("Tasks with and without a go cue are compared")
    assert {lacks.about, mixed.about} == {"tasks"}
    assert find_warnings(replace(nothing, surveys={"GNG": surveys["GNG"]}), {}) == []
