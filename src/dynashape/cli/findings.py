"""What the commands print of further findings: which conclusions flip, and how many seeds an effect needs."""

from __future__ import annotations

import pandas as pd
from rich.console import Console

from dynashape.cli.tables import make_table
from dynashape.records import ALL, HEADLINE, Verdict
from dynashape.study import SeedPlan, Sensitivity


def print_sensitivity(found: Sensitivity) -> None:
    """Print the pooled conclusion at every setting, what flips, what cannot be concluded, and tests by dimension."""
    console = Console()
    table = found.table
    pooled = table[(table["architecture"] == ALL) & (table["contrast"] == HEADLINE)]
    shown = make_table(f"{HEADLINE}, pooled, one setting changed at a time (* the study's own)", "setting", "value")
    for column in ("difference of shares", "verdict", "cells that flip"):
        shown.add_column(column, overflow="fold")
    for row in pooled.itertuples():
        here = (table["setting"] == row.setting) & (table["value"] == row.value) & (table["contrast"] == HEADLINE)
        cells = table[here & _is_cell(table)]
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
    if len(found.stability):
        w = found.stability["w"]
        console.print(
            f"Order of distances over delays and ranks: Kendall's W {w.min():.2f} to {w.max():.2f} in {len(w)} cells "
            "of architecture and phase (1: all order the pairs of systems alike)."
        )
    columns = ("analysis", "labelling", "dimension", "mean accuracy", "told apart", "flip")
    dimensions = make_table("Tests by MDS dimension", *columns)
    for row in found.dimensions.itertuples():
        counts = (f"{row.n_told_apart} of {row.n_comparisons}", str(row.n_flips))
        name = (str(row.analysis), str(row.labelling), str(row.n_components))
        dimensions.add_row(*name, f"{row.mean_accuracy:.2f}", *counts)
    console.print(dimensions, markup=False)


def print_power(plan: SeedPlan) -> None:
    """Print the chance to find each effect and to reach each verdict, with a column for each number of seeds."""
    console, table = Console(), plan.comparisons
    numbers, first = _numbers(table), table.iloc[0]
    title = f"Chance to find an effect at p <= {first['alpha']:g}, by number of seeds (one comparison of two tasks)"
    shown = make_table(title, "term", "found here", "share", *map(str, numbers), "needed")
    for (term, share), own in table.groupby(["term", "share"], sort=False):
        shown.add_row(str(term), f"{own['found'].iloc[0]:.2f}", f"{share:g}", *_chances(own, "power"), _needed(own))
    console.print(shown, markup=False)
    console.print(
        f"{_resolution(first)}; needed: the fewest that reach {first['target']:g}. Too few seeds have no p-value that "
        "small.\n"
    )
    if plan.verdicts.empty:
        console.print(f"No chances of the verdict: {plan.message}", markup=False)
    else:
        _print_verdicts(console, plan.verdicts)


def _print_verdicts(console: Console, table: pd.DataFrame) -> None:
    numbers, first = _numbers(table), table.iloc[0]
    title = f"Chance of each verdict by number of seeds, where the true pooled {first['contrast']} is as stated"
    shown = make_table(title, "difference", "dominates", *map(str, numbers), "any", "needed")
    larger, smaller = (Verdict.of(side.labelling) for side in (HEADLINE.first, HEADLINE.second))
    sides = {larger: HEADLINE.first.labelling, smaller: HEADLINE.second.labelling, Verdict.CANNOT_BE_TOLD: "neither"}
    for (difference, measured), own in table.groupby(["difference", "measured"], sort=False):
        name = f"{difference:+.2f} *" if measured else f"{difference:+g}" if difference else "0"
        true = larger if difference > 0 else smaller if difference < 0 else Verdict.CANNOT_BE_TOLD
        for verdict, side in sides.items():
            limit = f"{own['limit'].iloc[0]:.2f}" if verdict == true else ""
            needed = _needed(own) if verdict == true and difference else ""
            shown.add_row(name, side, *_chances(own, verdict), limit, needed)
            name = ""
    console.print(shown, markup=False)
    console.print(
        f"* this study's own. {_resolution(first)}; any: with seeds without end, when only this study's spread between "
        f"architecture-phase cells ({first['cell_spread']:.2f}) and task pairs ({first['pair_spread']:.2f}) is left. "
        "Cells are drawn anew in each simulated study, as the interval of the verdict supposes."
    )


def _numbers(table: pd.DataFrame) -> list[int]:
    return sorted(int(number) for number in table["n_seeds"].unique())


def _chances(own: pd.DataFrame, column: str) -> list[str]:
    return [f"{own.loc[own['n_seeds'] == number, column].iloc[0]:.2f}" for number in _numbers(own)]


def _needed(own: pd.DataFrame) -> str:
    needed = own["needed"].iloc[0]
    return f"more than {_numbers(own)[-1]}" if pd.isna(needed) else str(needed)


def _resolution(row: pd.Series) -> str:
    return (
        f"{row['n_studies']} simulations each, seed {row['seed']} (standard error of a chance at most "
        f"{0.5 / row['n_studies'] ** 0.5:.3f})"
    )


def _print_flips(console: Console, table: pd.DataFrame) -> None:
    in_cells = _is_cell(table)
    flips = table[table["flips"] & ~in_cells]
    n_cells = int((table["flips"] & in_cells).sum())
    if len(flips):
        pooled = table[table["chosen"] & ~in_cells].drop_duplicates(["contrast", "architecture"])
        own = pooled.set_index(["contrast", "architecture"])["verdict"]
        shown = make_table("Pooled conclusions that flip", "setting", "value", "contrast", "over", "in this study")
        shown.add_column("at this value", overflow="fold")
        for row in flips.itertuples():
            names = (str(row.contrast), str(row.architecture))
            shown.add_row(str(row.setting), str(row.value), *names, str(own[names]), str(row.verdict))
        console.print(shown, markup=False)
    else:
        console.print("No pooled conclusion flips.")
    console.print(f"{n_cells} conclusions of single cells (architecture and phase) flip; the table lists them.")


def _is_cell(table: pd.DataFrame) -> pd.Series:
    """Tell the rows of one architecture and phase from those that are pooled over all phases."""
    return table["phase"] != ALL


def _interval(row: object) -> str:
    estimate, low, high = (float(getattr(row, name)) for name in ("estimate", "low", "high"))
    return "" if pd.isna(estimate) else f"{estimate:+.2f} ({low:+.2f} to {high:+.2f})"
