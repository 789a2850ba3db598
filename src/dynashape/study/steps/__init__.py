"""The steps of a study, one a file: each reads results of earlier steps from the store and writes its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dynashape.store import Store
from dynashape.study.steps.align import align
from dynashape.study.steps.compare import compare_systems
from dynashape.study.steps.conclude import conclude
from dynashape.study.steps.examine import examine
from dynashape.study.steps.fit import fit
from dynashape.study.steps.organise import organise
from dynashape.study.steps.record import record
from dynashape.study.steps.split import split
from dynashape.study.steps.train import train

Step = Callable[[Store, str, Mapping[str, Any], Mapping[str, str]], None]

STEPS: Mapping[str, Step] = {
    "train": train,
    "examine": examine,
    "record": record,
    "fit": fit,
    "align": align,
    "split": split,
    "compare": compare_systems,
    "conclude": conclude,
    "organise": organise,
}

__all__ = ["STEPS", "Step"]
