"""Steps that are values: what is computed once, kept by the hash of all that shapes it, on any engine."""

from dynashape.steps.compute import Computed, Progress, Silent, Stage, compute, stages_under
from dynashape.steps.processors import NotedProcessors
from dynashape.steps.step import Reader, Step, perform

__all__ = [
    "Computed",
    "NotedProcessors",
    "Progress",
    "Reader",
    "Silent",
    "Stage",
    "Step",
    "compute",
    "perform",
    "stages_under",
]
