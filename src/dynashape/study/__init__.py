"""The experiment: what is asked (spec), worked (steps), found (records and tables) and told (figures and report)."""

from __future__ import annotations

from dynashape.steps import Progress
from dynashape.study.ask.load import load_spec, parse_spec, presets, to_yaml
from dynashape.study.ask.spec import StudySpec
from dynashape.study.ask.variants import read_grid
from dynashape.study.found.folder import StudyStatus, study_status
from dynashape.study.found.results import Results, read_results
from dynashape.study.power import SeedPlan, plan_seeds
from dynashape.study.run import RunResult, rewrite_report, run_study
from dynashape.study.sensitivity import Sensitivity, run_sensitivity
from dynashape.study.side_by_side import write_side_by_side
from dynashape.study.work.plan import Plan, make_plan

__all__ = [
    "Plan",
    "Progress",
    "Results",
    "RunResult",
    "SeedPlan",
    "Sensitivity",
    "StudySpec",
    "StudyStatus",
    "load_spec",
    "make_plan",
    "parse_spec",
    "plan_seeds",
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
