"""Several studies beside each other: what each cause accounts for by phase, and the differences that decide."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dynashape.figures.columns import require_columns
from dynashape.figures.panels import marker_key, rows_of
from dynashape.figures.style import DOUBLE_COLUMN, MILLIMETRE, label_panel, new_figure, theme
from dynashape.records import ANALYSES, SHORT_NAMES, Labelling, in_reading_order
from dynashape.records.appearance import MUTED, PAPER, SPARE_COLOURS, SPARE_MARKERS

SHARES = ("study", "architecture", "phase", "labelling", "analysis", "share", "share_low", "share_high")
POOLED = ("study", "contrast", "estimate", "low", "high")
# The order in which causes are read: what the study asks about first, then the task in each analysis.
_CAUSES = (
    *((analysis.told_apart_by, analysis.number) for analysis in ANALYSES),
    *((Labelling.TASK, analysis.number) for analysis in ANALYSES),
)
# Studies of one phase stand within this part of the way to the next phase.
_SPREAD = 0.6


def plot_studies(shares: pd.DataFrame, pooled: pd.DataFrame, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw the shares of several studies beside each other, and the differences that decide.

    There is a row for each architecture and a column for each labelling and analysis, with the phases along it. Below
    stands a panel for each contrast. A study has its own colour and marker, in the order in which the tables name it.

    Parameters
    ----------
    shares : DataFrame
        study, architecture, phase, labelling, analysis, share, share_low and share_high.
    pooled : DataFrame
        study, contrast, estimate, low and high.
    width : float, default 183 mm
        Width of the figure in inches.

    Returns
    -------
    matplotlib.figure.Figure
        A figure that belongs to no window.

    Raises
    ------
    InputError
        Where a table lacks a column.
    """
    require_columns(shares, SHARES, "the variance shares of several studies")
    require_columns(pooled, POOLED, "the pooled differences of several studies")
    studies = list(dict.fromkeys([*shares["study"], *pooled["study"]]))
    architectures, phases = in_reading_order(shares["architecture"]), in_reading_order(shares["phase"])
    present = set(zip(shares["labelling"].astype(str), shares["analysis"].astype(int), strict=True))
    causes = [cause for cause in _CAUSES if cause in present]
    contrasts = list(dict.fromkeys(str(name) for name in pooled["contrast"]))
    heights = [29.0] * len(architectures) + [13.0 + 4.5 * len(studies)]
    with theme():
        figure = new_figure(width, (sum(heights) + 8) * MILLIMETRE)
        grid = figure.add_gridspec(len(heights), 1, height_ratios=heights)
        first: Axes | None = None
        for row, architecture in enumerate(architectures):
            line = grid[row, 0].subgridspec(1, len(causes))
            for column, (labelling, analysis) in enumerate(causes):
                axes = figure.add_subplot(line[0, column], sharey=first)
                first = first or axes
                chosen = rows_of(shares, architecture=architecture, labelling=labelling, analysis=analysis)
                axes.set_label(f"{architecture}, {labelling}, analysis {analysis}")
                _draw_shares(axes, chosen, studies, phases)
                axes.tick_params(labelleft=column == 0, labelbottom=row == len(architectures) - 1)
                if row == 0:
                    axes.set_title(f"{labelling}, analysis {analysis}", fontweight="bold")
                if column == 0:
                    axes.set_ylabel(f"{architecture}\nshare of variance")
                    if row == 0:
                        label_panel(axes, "a", dx=-18.0)
        low, high = float(shares["share_low"].min()), float(shares["share_high"].max())
        if first is not None:
            first.set_ylim(max(min(low, 0.0) - 0.04, -0.5), min(high + 0.04, 1.1))
        line = grid[len(architectures), 0].subgridspec(1, len(contrasts))
        for column, contrast in enumerate(contrasts):
            axes = figure.add_subplot(line[0, column])
            _draw_differences(axes, pooled[pooled["contrast"] == contrast], studies)
            axes.set_label(contrast)
            axes.set_title(contrast.replace("-", "−"), fontweight="bold")
            axes.set_yticks(range(len(studies)), studies if column == 0 else [""] * len(studies))
            if column == 0:
                label_panel(axes, "b", dx=-18.0)
            if column == len(contrasts) // 2:
                axes.set_xlabel("difference of shares, pooled over architectures and phases")
        handles = [marker_key(_marker(i), _colour(i), markersize=3.6) for i in range(len(studies))]
        figure.legend(handles, studies, loc="outside lower center", ncols=min(len(studies), 4))
    return figure


def _draw_shares(axes: Axes, table: pd.DataFrame, studies: list[str], phases: list[str]) -> None:
    axes.axhline(0, color=MUTED, linewidth=0.6, linestyle=(0, (2, 2)))
    for position, study in enumerate(studies):
        chosen = table[table["study"] == study]
        shift = _SPREAD * ((position + 0.5) / len(studies) - 0.5)
        places = np.array([phases.index(str(phase)) for phase in chosen["phase"]]) + shift
        lows, highs = chosen["share_low"].to_numpy(dtype=float), chosen["share_high"].to_numpy(dtype=float)
        axes.vlines(places, lows, highs, color=_colour(position), linewidth=0.9)
        heights = chosen["share"].to_numpy(dtype=float)
        axes.plot(places, heights, linestyle="none", marker=_marker(position), markersize=3.6, color=_colour(position),
                  markeredgecolor=PAPER, markeredgewidth=0.4, label=study)  # fmt: skip
    names = phases if len(phases) <= 2 else [SHORT_NAMES.get(phase, phase) for phase in phases]
    axes.set_xticks(range(len(phases)), names)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.5, len(phases) - 0.5)


def _draw_differences(axes: Axes, table: pd.DataFrame, studies: list[str]) -> None:
    axes.axvline(0, color=MUTED, linewidth=0.6, linestyle=(0, (2, 2)))
    for row in table.to_dict("records"):
        place = studies.index(row["study"])
        axes.hlines(place, float(row["low"]), float(row["high"]), color=_colour(place), linewidth=1.1)
        axes.plot(
            float(row["estimate"]), place, marker=_marker(place), markersize=4, color=_colour(place), label=row["study"]
        )
    axes.set_ylim(len(studies) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.1)


def _colour(position: int) -> str:
    return SPARE_COLOURS[position % len(SPARE_COLOURS)]


def _marker(position: int) -> str:
    return SPARE_MARKERS[position % len(SPARE_MARKERS)].matplotlib
