"""The sensitivity analysis of a study as its report shows it: a figure and two tables, where there is one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from dynashape import figures
from dynashape.report import FigureElement, TableElement
from dynashape.study.drawing import write_figure


def draw_sensitivity(directory: Path) -> list[FigureElement]:
    """The figure, from the table in the study's folder; empty where there is none or it holds no conclusion."""
    table = _read(directory / "sensitivity.parquet")
    pooled = table[(table["place"] == "all") & table["estimate"].notna()] if len(table) else table
    if pooled.empty:
        return []
    return [
        write_figure(
            directory / "figures",
            "sensitivity",
            "Whether the conclusion hangs on a choice",
            "Difference of variance shares, pooled over architectures and phases, with its 95 % interval, at each "
            "value of one setting, all others as in this study (ringed). Colour is the verdict; open points tell "
            "nothing. Values without a point leave too few systems to conclude from.",
            "For each setting, the pooled differences with intervals at every value that was tried.",
            lambda: figures.plot_sensitivity(pooled),
            pooled,
        )
    ]


def sensitivity_tables(directory: Path) -> list[TableElement]:
    """The conclusions that flip or cannot be drawn, and the tests by dimension; empty where none has been made."""
    table = _read(directory / "sensitivity.parquet")
    dimensions = _read(directory / "sensitivity_dimensions.parquet")
    if table.empty:
        return []
    told = TableElement(
        "sensitivity",
        "Conclusions at other settings",
        table[["setting", "value", "contrast", "place", "estimate", "low", "high", "verdict", "flips", "message"]],
        f"One setting changed at a time. {int(table['flips'].sum())} of {int((~table['chosen']).sum())} conclusions "
        "differ from the study's own.",
    )
    if dimensions.empty:
        return [told]
    caption = "Permutation tests at .05 in MDS planes of each dimension; flips are against the study's own plane."
    return [told, TableElement("sensitivity_dimensions", "Tests by MDS dimension", dimensions, caption)]


def _read(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path) if path.is_file() else pd.DataFrame()
