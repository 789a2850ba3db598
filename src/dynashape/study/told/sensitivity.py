"""The sensitivity analysis of a study as its report shows it: a figure and two tables, where there is one."""

from __future__ import annotations

from functools import partial

import pandas as pd

from dynashape import figures
from dynashape.records import ALL
from dynashape.report.captions import Section, figure, table


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
