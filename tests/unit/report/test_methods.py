from __future__ import annotations

import pytest

from dynashape.report import describe_methods
from dynashape.report.methods import list_parameters

SPEC = {
    "name": "paper",
    "architectures": ["V-RNN", "GRU"],
    "tasks": [{"name": "CDM", "environment": None, "parameters": {"sigma": 0.7}}, {"name": "PR", "parameters": {}}],
    "seeds": [0, 1, 2],
    "phases": ["stimulus", "delay"],
    "timing": {"dt_ms": 20, "fixation_ms": 481, "stimulus_ms": 482, "delay_ms": 483, "decision_ms": 484},
    "input_noise": 0.053,
    "networks": {"n_units": 61, "options": {}},
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
    "dsa": {"n_delays": 7, "delay_interval": 2, "rank": 16, "ridge": 1e-8, "effort": "thorough"},
    "separability": {"mds": "non-metric", "n_components": 3, "max_relabellings": 1025},
    "meta_clustering": {"points": ["analysis", "task_pair"], "features": ["accuracy"], "max_groups": 5},
}


def text_of(spec) -> str:
    return "\n".join(paragraph for part in describe_methods(spec) for paragraph in part.paragraphs)


def test_every_parameter_is_said_in_words():
    text = text_of(SPEC)
    silent = {"name", "tasks", "training.snapshots", "networks.options", "activity.noise", "meta_clustering.points"}
    for name, value in list_parameters(SPEC):
        if name in silent:
            continue
        for word in value.split(", "):
            assert word in text, (name, word)
    assert "CDM and PR" in text
    assert "CDM sigma = 0.7" in text
    assert "Gaussian noise of standard deviation 1.3" in text
    assert "analysis and task pair" in text


def test_relu_is_said_only_where_it_is_so():
    assert "ReLU took the place" in text_of(SPEC)
    assert "ReLU" not in text_of(SPEC | {"networks": {"n_units": 9, "options": {"nonlinearity": "tanh"}}})
    assert "ReLU" not in text_of(SPEC | {"architectures": ["Leaky-RNN"]})
    assert "Mine = cells:Mine" in text_of(SPEC | {"networks": {"n_units": 9, "cells": {"Mine": "cells:Mine"}}})


def test_counts_follow_from_the_specification():
    text = text_of(SPEC)
    assert "12 networks" in text  # 2 architectures x 2 tasks x 3 seeds
    assert "the 8 comparisons" in text  # 2 analyses x 1 pair x 2 architectures x 2 phases


@pytest.mark.parametrize("name", [name for name in SPEC if name != "name"])
def test_a_missing_part_leaves_no_hole(name):
    text = text_of({key: value for key, value in SPEC.items() if key != name})
    assert "{" not in text
    assert "  " not in text


def test_an_empty_specification_says_nothing():
    assert describe_methods({}) == ()


@pytest.mark.parametrize(
    ("noise", "words"), [("zero", "no input at all"), ("phase_randomised", "Fourier"), ("mine", "mine input")]
)
def test_the_random_input_is_named(noise, words):
    assert words in text_of(SPEC | {"activity": {"n_trials": 10, "noise": noise, "noise_sd": 1.0}})


@pytest.mark.parametrize(
    ("dissimilarity", "words", "embedded"),
    [("dsa", "(effort ", True), ("spectral", "eigenvalues", True), ("cka", "kernel", False)],
)
def test_the_dissimilarity_is_named(dissimilarity, words, embedded):
    text = text_of(SPEC | {"dissimilarity": dissimilarity})
    assert words in text
    assert f"({dissimilarity})" in text
    assert ("delay-embedded" in text) == embedded


def test_a_foreign_environment_is_named_with_its_periods_and_ceiling():
    mine = {"name": "mine", "environment": "a:B", "period_to_phase": {"cue": "stimulus"}, "ceiling": 0.83}
    text = text_of(SPEC | {"tasks": [mine, {"name": "PR"}]})
    assert "mine cue = stimulus" in text
    assert "mine 0.83" in text
    assert "4096" not in text_of(SPEC)


def test_the_pool_has_the_size_that_is_said():
    from dynashape.study.steps.train import N_POOL

    assert f"drawn from {N_POOL} such" in text_of(SPEC | {"tasks": [{"name": "x", "period_to_phase": {"a": "delay"}}]})


def test_a_foreign_environment_is_named_with_its_id():
    tasks = [{"name": "mine", "environment": "DelayMatchSample-v0"}, {"name": "PR"}]
    assert "mine (DelayMatchSample-v0)" in text_of(SPEC | {"tasks": tasks})


def test_every_field_that_a_study_can_set_has_its_words():
    """A new knob must not stay unsaid: the methods name it, or it is listed here as said in another way."""
    from dynashape.report.methods import _FIELD, _SECTIONS
    from dynashape.study.spec import StudySpec

    named = {
        field for _, paragraphs in _SECTIONS for part in paragraphs for text in part for field in _FIELD.findall(text)
    }
    elsewhere = {
        "name",
        "tasks",  # task_names and task_parameters
        "activity.noise",  # noise_words
        "dsa.effort",  # dissimilarity_words
        "activity.noise_sd",
        "meta_clustering.points",  # meta_points
        "training.snapshots",  # kept weights change no result
    }
    assert {name for name, _ in list_parameters(StudySpec().as_dict())} - named - elsewhere == set()


def test_named_entries_are_listed_by_what_is_set():
    tasks = [{"name": "CDM", "environment": None, "parameters": {}}, {"name": "X", "environment": "Mine-v0"}]
    assert list_parameters({"tasks": tasks}) == [("tasks", "CDM; X (environment = Mine-v0)")]
