"""Tasks in four aligned phases: vectorised samplers, the NeuroGym environments behind them, and input conditions."""

from __future__ import annotations

from dynashape.tasks.cdm import CDM
from dynashape.tasks.dc import DC
from dynashape.tasks.description import ExampleTrial, TaskDescription, describe_task, example_trial
from dynashape.tasks.environment_list import EnvironmentRow, describe_environment, list_environments
from dynashape.tasks.gng import GNG
from dynashape.tasks.input_conditions import INPUT_CONDITION_DESCRIPTIONS, INPUT_CONDITIONS, drive
from dynashape.tasks.neurogym_task import NeurogymTask
from dynashape.tasks.pr import PR
from dynashape.tasks.registry import TASKS, make_task
from dynashape.tasks.survey import Answers, Survey, compare_go_cues, survey_trials
from dynashape.tasks.task import Task, ideal_accuracy
from dynashape.tasks.timing import Timing

__all__ = [
    "CDM",
    "DC",
    "GNG",
    "INPUT_CONDITIONS",
    "INPUT_CONDITION_DESCRIPTIONS",
    "PR",
    "TASKS",
    "Answers",
    "EnvironmentRow",
    "ExampleTrial",
    "NeurogymTask",
    "Survey",
    "Task",
    "TaskDescription",
    "Timing",
    "compare_go_cues",
    "describe_environment",
    "describe_task",
    "drive",
    "example_trial",
    "ideal_accuracy",
    "list_environments",
    "make_task",
    "survey_trials",
]
