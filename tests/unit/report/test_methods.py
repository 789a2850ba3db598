from __future__ import annotations

import re

import pytest

from dynashape.dissimilarity import Candidate, Selection
from dynashape.errors import InputError
from dynashape.inference.study.choice import Choice
from dynashape.records import Code, Status
from dynashape.report import describe_methods
from dynashape.report.methods import list_parameters
from dynashape.study.ask.spec import StudySpec
from dynashape.tasks import INPUT_CONDITION_DESCRIPTIONS


def a_task(name, **fields):
    return {"name": name, "environment": None, "period_to_phase": None, "parameters": {}, "ceiling": None} | fields


SPEC = {
    "name": "paper",
    "architectures": ["V-RNN", "GRU"],
    "tasks": [a_task("CDM", parameters={"sigma": 0.7}), a_task("PR")],
    "seeds": [0, 1, 2],
    "phases": ["stimulus", "delay"],
    "timing": {"dt_ms": 20, "fixation_ms": 481, "stimulus_ms": 482, "delay_ms": 483, "decision_ms": 484},
    "input_noise": 0.053,
    "networks": {"n_units": 61, "options": {}, "cells": {}},
    "training": {
        "learning_rate": 0.0021,
        "recurrent_rate": 0.21,
        "warm_up": 21,
        "decay_after": 411,
        "batch_size": 63,
        "max_updates": 4001,
        "gradient_norm": 1.5,
        "weight_before_response": 0.11,
        "activity_penalty": 0.0012,
        "adam_decay": [0.91, 0.992],
        "evaluate_every": 26,
        "n_evaluation_trials": 513,
        "n_test_trials": 2049,
        "stop_fraction": 0.971,
        "stop_fixation": 0.986,
        "patience": 3,
        "criterion": 0.951,
        "fixation_criterion": 0.981,
        "snapshots": [],
    },
    "activity": {"n_trials": 101, "noise": "gaussian", "noise_sd": 1.3},
    "dissimilarity": "dsa",
    "dissimilarity_options": {},
    "dsa": {"n_delays": 7, "delay_interval": 2, "rank": 16, "ridge": 1e-8, "effort": "thorough"},
    "separability": {"mds": "non-metric", "n_components": 3, "max_relabellings": 1025},
    "meta_clustering": {"points": ["analysis", "task_pair"], "features": ["accuracy"], "max_groups": 5},
}


def text_of(spec, n_pooled=None) -> str:
    return "\n".join(paragraph for part in describe_methods(spec, n_pooled) for paragraph in part.paragraphs)


def test_every_parameter_is_said_in_words():
    text = text_of(SPEC)
    silent = {"name", "tasks", "networks.options", "networks.cells", "training.snapshots", "meta_clustering.points"}
    silent |= {"dissimilarity_options"}
    for name, value in list_parameters(SPEC):
        if name in silent:
            continue
        for word in value.split(", "):
            assert word in text, (name, word)
    assert "CDM and PR" in text
    assert "CDM sigma = 0.7" in text
    assert "independent Gaussian noise with the same standard deviation" in text
    assert "analysis and task pair" in text


def test_sections_have_titles_and_whole_paragraphs():
    sections = describe_methods(SPEC)
    assert [section.title for section in sections] == [
        "Tasks",
        "Networks",
        "Training",
        "Activity",
        "Dynamical similarity",
        "Separability",
        "Meta-clustering",
    ]
    for paragraph in (paragraph for section in sections for paragraph in section.paragraphs):
        assert paragraph.endswith(".") and not re.search(r"  |\n|[{}#]| [.,;]|\.\.", paragraph), paragraph


def test_relu_is_said_only_where_it_is_so():
    def networks(**fields):
        return {"networks": {"n_units": 9, "options": {}, "cells": {}} | fields}

    assert "ReLU took the place" in text_of(SPEC)
    assert "ReLU" not in text_of(SPEC | networks(options={"nonlinearity": "tanh"}))
    assert "nonlinearity = tanh" in text_of(SPEC | networks(options={"nonlinearity": "tanh"}))
    assert "ReLU" not in text_of(SPEC | {"architectures": ["Leaky-RNN"]})
    assert "Mine = cells:Mine" in text_of(SPEC | networks(cells={"Mine": "cells:Mine"}))


def test_counts_follow_from_the_specification():
    text = text_of(SPEC)
    assert "12 networks" in text  # 2 architectures x 2 tasks x 3 seeds
    assert "the 8 comparisons" in text  # 2 analyses x 1 pair x 2 architectures x 2 phases


