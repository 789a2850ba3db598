"""The experiment: what is asked (spec), worked (steps), found (records and tables) and told (figures and report)."""

from __future__ import annotations

from dynashape.study.ask.load import load_spec, presets
from dynashape.study.ask.spec import StudySpec
from dynashape.study.ask.variants import read_grid
from dynashape.study.found.folder import StudyStatus, open_study, study_status
from dynashape.study.found.results import Results, read_results
from dynashape.study.power import SeedPlan, plan_seeds
from dynashape.study.run import RunResult, rewrite_report, run_study
from dynashape.study.sensitivity import Sensitivity, run_sensitivity
from dynashape.study.side_by_side import write_side_by_side

__all__ = [
    "Results",
    "RunResult",
    "SeedPlan",
    "Sensitivity",
    "StudySpec",
    "StudyStatus",
    "load_spec",
    "open_study",
    "plan_seeds",
    "presets",
    "read_grid",
    "read_results",
    "rewrite_report",
    "run_sensitivity",
    "run_study",
    "study_status",
    "write_side_by_side",
]
