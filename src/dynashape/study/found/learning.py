"""What the snapshots along learning show: tables of every update beside the final networks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from dynashape.inference.study.rows import contrast_rows
from dynashape.steps import Reader
from dynashape.study.found.results import Results, read_compares
from dynashape.study.work.plan import Plan


@dataclass(frozen=True)
class Learning:
    """Two tables whose `updates` is missing (NA) in the rows of the final networks; empty without snapshots.

    `separability` has the columns of `separability.parquet`, and of the `n_networks` of the two tasks how many were
    done by then (`n_done`): those count with their final weights. `shares` has one row an update, contrast and place
    (architecture and phase, each "all" where pooled): both shares of the contrast and their difference with 95 %
    intervals, and the verdict.
    """

    separability: pd.DataFrame = field(default_factory=pd.DataFrame)
    shares: pd.DataFrame = field(default_factory=pd.DataFrame)


def read_learning(plan: Plan, read: Reader, results: Results) -> Learning:
    """The tables of all updates that are done, and of the final networks last."""
    along = {update: read_compares(steps, read) for update, steps in plan.snapshots.items()}
    # A table of nothing has no columns, and would turn those of the others into objects.
    told = {update: found for update, found in {**along, pd.NA: results}.items() if len(found.separability)}
    if not told.keys() - {pd.NA}:
        return Learning()
    tables = [found.separability.assign(updates=update) for update, found in told.items()]
    separability = pd.concat(tables, ignore_index=True).astype({"updates": "Int64"})
    counts = [_count(results.networks, row) for row in separability.itertuples()]
    leading = ["updates", "n_networks", "n_done"]
    separability = separability.assign(n_networks=[n for n, _ in counts], n_done=[done for _, done in counts])
    concluded = {update: found.conclusions.headline for update, found in told.items() if found.conclusions is not None}
    shares = pd.DataFrame(
        [{"updates": update, **row} for update, headline in concluded.items() for row in contrast_rows(headline)]
    )
    return Learning(
        separability[[*leading, *separability.columns.drop(leading)]],
        shares.astype({"updates": "Int64"}) if len(shares) else shares,
    )


def _count(networks: pd.DataFrame, row: Any) -> tuple[int, int]:
    group = networks[(networks["architecture"] == row.architecture) & networks["task"].isin([row.task_a, row.task_b])]
    return len(group), len(group) if pd.isna(row.updates) else int((group["updates"] <= row.updates).sum())
