"""The scale of a study's distances: a floor and a ceiling for every architecture, task, condition and phase."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from dynashape.distances import Distances
from dynashape.inference import Bound, compute_ceiling, compute_floor
from dynashape.records import CONDITIONS
from dynashape.steps import Reader
from dynashape.study.found.tables import Cell
from dynashape.study.work.halve import Halve, Halves


def read_bounds(halves: tuple[Halve, ...], read: Reader, distances: Mapping[Cell, Distances]) -> pd.DataFrame:
    """One row each: `floor` and `ceiling` with 95 % intervals over seeds (`_low`, `_high`), and the seeds behind them.

    `distances` are those of each architecture and phase. Networks without a distance are left out; a bound that too
    few networks are left for is missing.
    """
    rows: list[dict[str, object]] = []
    for step in halves:
        if not read.has(step):
            continue
        found, train = read(step), step.record.train
        for phase in step.phases:
            for condition in CONDITIONS:
                systems = [step.record.system(seed, condition, phase) for seed in train.seeds]
                floor = _floor({system.seed: found[system] for system in systems if system in found})
                own = distances.get((train.architecture, phase))
                ceiling = (
                    None if own is None else compute_ceiling(own.select(task=train.task.name, condition=condition))
                )
                names = {"architecture": train.architecture, "task": train.task.name}
                place = {**names, "condition": str(condition), "phase": phase}
                rows.append({**place, **_columns("floor", floor), **_columns("ceiling", ceiling)})
    return pd.DataFrame(rows)


def _floor(halves: Mapping[int, Halves]) -> Bound | None:
    known = {seed: half.distance for seed, half in halves.items() if half.distance is not None}
    if not known:
        return None
    return compute_floor(np.array(list(known.values())), np.array(list(known)))


def _columns(kind: str, bound: Bound | None) -> dict[str, float | int | None]:
    values = (None, None, None, 0) if bound is None else (bound.mean, bound.low, bound.high, bound.n_seeds)
    return dict(zip((kind, f"{kind}_low", f"{kind}_high", f"{kind}_n_seeds"), values, strict=True))
