"""The words of the study, each once, and the small values that travel between rooms; imports nothing of the package."""

from __future__ import annotations

from dynashape.records.analyses import (
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
)
from dynashape.records.appearance import (
    ANALYSIS_COLOURS,
    ARCHITECTURE_COLOURS,
    CONDITION_COLOURS,
    LABELLING_COLOURS,
    PHASE_COLOURS,
    SPARE_COLOURS,
    TASK_COLOURS,
    TASK_PAIR_COLOURS,
)
from dynashape.records.arrays import Array
from dynashape.records.reading_order import READING_ORDER, SHORT_NAMES, TASK_PAIR_ORDER, in_reading_order, task_pair
from dynashape.records.status import OK, Code, Status
from dynashape.records.systems import CONDITIONS, PHASES, Condition, System
from dynashape.records.trials import Trials

__all__ = [
    "ALPHA",
    "ANALYSES",
    "ANALYSIS_COLOURS",
    "ARCHITECTURE_COLOURS",
    "CONDITIONS",
    "CONDITION_COLOURS",
    "HEADLINE",
    "LABELLING_COLOURS",
    "OK",
    "PHASES",
    "PHASE_COLOURS",
    "READING_ORDER",
    "SHORT_NAMES",
    "SPARE_COLOURS",
    "TASK_COLOURS",
    "TASK_PAIR_COLOURS",
    "TASK_PAIR_ORDER",
    "Analysis",
    "Array",
    "ClaimOutcome",
    "Code",
    "Condition",
    "Contrast",
    "Labelling",
    "Share",
    "Status",
    "System",
    "Term",
    "Trials",
    "Verdict",
    "in_reading_order",
    "task_pair",
]
