"""What the analyses beside a study's own add to its report: along learning, of its settings, of the seeds to plan."""

from __future__ import annotations

from functools import partial

import pandas as pd

from dynashape import figures
from dynashape.records import ALL
from dynashape.report.captions import Drawing, Section, figure, table, words
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
    lost = words("learning", "lost", {"n_lost": n_lost}) if n_lost else ""
    n_pairs, n_systems = len(found.drop_duplicates(["task_a", "task_b"])), int(usable["n_systems"].max())
    band = words("learning", "pairs" if n_pairs > 1 else "pair", {"n_pairs": n_pairs})
    draw = partial(figures.plot_learning, usable)
    return figure("learning", draw, found, band=band, n_systems=n_systems, lost=lost)


def tell_sensitivity(conclusions: pd.DataFrame, dimensions: pd.DataFrame) -> Section:
    """The conclusions that flip or cannot be drawn, and the tests by dimension; empty where none has been made."""
    if conclusions.empty:
        return Section()
    n_flips, n_others = int(conclusions["flips"].sum()), int((~conclusions["chosen"]).sum())
    tables = [table("sensitivity", conclusions.drop(columns="chosen"), n_flips=n_flips, n_others=n_others)]
    if len(dimensions):
        tables.append(table("sensitivity_dimensions", dimensions))
    pooled = conclusions[(conclusions["architecture"] == ALL) & conclusions["estimate"].notna()]
    drawn = (figure("sensitivity", partial(figures.plot_sensitivity, pooled), pooled),) if len(pooled) else ()
    return Section(drawn, tuple(tables))


def tell_power(effects: pd.DataFrame, verdicts: pd.DataFrame) -> Section:
    """The chances in single comparisons and of the pooled verdict; empty where no seeds have been planned."""
    if effects.empty:
        return Section()
    first = next(effects.itertuples())
    drawn = figure(
        "power",
        partial(figures.plot_power, effects, verdicts),
        effects,
        n_studies=first.n_studies,
        error=0.5 / first.n_studies**0.5,
        target=first.target,
        verdicts=words("power", "verdicts", {}) if len(verdicts) else "",
    )
    single = table("power", effects, alpha=first.alpha, target=first.target)
    return Section((drawn,), (single, table("verdict_power", verdicts)) if len(verdicts) else (single,))
