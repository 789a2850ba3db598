"""What the snapshots along learning show: tables of every update beside the final networks, and the figure of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from dynashape import figures
from dynashape.report import FigureElement, TableElement
from dynashape.store import Store
from dynashape.study.drawing import write_figure
from dynashape.study.learning import plan_snapshots
from dynashape.study.plan import Plan
from dynashape.study.results import Results, read_comparisons


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


def read_learning(plan: Plan, store: Store, results: Results) -> Learning:
    """The tables of all updates that are done, and of the final networks last."""
    comparisons, shares = [], []
    for update, own in plan_snapshots(plan).items():
        table, _, conclusions = read_comparisons(own, store)
        comparisons.append(table.assign(updates=update))
        shares += [{"updates": update, **row} for row in _shares(conclusions)]
    if not any(map(len, comparisons)):
        return Learning()
    comparisons.append(results.separability.assign(updates=pd.NA))
    shares += [{"updates": None, **row} for row in _shares(results.conclusions)]
    # A table of nothing has no columns, and would turn those of the others into objects.
    separability = pd.concat([table for table in comparisons if len(table)], ignore_index=True)
    separability = separability.astype({"updates": "Int64"})
    counts = [_count(results.networks, row) for row in separability.itertuples()]
    for place, name in enumerate(("n_networks", "n_done")):
        separability[name] = [count[place] for count in counts]
    leading = ["updates", "n_networks", "n_done"]
    separability = separability[[*leading, *separability.columns.drop(leading)]]
    told = pd.DataFrame(shares)
    return Learning(separability, told.astype({"updates": "Int64"}) if len(told) else told)


def _count(networks: pd.DataFrame, row: Any) -> tuple[int, int]:
    own = networks[(networks["architecture"] == row.architecture) & networks["task"].isin([row.task_a, row.task_b])]
    return len(own), len(own) if pd.isna(row.updates) else int((own["updates"] <= row.updates).sum())


def _shares(conclusions: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for one in (*conclusions.get("pooled", ()), *conclusions.get("by_architecture", ()), *conclusions.get("cells", ())):
        place = {"architecture": one.get("architecture", one.get("group")), "phase": one.get("phase", "all")}
        values = {
            f"{side}{suffix}": one[side][name]
            for side in ("first", "second", "difference")
            for suffix, name in (("", "estimate"), ("_low", "low"), ("_high", "high"))
        }
        yield {"contrast": one["contrast"], **place, **values, "verdict": one["verdict"]}


def draw_learning(learning: Learning, directory: Path) -> list[FigureElement]:
    """The figure of separability against updates; empty where nothing is there to draw."""
    table = learning.separability
    usable = table.dropna(subset=["omega_squared"]) if len(table) else table
    if usable.empty:
        return []
    names = ["updates", "analysis", "architecture", "phase", "task_a", "task_b"]
    n_lost = len(table.drop_duplicates(names)) - len(usable.drop_duplicates(names))
    lost = f" {n_lost} comparisons have too few usable networks and are left out." if n_lost else ""
    n_pairs = len(table.drop_duplicates(["task_a", "task_b"]))
    n_systems = int(usable["n_systems"].max())
    band = (
        f"Lines are means over {n_pairs} task pairs, bands the middle half of them"
        if n_pairs > 1
        else "Bands are 95 % jackknife intervals of the share over seeds"
    )
    return [
        write_figure(
            directory,
            "learning",
            "Separability along learning",
            "The analyses of the final networks, made of their weights at chosen updates on the same trials and noise. "
            "Above, the share of the variance of dissimilarities that each labelling accounts for (omega-squared of "
            "PERMANOVA on the full distance matrix); below, the in-sample accuracy in the MDS plane, with its mean "
            f"chance level (permuted labels) dotted. {band}; a comparison holds up to {n_systems} systems. At the "
            "right, the final networks. A network that was done before an update keeps its final weights; where all "
            "were, points are open. Permutation p of each point, exact where enumerable, and q within its update are "
            f"in the table.{lost}",
            "For each architecture and phase, variance share and accuracy against updates, a line for each labelling "
            "and analysis.",
            lambda: figures.plot_learning(usable),
            table,
        )
    ]


def learning_tables(learning: Learning) -> list[TableElement]:
    """The pooled verdict at each update; empty where there is none."""
    if learning.shares.empty:
        return []
    pooled = learning.shares[learning.shares["architecture"] == "all"].drop(columns=["architecture", "phase"])
    return [
        TableElement(
            "learning_shares",
            "The verdict along learning",
            pooled,
            "Pooled over architectures and phases: both shares of each contrast (first and second, as it names them), "
            "their difference and its verdict after each update; without an update, the final networks.",
        )
    ]
