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


def print_power(table: pd.DataFrame) -> None:
    """The chance to find each effect, a row a term and share, a column a number of seeds."""
    numbers = sorted(int(number) for number in table["n_seeds"].unique())
    first = table.iloc[0]
    title = f"Chance to find an effect at p <= {first['alpha']:g}, by number of seeds (one comparison of two tasks)"
    shown = _table(title, "term", "found here", "share", *map(str, numbers), "needed")
    for (term, share), own in table.groupby(["term", "share"], sort=False):
        chances = [f"{own.loc[own['n_seeds'] == number, 'power'].iloc[0]:.2f}" for number in numbers]
        needed = own["needed"].iloc[0]
        said = f"more than {numbers[-1]}" if pd.isna(needed) else str(needed)
        shown.add_row(str(term), f"{own['found'].iloc[0]:.2f}", f"{share:g}", *chances, said)
    console = Console()
    console.print(shown, markup=False)
    console.print(
        f"{first['n_studies']} simulations each (standard error up to {0.5 / first['n_studies'] ** 0.5:.2f}); needed: "
        f"the fewest that reach {first['target']:g}. Too few seeds have no p-value that small."
    )


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
