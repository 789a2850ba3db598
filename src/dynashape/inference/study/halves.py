"""Two halves of what was recorded of a network: of its trials, and of its units."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from dynashape.dissimilarity import Dissimilarity
from dynashape.dissimilarity.kinds.dissimilarity import Reduction, Summary, measure_pairs
from dynashape.dissimilarity.selection.halves import LEAST_UNITS
from dynashape.errors import DoubtWarning, InputError
from dynashape.records import Array, Code, RecordedActivity, Status, System
from dynashape.seeds import stream

TRIALS, UNITS = ("even trials", "odd trials"), ("one half of the units", "the other half of the units")
"""What halves are called."""


def halve_trials(part: RecordedActivity) -> list[RecordedActivity] | Status:
    """The even and the odd trials."""
    if not part.status.ok:
        return part.status
    halves = ((part.activity[k::2], part.choices[k::2]) for k in (0, 1))
    return [RecordedActivity(*half, part.status) for half in halves]


def halve_units(system: System, part: RecordedActivity) -> list[RecordedActivity] | Status:
    """Two halves of the units, the same in every phase and condition of a network."""
    n_units = part.activity.shape[-1]
    if not part.status.ok:
        return part.status
    if n_units < LEAST_UNITS:
        return Status(Code.UNDETERMINED, f"{n_units} units cannot be halved; give at least {LEAST_UNITS}")
    order = stream("halves of units", system.architecture, system.task, system.seed).permutation(n_units)
    halves = (part.activity[..., np.sort(own)] for own in np.array_split(order, 2))
    return [RecordedActivity(half, part.choices, part.status) for half in halves]


def has_halves(activity: Float[Array, "trials steps units"]) -> bool:
    """Whether two dimensions are left in each half of the units, and in the even and the odd trials."""
    if activity.shape[-1] < LEAST_UNITS or len(activity) < 2:
        return False
    centred = [half.reshape(-1, half.shape[-1]) for half in (activity[::2], activity[1::2])]
    return all(np.linalg.matrix_rank(half - half.mean(axis=0)) >= LEAST_UNITS for half in centred)


def reduce_halves(
    reduction: Reduction[Any], parts: Mapping[System, list[RecordedActivity] | Status], halves: tuple[str, str]
) -> tuple[dict[System, list[Summary]], dict[System, Status]]:
    """Both halves of each system that has them; of the others, the status.

    A half may hold too little for what the whole can carry, which is a status.
    """
    whole: dict[System, list[Summary]] = {}
    lost: dict[System, Status] = {}
    for system, both in parts.items():
        if isinstance(both, Status):
            lost[system] = both
            continue
        try:
            named = [(part, f"{system}, {half}") for part, half in zip(both, halves, strict=True)]
            with warnings.catch_warnings():  # what is to be doubted of the whole is said of the whole
                warnings.simplefilter("ignore", DoubtWarning)
                reduced = [reduction.reduce(part.activity, part.choices, name) for part, name in named]
        except InputError as error:
            lost[system] = Status(Code.TOO_FEW_TRIALS if halves == TRIALS else Code.UNDETERMINED, str(error))
            continue
        failed = [half.status for half in reduced if not half.status.ok]
        if failed:
            lost[system] = failed[0]
        else:
            whole[system] = reduced
    return whole, lost


def measure_halves(
    kind: Dissimilarity[Any],
    whole: Mapping[System, list[Summary]],
    ends: Int[Array, "pairs 2"],
    halves: tuple[str, str],
) -> Float[Array, " pairs"]:
    """The distances between halves, the two of each system in turn."""
    names = [f"{system}, {half}" for system in whole for half in halves]
    return measure_pairs(kind, [half for both in whole.values() for half in both], ends, names).values
