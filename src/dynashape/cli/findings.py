"""What the commands print of further findings: which conclusions flip, and how many seeds an effect needs."""

from __future__ import annotations

import pandas as pd
from rich.console import Console
from rich.table import Table

from dynashape.study import Sensitivity

HEADLINE = "input - training"


def print_sensitivity(found: Sensitivity) -> None:
    """The pooled conclusion at every setting, then what flips, what cannot be concluded, and tests by dimension."""
    console = Console()
    table = found.table
    pooled = table[(table["place"] == "all") & (table["contrast"] == HEADLINE)]
    shown = _table(f"{HEADLINE}, pooled, one setting changed at a time (* the study's own)", "setting", "value")
    for column in ("difference of shares", "verdict", "cells that flip"):
        shown.add_column(column, overflow="fold")
    for row in pooled.itertuples():
        cells = _cells(table, row.setting, row.value)
        shown.add_row(
            str(row.setting),
            f"{row.value}{' *' if row.chosen else ''}",
            _interval(row),
            f"{row.verdict}{' (flips)' if row.flips else ''}",
            "" if row.chosen else f"{int(cells['flips'].sum())} of {int(cells['estimate'].notna().sum())}",
        )
    console.print(shown, markup=False)
    _print_flips(console, table)
    for (setting, value, message), lost in table[table["estimate"].isna()].groupby(
        ["setting", "value", "message"], sort=False
    ):
        console.print(f"{setting} = {value}: {len(lost)} without a conclusion: {message}", markup=False)
    dimensions = _table("Tests by MDS dimension", "analysis", "labelling", "dimension", "mean accuracy", "told apart")
    dimensions.add_column("flip")
    for row in found.dimensions.itertuples():
        counts = (f"{row.n_told_apart} of {row.n_comparisons}", str(row.n_flips))
        name = (str(row.analysis), str(row.labelling), str(row.n_components))
        dimensions.add_row(*name, f"{row.mean_accuracy:.2f}", *counts)
    console.print(dimensions, markup=False)


def _print_flips(console: Console, table: pd.DataFrame) -> None:
    in_cells = table["place"].str.contains(" ")
    flips = table[table["flips"] & ~in_cells]
    n_cells = int((table["flips"] & in_cells).sum())
    if len(flips):
        own = table[table["chosen"]].drop_duplicates(["contrast", "place"]).set_index(["contrast", "place"])["verdict"]
        shown = _table("Pooled conclusions that flip", "setting", "value", "contrast", "over", "in this study")
        shown.add_column("at this value", overflow="fold")
        for row in flips.itertuples():
            place = (str(row.contrast), str(row.place))
            shown.add_row(str(row.setting), str(row.value), *place, str(own[place]), str(row.verdict))
        console.print(shown, markup=False)
    else:
        console.print("No pooled conclusion flips.")
    console.print(f"{n_cells} conclusions of single cells (architecture and phase) flip; the table lists them.")


def _cells(table: pd.DataFrame, setting: object, value: object) -> pd.DataFrame:
    own = (table["setting"] == setting) & (table["value"] == value) & (table["contrast"] == HEADLINE)
    return table[own & table["place"].str.contains(" ")]


def _interval(row: object) -> str:
    estimate, low, high = (float(getattr(row, name)) for name in ("estimate", "low", "high"))
    return "" if pd.isna(estimate) else f"{estimate:+.2f} ({low:+.2f} to {high:+.2f})"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
