"""The scale of a study's distances: floors, halves of units, seeds and tasks, and whether these are told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from itertools import product

import numpy as np
import pandas as pd

from dynashape.distances import Distances
from dynashape.inference.study.bound_rows import bounds_row
from dynashape.inference.study.scale import measure_scale
from dynashape.records import CONDITIONS, Condition
from dynashape.steps import Reader
from dynashape.study.found.tables import Cell
from dynashape.study.work.halve import Halve, HalveUnits

_KINDS = ("floor", "units", "ceiling", "tasks")


def read_bounds(
    halves: tuple[Halve, ...], units: tuple[HalveUnits, ...], read: Reader, distances: Mapping[Cell, Distances]
) -> pd.DataFrame:
    """One row each architecture, task, condition and phase.

    `floor` (halves of the trials), `units` (halves of the units) and `ceiling` (other seeds) have 95 % intervals over
    seeds (`_low`, `_high`) and the seeds behind them; `tasks` is the mean distance to networks of other tasks in the
    same condition. `distances` are those of each architecture and phase. Networks without a distance are left out; a
    bound that too few networks are left for is missing.
    """
    rows: list[dict[str, object]] = []
    done = [(step, np.diag(read(step).distances).tolist()) for step in units if read.has(step)]
    of_units = {system: own for step, diagonal in done for system, own in zip(step.systems, diagonal, strict=True)}
    for step in (step for step in halves if read.has(step)):
        of_trials, train = read(step), step.record.train
        for phase, condition in product(step.phases, CONDITIONS):
            systems = [step.record.system(seed, condition, phase) for seed in train.seeds]
            kept = {"task": train.task.name, "condition": str(condition)}
            row = bounds_row(systems, of_trials, of_units, distances.get((train.architecture, phase)), **kept)
            rows.append({"architecture": train.architecture, **kept, "phase": phase, **row})
    return pd.DataFrame(rows).astype(dict.fromkeys(("units", "tasks"), float)) if rows else pd.DataFrame()


def read_scale(units: tuple[HalveUnits, ...], read: Reader, bounds: pd.DataFrame) -> pd.DataFrame:
    """One row each architecture and phase, of trained networks on task input: see `Scale` for the halves of units.

    `floor`, `units`, `ceiling` and `tasks` are the means of the table of bounds.
    """
    rows: list[dict[str, object]] = []
    for step in (step for step in units if read.has(step)):
        trained = [k for k, system in enumerate(step.systems) if system.condition is Condition.TRAINED]
        tasks = np.array([step.systems[k].task for k in trained])
        scale = measure_scale(read(step).distances[np.ix_(trained, trained)], tasks)
        row: dict[str, object] = {"architecture": step.architecture, "phase": step.phase}
        if len(bounds):
            own = bounds[(bounds[list(row)] == list(row.values())).all(axis=1)]
            own = own[own["condition"] == Condition.TRAINED]
            row |= {kind: pd.to_numeric(own[kind]).mean() for kind in _KINDS}
        rows.append(row | asdict(scale) | {"blind": scale.blind, "seeds_alike": scale.seeds_alike})
    return pd.DataFrame(rows).astype(dict.fromkeys(("auc", "auc_seeds"), float)) if rows else pd.DataFrame()
