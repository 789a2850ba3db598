"""The words of the study, each once, and the small values that travel between rooms; imports nothing of the package."""

from __future__ import annotations

from dynashape.records.analyses import (
    ALL,
    ALPHA,
    ANALYSES,
    HEADLINE,
    Analysis,
    ClaimOutcome,
    Contrast,
    Labelling,
    Share,
    Term,
    Verdict,
    analysis_numbered,
)
from dynashape.records.arrays import Array
from dynashape.records.reading_order import (
    ARCHITECTURE_ORDER,
    READING_ORDER,
    SHORT_NAMES,
    SHOWN_PHASE,
    TASK_PAIR_ORDER,
    in_reading_order,
    task_pair,
)
from dynashape.records.status import OK, Code, Status
from dynashape.records.systems import CONDITIONS, PHASES, Condition, System
from dynashape.records.trials import RecordedActivity, Trials

__all__ = [
    "ALL",
    "ALPHA",
    "ANALYSES",
    "ARCHITECTURE_ORDER",
    "CONDITIONS",
    "HEADLINE",
    "OK",
    "PHASES",
    "READING_ORDER",
    "SHORT_NAMES",
    "SHOWN_PHASE",
    "TASK_PAIR_ORDER",
    "Analysis",
    "Array",
    "ClaimOutcome",
    "Code",
    "Condition",
    "Contrast",
    "Labelling",
    "RecordedActivity",
    "Share",
    "Status",
    "System",
    "Term",
    "Trials",
    "Verdict",
    "analysis_numbered",
    "in_reading_order",
    "task_pair",
]
