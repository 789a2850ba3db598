"""Whether the conclusion hangs on a choice: the effect at every setting that was tried, and where its verdict flips."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dynashape.figures.columns import require_columns
from dynashape.figures.panels import marker_key, rows_of
from dynashape.figures.style import DOUBLE_COLUMN, MILLIMETRE, colour_of, new_figure, theme
from dynashape.records import Labelling, Verdict
from dynashape.records.appearance import INK, LABELLING_COLOURS, MUTED, PAPER

NEEDED = ("setting", "value", "estimate", "low", "high", "verdict")
_COLOURS: Mapping[str, str] = {Verdict.of(labelling): LABELLING_COLOURS[labelling] for labelling in Labelling}


def plot_sensitivity(sensitivity: pd.DataFrame, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw whether the verdict hangs on a choice: the effect at every value of a setting that was tried.

    There is a column for each setting and a row for each contrast. Colour is the verdict; open points tell nothing. A
    value without a row for a contrast keeps its place and is marked "none".

    Parameters
    ----------
    sensitivity : DataFrame
        setting (such as "dsa.rank"), value, estimate, low, high, verdict and, optionally, contrast and chosen (true for
        the study's own values, which get a ring).
    width : float, default 183 mm
        Width of the figure in inches.

    Returns
    -------
    matplotlib.figure.Figure
        A figure that belongs to no window.

    Raises
    ------
    InputError
        Where the table lacks a column.
    """
    require_columns(sensitivity, NEEDED, "the sensitivity table")
    table = sensitivity.copy()
    if "contrast" not in table:
        table["contrast"] = "effect"
    settings = list(dict.fromkeys(str(name) for name in table["setting"]))
    contrasts = list(dict.fromkeys(str(name) for name in table["contrast"]))
    verdicts = list(dict.fromkeys(str(name) for name in table["verdict"]))
    colours = {verdict: _verdict_colour(verdict, i) for i, verdict in enumerate(verdicts)}
    counts = [table.loc[table["setting"] == name, "value"].nunique() for name in settings]
    with theme():
        figure = new_figure(width, (len(contrasts) * 34 + 26) * MILLIMETRE)
        grid = figure.subplots(
            len(contrasts), len(settings), squeeze=False, sharey="row", width_ratios=[max(count, 2) for count in counts]
        )
        for row, contrast in enumerate(contrasts):
            for column, setting in enumerate(settings):
                axes = grid[row, column]
                chosen = rows_of(table, contrast=contrast, setting=setting)
                _draw_setting(axes, chosen, _order(table.loc[table["setting"] == setting, "value"]), colours)
                axes.tick_params(labelbottom=row == len(contrasts) - 1)
                if row == 0:
                    axes.set_title(setting.replace("_", " "))
                if column == 0:
                    axes.set_ylabel(contrast.replace("-", "−"))
        handles = [
            marker_key("o", colours[name], markersize=4, markerfacecolor=_inside(name, colours)) for name in verdicts
        ]
        labels = list(verdicts)
        if "chosen" in table and table["chosen"].any():
            handles.append(marker_key("o", INK, markersize=7, markerfacecolor="none"))
            labels.append("the study's own value")
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return figure


def _order(values: pd.Series) -> list[str]:
    """The values that a setting takes in any row: numbers by size, names as they first appear."""
    names = list(dict.fromkeys(str(value) for value in values))
    numbers = pd.to_numeric(pd.Series(names), errors="coerce")
    return names if numbers.isna().any() else [names[place] for place in numbers.argsort(kind="stable")]


def _verdict_colour(verdict: str, position: int) -> str:
    return MUTED if verdict == Verdict.CANNOT_BE_TOLD else colour_of(_COLOURS, verdict, position)


def _inside(verdict: str, colours: Mapping[str, str]) -> str:
    """What a marker is filled with: paper where nothing can be told."""
    return PAPER if verdict == Verdict.CANNOT_BE_TOLD else colours[verdict]


def _draw_setting(axes: Axes, table: pd.DataFrame, values: list[str], colours: dict[str, str]) -> None:
    axes.axhline(0, color=MUTED, linewidth=0.6, linestyle=(0, (2, 2)))
    for place in sorted({*range(len(values))} - {values.index(str(value)) for value in table["value"]}):
        bottom = axes.get_xaxis_transform()
        axes.text(place, 0.03, "none", transform=bottom, ha="center", va="bottom", fontsize=5.4, color=MUTED)
    for row in table.itertuples():
        place = values.index(str(row.value))
        verdict, estimate = str(row.verdict), float(str(row.estimate))
        axes.vlines(place, float(str(row.low)), float(str(row.high)), color=colours[verdict], linewidth=1.1)
        inside = _inside(verdict, colours)
        axes.plot(place, estimate, marker="o", markersize=4, color=colours[verdict], markerfacecolor=inside)
        if getattr(row, "chosen", False):
            axes.plot(place, estimate, marker="o", markersize=7, color=INK, markerfacecolor="none", markeredgewidth=0.7)
    turned = sum(map(len, values)) > 26
    axes.set_xticks(np.arange(len(values)), [value.replace("_", " ") for value in values])
    axes.tick_params(axis="x", length=0, labelrotation=30 if turned else 0)
    if turned:
        for label in axes.get_xticklabels():
            label.set_horizontalalignment("right")
    axes.set_xlim(-0.5, len(values) - 0.5)
