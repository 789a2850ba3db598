"""The experiment: what is asked (spec), the units of work and their keys (plan), and the run that joins everything."""

from __future__ import annotations

from dynashape.study.catalogue import describe_task, describe_tasks, environments, plot_task
from dynashape.study.engines import open_study_engine
from dynashape.study.load import load_spec, parse_spec, presets, to_yaml
from dynashape.study.plan import Plan, WorkUnit, make_plan
from dynashape.study.power import SeedPlan, plan_seeds
from dynashape.study.results import Results, read_results
from dynashape.study.run import Progress, RunResult, rewrite_report, run_study
from dynashape.study.sensitivity import Sensitivity, read_grid, run_sensitivity
from dynashape.study.side_by_side import write_side_by_side
from dynashape.study.spec import StudySpec
from dynashape.study.status import StudyStatus, study_status

__all__ = [
    "Plan",
    "Progress",
    "Results",
    "RunResult",
    "SeedPlan",
    "Sensitivity",
    "StudySpec",
    "StudyStatus",
    "WorkUnit",
    "describe_task",
    "describe_tasks",
    "environments",
    "load_spec",
    "make_plan",
    "open_study_engine",
    "parse_spec",
    "plan_seeds",
    "plot_task",
    "presets",
    "read_grid",
    "read_results",
    "rewrite_report",
    "run_sensitivity",
    "run_study",
    "study_status",
    "to_yaml",
    "write_side_by_side",
]
