"""How much of the dynamics each cause accounts for, phase by phase, and whether one accounts for more than another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from dynashape.figures.columns import require_columns
from dynashape.figures.panels import write
from dynashape.figures.style import DOUBLE_COLUMN, MILLIMETRE, colour_of, label_panel, marker_of, new_figure, theme
from dynashape.records import ANALYSES, in_reading_order
from dynashape.records.appearance import INK, LABELLING_COLOURS, LABELLING_MARKERS, MUTED, PAPER


def plot_variance_shares(
    shares: pd.DataFrame, pooled: pd.DataFrame | None = None, width: float = DOUBLE_COLUMN
) -> Figure:
    """Draw how much of the variance of dissimilarities each labelling accounts for, and the pooled differences.

    There is a panel for each architecture, with the phases along it and a line for each labelling; beside them stand
    the differences of two shares. The task shares of the second analysis are dashed.

    Parameters
    ----------
    shares : DataFrame
        architecture, phase, labelling (task, training, input), share and, optionally, analysis. Several rows of an
        architecture, phase and labelling (task pairs) become small dots and their mean; share_low and share_high of a
        single row become its interval.
    pooled : DataFrame, optional
        One row a difference: contrast, estimate, low and high.
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
    require_columns(shares, ("architecture", "phase", "labelling", "share"), "the variance shares")
    table = shares.copy()
    table["series"] = series_names(table)
    architectures, phases = in_reading_order(table["architecture"]), in_reading_order(table["phase"])
    order = in_reading_order(table["labelling"])
    series = sorted(set(table["series"]), key=lambda name: (order.index(name.split(",")[0]), name))
    differences = pooled is not None and not pooled.empty
    highest = np.nanmax(table[[c for c in ("share", "share_high") if c in table]].to_numpy(dtype=float))
    with theme():
        figure = new_figure(width, 56 * MILLIMETRE)
        ratios = [1.0] * len(architectures) + ([0.95] if differences else [])
        grid = figure.add_gridspec(1, len(ratios), width_ratios=ratios)
        first: Axes | None = None
        for column, architecture in enumerate(architectures):
            axes = figure.add_subplot(grid[0, column], sharey=first)
            first = first or axes
            _draw_architecture(axes, table[table["architecture"] == architecture], phases, series)
            axes.set_label(architecture)
            axes.set_title(architecture, fontweight="bold")
            axes.set_ylim(min(0.0, float(table["share"].min()) - 0.02), min(1.0, float(highest) * 1.08))
            axes.tick_params(labelleft=column == 0)
            if column == 0:
                axes.set_ylabel("share of variance")
                label_panel(axes, "a", dx=-14.0)
        if differences and pooled is not None:
            axes = figure.add_subplot(grid[0, len(architectures)])
            axes.set_label("pooled")
            _draw_differences(axes, pooled)
            label_panel(axes, "b", dx=-4.0)
        figure.legend(series_handles(series), series, loc="outside lower left", ncols=len(series), handlelength=2.6)
    return figure


def series_names(table: pd.DataFrame) -> list[str]:
    """The line that each row belongs to: its labelling, with the analysis where both analyses have it."""
    labellings = [str(name) for name in table["labelling"]]
    if "analysis" not in table:
        return labellings
    shared = table.groupby("labelling")["analysis"].nunique()
    both = {str(name) for name in shared.index[shared > 1]}
    return [
        f"{name}, analysis {analysis}" if name in both else name
        for name, analysis in zip(labellings, table["analysis"], strict=True)
    ]


def series_colour(series: str, position: int) -> str:
    """The colour of a line: its labelling's."""
    return colour_of(LABELLING_COLOURS, series.split(",")[0], position)


def series_marker(series: str, position: int) -> str:
    """The marker of a line: its labelling's."""
    return marker_of(LABELLING_MARKERS, series.split(",")[0], position)


def series_dash(series: str) -> str:
    """The dash of a line: broken for analysis 2 of a labelling that both analyses have."""
    return "--" if series.endswith(f"analysis {ANALYSES[1].number}") else "-"


def series_handles(series: Sequence[str]) -> list[Line2D]:
    """What a legend shows for each line."""
    return [
        Line2D([], [], marker=series_marker(name, i), color=series_colour(name, i), linestyle=series_dash(name))
        for i, name in enumerate(series)
    ]


def _draw_architecture(axes: Axes, table: pd.DataFrame, phases: Sequence[str], series: Sequence[str]) -> None:
    for position, name in enumerate(series):
        line = table[table["series"] == name]
        if line.empty:
            continue
        shift = (position - (len(series) - 1) / 2) * 0.17
        colour = series_colour(name, position)
        groups = [line[line["phase"] == phase] for phase in phases]
        places = np.arange(len(phases)) + shift
        means = np.array([group["share"].mean() if len(group) else np.nan for group in groups], dtype=float)
        for place, group in zip(places, groups, strict=True):
            if len(group) > 1:
                spots = np.full(len(group), place), group["share"].to_numpy()
                axes.plot(*spots, marker="o", markersize=1.3, linestyle="none", alpha=0.6, color=colour)
            elif len(group) == 1 and {"share_low", "share_high"} <= set(group.columns):
                low, high = float(group["share_low"].iloc[0]), float(group["share_high"].iloc[0])
                axes.vlines(place, low, high, color=colour, linewidth=0.9)
        axes.plot(places, means, color=colour, linestyle=series_dash(name), marker=series_marker(name, position),
                  label=name, markersize=3.4, markeredgecolor=PAPER, markeredgewidth=0.4)  # fmt: skip
    axes.set_xticks(range(len(phases)), list(phases))
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.5, len(phases) - 0.5)


def _draw_differences(axes: Axes, pooled: pd.DataFrame) -> None:
    require_columns(pooled, ("contrast", "estimate", "low", "high"), "the pooled differences")
    places = np.arange(len(pooled))[::-1]
    estimates = pooled["estimate"].to_numpy(dtype=float)
    axes.axvline(0, color=MUTED, linewidth=0.6, linestyle=(0, (2, 2)))
    axes.hlines(places, pooled["low"].to_numpy(dtype=float), pooled["high"].to_numpy(dtype=float), color=INK)
    axes.plot(estimates, places, linestyle="none", marker="o", markersize=4, color=INK)
    for place, contrast, estimate in zip(places, pooled["contrast"], estimates, strict=True):
        text = f"{contrast}   {estimate:+.2f}".replace("-", "−")
        outline = [withStroke(linewidth=2, foreground=PAPER)]
        write(axes, text, (float(estimate), float(place)), (0, 6), ha="center", path_effects=outline)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_ylim(-0.6, len(pooled) - 0.2)
    axes.margins(x=0.25)
    axes.set_xlabel("difference of shares, pooled")
