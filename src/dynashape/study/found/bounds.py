"""The scale of a study's distances: a floor and a ceiling for every architecture, task, condition and phase."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
import pandas as pd

from dynashape.distances import Distances
from dynashape.inference import Bound, compute_ceiling, compute_floor
from dynashape.records import CONDITIONS
from dynashape.steps import Reader
from dynashape.study.found.tables import Cell
from dynashape.study.work.halve import Halve


def read_bounds(halves: tuple[Halve, ...], read: Reader, distances: Mapping[Cell, Distances]) -> pd.DataFrame:
    """One row each: `floor` and `ceiling` with 95 % intervals over seeds (`_low`, `_high`), and the seeds behind them.

    `distances` are those of each architecture and phase. Networks without a distance are left out; a bound that too
    few networks are left for is missing.
    """
    rows: list[dict[str, object]] = []
    for step in halves:
        if not read.has(step):
            continue
        measured, train = read(step), step.record.train
        for phase, condition in product(step.phases, CONDITIONS):
            between = {seed: measured.get(step.record.system(seed, condition, phase)) for seed in train.seeds}
            known = {seed: distance for seed, distance in between.items() if isinstance(distance, float)}
            floor = compute_floor(np.array([*known.values()]), np.array([*known])) if known else None
            square = distances.get((train.architecture, phase))
            kept = {"task": train.task.name, "condition": str(condition)}
            ceiling = None if square is None else compute_ceiling(square.select(**kept))
            labels = {"architecture": train.architecture, **kept, "phase": phase}
            rows.append({**labels, **_columns("floor", floor), **_columns("ceiling", ceiling)})
    return pd.DataFrame(rows)


def _columns(kind: str, bound: Bound | None) -> dict[str, float | int | None]:
    values = (None, None, None, 0) if bound is None else (bound.mean, bound.low, bound.high, bound.n_seeds)
    return dict(zip((kind, f"{kind}_low", f"{kind}_high", f"{kind}_n_seeds"), values, strict=True))