@pytest.mark.parametrize("name", [name for name in SPEC if name != "name"])
def test_a_missing_field_is_named(name):
    with pytest.raises(InputError, match=name):
        describe_methods({key: value for key, value in SPEC.items() if key != name})


@pytest.mark.parametrize("noise", [name for name in INPUT_CONDITION_DESCRIPTIONS if name != "task"])
def test_the_random_input_is_named_and_described(noise):
    text = text_of(SPEC | {"activity": {"n_trials": 10, "noise": noise, "noise_sd": 1.7}})
    assert f'"{noise}"' in text
    assert INPUT_CONDITION_DESCRIPTIONS[noise][1:] in text
    assert ("1.7" in text) == (noise == "gaussian")


@pytest.mark.parametrize(
    ("dissimilarity", "words", "embedded"),
    [("dsa", "had the effort ", True), ("spectral", "eigenvalues", True), ("cka", "kernel", False)],
)
def test_the_dissimilarity_is_named(dissimilarity, words, embedded):
    text = text_of(SPEC | {"dissimilarity": dissimilarity})
    assert words in text
    assert f"({dissimilarity})" in text
    assert ("delay-embedded" in text) == embedded
    assert ("effort" in text) == (dissimilarity == "dsa")


def test_every_dissimilarity_of_a_study_has_its_words():
    from dynashape.dissimilarity import DISSIMILARITIES

    for dissimilarity in DISSIMILARITIES:
        assert f"({dissimilarity}) is " in text_of(SPEC | {"dissimilarity": dissimilarity})


def test_a_foreign_environment_is_named_with_its_periods_and_ceiling():
    mine = a_task("mine", environment="DelayMatchSample-v0", period_to_phase={"cue": "stimulus"}, ceiling=0.83)
    text = text_of(SPEC | {"tasks": [mine, a_task("PR"), a_task("other", environment="a:B")]}, 4096)
    assert "mine (DelayMatchSample-v0), PR and other (a:B)" in text
    assert "mine cue = stimulus; other " in text
    assert "mine 0.83, other 1." in text


def test_a_pool_of_trials_is_said_only_where_there_is_one():
    foreign = SPEC | {"tasks": [a_task("mine", environment="a:B", period_to_phase={"cue": "stimulus"}), a_task("PR")]}
    assert "drawn from 4096 such trials" in text_of(foreign, 4096)
    assert "such trials" not in text_of(foreign)
    assert "4096" not in text_of(SPEC, 4096)


def _leaves(spec, at=()):
    for key, value in spec.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*at, key))
        else:
            yield (*at, key), value


def _changed(value):
    if isinstance(value, str):
        return {"dsa": "cka", "gaussian": "zero"}.get(value, f"other {value}")
    if isinstance(value, dict):
        return {"Mine": "cells:Mine"}
    if isinstance(value, list | tuple):
        return [*value[1:], a_task("mine")] if isinstance((*value, 0)[0], dict) else [*value[1:], 77]
    return value + 3


# The criterion shapes nothing where delays and rank are numbers; the step that chooses them says its own.
UNSAID = {("name",), ("dsa", "criterion")}


@pytest.mark.parametrize(
    "field", [field for field, _ in _leaves(StudySpec().as_dict()) if field not in UNSAID], ids=".".join
)
def test_every_field_that_a_study_can_set_has_its_words(field):
    """A new knob must not stay unsaid: other values of it give other words."""
    spec = StudySpec().as_dict()
    section = spec
    for key in field[:-1]:
        section = section[key]
    before = text_of(spec)
    section[field[-1]] = _changed(section[field[-1]])
    assert text_of(spec) != before


def test_named_entries_are_listed_by_what_is_set():
    tasks = [{"name": "CDM", "environment": None, "parameters": {}}, {"name": "X", "environment": "Mine-v0"}]
    assert list_parameters({"tasks": tasks}) == [("tasks", "CDM; X (environment = Mine-v0)")]


def test_the_choice_of_delays_and_rank_is_told_with_its_doubts():
    spec = StudySpec(dsa={"n_delays": "auto", "rank": "auto"}).as_dict()
    doubts = Status(Code.DOUBTFUL, "it cuts in a flat tail")
    chosen = Selection(3, 7, "gap", (Candidate(3, 7, 0.9),), None, doubts)
    said = " ".join(text for section in describe_methods(spec, None, Choice.of(chosen)) for text in section.paragraphs)
    assert "(3 delays, interval 1)" in said
    assert "first 7 singular vectors" in said
    assert (
        'The delays and rank were chosen once for all systems, before any label was looked at, by the criterion "gap"'
        in said
    )
    assert "it cuts in a flat tail" in said
