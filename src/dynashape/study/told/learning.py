"""The analyses along learning as a report shows them: a figure and a table, where there are snapshots."""

from __future__ import annotations

from functools import partial

import pandas as pd

from dynashape import figures
from dynashape.records import ALL
from dynashape.report.captions import Drawing, Section, figure, table
from dynashape.study.found.learning import Learning


def tell_learning(learning: Learning) -> Section:
    """Separability against updates, and the pooled verdict at each update; empty where there is nothing to tell."""
    found, shares = learning.separability, learning.shares
    usable = found.dropna(subset=["omega_squared"]) if len(found) else found
    drawn = () if usable.empty else (_figure(found, usable),)
    if shares.empty:
        return Section(drawn)
    pooled = shares[shares["architecture"] == ALL].drop(columns=["architecture", "phase"])
    return Section(drawn, (table("learning_shares", pooled),))


def _figure(found: pd.DataFrame, usable: pd.DataFrame) -> Drawing:
    names = ["updates", "analysis", "architecture", "phase", "task_a", "task_b"]
    n_lost = len(found.drop_duplicates(names)) - len(usable.drop_duplicates(names))
    lost = f" {n_lost} comparisons have too few usable networks and are left out." if n_lost else ""
    n_pairs, n_systems = len(found.drop_duplicates(["task_a", "task_b"])), int(usable["n_systems"].max())
    band = (
        f"Lines are means over {n_pairs} task pairs, bands the middle half of them"
        if n_pairs > 1
        else "Bands are 95 % jackknife intervals of the share over seeds"
    )
    draw = partial(figures.plot_learning, usable)
    return figure("learning", draw, found, band=band, n_systems=n_systems, lost=lost)
