"""The planned seeds of a study as its report shows them: a figure and two tables, where there are any."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from dynashape import figures
from dynashape.report import FigureElement, TableElement
from dynashape.study.drawing import write_figure


def draw_power(directory: Path) -> list[FigureElement]:
    """The figure, from the tables in the study's folder; empty where no seeds have been planned."""
    comparisons, verdicts = _read(directory / "power.parquet"), _read(directory / "verdict_power.parquet")
    if comparisons.empty:
        return []
    (directory / "figures").mkdir(exist_ok=True)
    return [
        write_figure(
            directory / "figures",
            "power",
            "How many seeds an effect needs",
            _caption(comparisons, verdicts),
            "The chance to find an effect against the number of seeds, one line an effect: a panel for each cause in "
            "single comparisons, and one for the pooled verdict.",
            lambda: figures.plot_power(comparisons, verdicts),
            comparisons,
        )
    ]


def power_tables(directory: Path) -> list[TableElement]:
    """The chances in single comparisons and of the pooled verdict; empty where no seeds have been planned."""
    comparisons, verdicts = _read(directory / "power.parquet"), _read(directory / "verdict_power.parquet")
    if comparisons.empty:
        return []
    first = comparisons.iloc[0]
    found = [
        TableElement(
            "power",
            "Seeds needed in one comparison",
            comparisons,
            f"Chance (power) that the permutation test of one comparison of two tasks gives p of at most "
            f"{first['alpha']:g} where the effect holds this share of the variance; found is its share in this study. "
            f"Needed: the fewest seeds tried that reach {first['target']:g}; empty where none does.",
        )
    ]
    if verdicts.empty:
        return found
    caption = (
        "Chance of each verdict on input against training where the true pooled difference of their shares is as "
        "stated (measured: this study's own). Right is the chance of the true verdict (without a difference: that it "
        "cannot be told); limit is that chance with any number of seeds, when only the spread between cells and task "
        "pairs is left."
    )
    return [*found, TableElement("verdict_power", "Seeds needed for the verdict", verdicts, caption)]


def _caption(comparisons: pd.DataFrame, verdicts: pd.DataFrame) -> str:
    n_studies, first = int(comparisons["n_studies"].iloc[0]), comparisons.iloc[0]
    said = (
        f"{n_studies} simulations behind each point, with the variances of this study; the bands are one standard "
        f"error of the simulation (at most {0.5 / n_studies**0.5:.3f}). Dashed: {first['target']:.0%}. The numbers at "
        "the lines are the share of the variance that the effect holds in one comparison of two tasks"
    )
    if verdicts.empty:
        return said + "."
    return (
        said + " and, on the right, the true pooled difference of the shares of input and training (0: the chance of "
        "a false verdict; * this study's own). At infinity only the spread between architectures, phases and task "
        "pairs is left, which no number of seeds removes."
    )


def _read(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path) if path.is_file() else pd.DataFrame()
