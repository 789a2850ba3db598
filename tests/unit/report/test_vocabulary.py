from __future__ import annotations

import json
import re
from importlib.resources import files

import pandas as pd
import pytest

from dynashape.records import CONDITIONS, READING_ORDER, SHORT_NAMES, TASK_PAIR_ORDER, Labelling, task_pair
from dynashape.report import Explorer, ReportContent
from dynashape.report.payload import build_payload, to_script_json
from dynashape.report.render import SCRIPTS
from dynashape.report.vocabulary import build_vocabulary, name_task_pairs


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_script_names_what_the_vocabulary_names(script):
    text = (files("dynashape.report") / "templates" / script).read_text()
    # "task" is also the name of a column and of a factor.
    names = set(READING_ORDER) - {Labelling.TASK} | {name for name in SHORT_NAMES.values() if name != "delay"}
    literals = set(re.findall(r"[\"'`]([\w-]+)[\"'`]|\b([\w-]+):", text))
    assert not names & {word for pair in literals for word in pair}
    assert not re.findall(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b", text)


def test_the_page_holds_the_vocabulary(synthetic):
    payload, _ = build_payload(ReportContent("t", "v", explorer=Explorer(synthetic.separability())))
    words = json.loads(to_script_json(payload))["words"]
    assert words["order"] == list(READING_ORDER)
    assert words["analyses"] == {"1": "untrained and trained", "2": "trained and noise-driven"}
    assert words["markers"]["task"]["GNG"] == {"matplotlib": "s", "plotly": "square", "character": "■"}
    assert words["fills"] == {"untrained": "-open", "trained": "", "noise": "-open-dot"}


def test_every_known_name_has_a_colour_and_every_condition_a_fill():
    vocabulary = build_vocabulary([])
    coloured = {name for colours in vocabulary.colours.values() for name in colours}
    assert set(READING_ORDER) - set(CONDITIONS) <= coloured
    assert set(vocabulary.fills) == set(CONDITIONS)
    assert len(vocabulary.spare_colours) == len(vocabulary.spare_markers)


def test_pairs_have_one_name_in_every_table(synthetic):
    turned = pd.DataFrame({"task_pair": ["PR-CDM", "mine-PR", "no pair"]})
    pairs = name_task_pairs([synthetic.separability(), turned, pd.DataFrame({"task": ["CDM"]})])
    assert {pairs[f"{a}-{b}"] for a, b in synthetic.spec.task_pairs} == set(TASK_PAIR_ORDER)
    assert pairs["PR-CDM"] == "CDM-PR"
    assert pairs["mine-PR"] == task_pair("mine", "PR") == "mine-PR"
    assert "no pair" not in pairs
