"""Activities whose steps correspond: what the geometric dissimilarities (CKA, Procrustes) compare, row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float

from dynashape.cores import on_one_blas_thread
from dynashape.dissimilarity.activity import list_systems, read_activity
from dynashape.errors import InputError
from dynashape.records import Array


def read_matched(activities: Any) -> list[Float[Array, "rows _"]]:
    """Each activity as a (trials x steps, units) table, centred over all rows and of unit Frobenius norm.

    The numbers of units may differ, trials and steps may not: row i of every table is the same moment. Raises one
    `InputError` that lists the systems that do not match the first one or that never vary.
    """
    systems = list_systems(activities)
    recordings, faults, tables = [], [], []
    for i, activity in enumerate(systems):
        try:
            recordings.append(read_activity(activity, f"activities[{i}]"))
        except InputError as error:
            faults.append(str(error).removesuffix("."))
    if faults:
        raise InputError("; ".join(faults) + ".")
    for i, recording in enumerate(recordings):
        if recording.lengths.tolist() != recordings[0].lengths.tolist():
            faults.append(
                f"activities[{i}] has {recording.n_trials} trials with {len(recording.table)} steps in all, "
                f"activities[0] has {recordings[0].n_trials} with {len(recordings[0].table)}; trials must correspond"
            )
        if len(recording.table) < 3:
            faults.append(f"activities[{i}] has {len(recording.table)} steps in all; any two points are alike, give 3")
        centred = recording.table - recording.table.mean(axis=0)
        # A mean of many rows is off by their number of rounding errors; the mean of what is left is not.
        centred -= centred.mean(axis=0)
        norm = float(np.linalg.norm(centred))
        # A mean is off by rounding, so an activity that never varies leaves about that much of itself.
        if not norm > 10 * recording.precision * float(np.linalg.norm(recording.table)):
            faults.append(f"activities[{i}] never varies, so it has no geometry; leave the system out")
        else:
            tables.append(centred / norm)
    if faults:
        raise InputError("; ".join(faults) + ".")
    return tables


@on_one_blas_thread
def measure_all(
    activities: Any, between: Callable[[Float[Array, "rows _"], Float[Array, "rows _"]], float]
) -> Float[Array, "systems systems"]:
    """A distance between the tables of all pairs of activities (see `read_matched`), as a symmetric matrix.

    >>> measure_all([np.eye(3), np.eye(3)], lambda x, y: float(np.abs(x - y).sum())).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    tables = read_matched(activities)
    out = np.zeros((len(tables), len(tables)))
    for i, first in enumerate(tables):
        for j, second in enumerate(tables[:i]):
            out[i, j] = out[j, i] = between(first, second)
    return out
