"""Separability along learning: what each labelling accounts for after more and more updates, and at the end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dynashape.figures.columns import require_columns
from dynashape.figures.panels import marker_key, rows_of
from dynashape.figures.style import DOUBLE_COLUMN, MILLIMETRE, new_figure, theme
from dynashape.figures.variance_shares import series_colour, series_dash, series_handles, series_marker, series_names
from dynashape.records import Array, in_reading_order
from dynashape.records.appearance import FAINT, INK, MUTED, PAPER

NEEDED = ("updates", "analysis", "architecture", "phase", "labelling", "omega_squared", "accuracy")
# The final networks stand apart from the last update by this part of the axis.
GAP = 0.2
FINAL = "final"
# Points that a letter of a tick's label takes.
LETTER = 3.7


def plot_learning(learning: pd.DataFrame, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw the share of variance and the accuracy of each labelling along learning.

    Each architecture has two rows, shares above accuracies, and each phase a column; updates run along a logarithmic
    axis, with the final networks at the right. A line is the mean over task pairs and its band the middle half of them;
    where there is one pair only, the band is its interval. Points where all networks are done are open.

    Parameters
    ----------
    learning : DataFrame
        One row a comparison, labelling and update: updates (missing for the final networks), analysis, architecture,
        phase, labelling, omega_squared and accuracy. Optional: omega_low and omega_high (the interval), n_networks and
        n_done (which networks are done), chance (whose mean is dotted beside the accuracies).
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
    require_columns(learning, NEEDED, "the learning table")
    table = learning.assign(series=series_names(learning))
    architectures, phases = in_reading_order(table["architecture"]), in_reading_order(table["phase"])
    order = in_reading_order(table["labelling"])
    series = sorted(set(table["series"]), key=lambda name: (order.index(name.split(",")[0]), name))
    updates = sorted({int(update) for update in table["updates"].dropna()})
    table["place"] = [_final_place(updates) if pd.isna(update) else float(update) for update in table["updates"]]
    # Without what the words on the left take.
    panel_points = 0.88 * 72 * width / len(phases)
    limits = {"omega_squared": (-0.04, 1.04), "accuracy": (0.46, 1.04)}
    with theme():
        figure = new_figure(width, (len(architectures) * 45 + 16) * MILLIMETRE)
        shape, heights = (2 * len(architectures), len(phases)), [1.7, 1.0] * len(architectures)
        grid = figure.subplots(*shape, squeeze=False, sharex=True, sharey="row", height_ratios=heights)
        for row, architecture in enumerate(architectures):
            for column, phase in enumerate(phases):
                chosen = rows_of(table, architecture=architecture, phase=phase)
                for axes, value in zip(grid[2 * row : 2 * row + 2, column], limits, strict=True):
                    axes.set_label(f"{architecture}, {phase}, {value}")
                    _draw_panel(axes, chosen, value, series, updates)
                    _label_updates(axes, updates, panel_points)
                    _hold(axes, *limits[value])
            grid[2 * row, 0].set_yticks([0.0, 0.5, 1.0])
            grid[2 * row + 1, 0].set_yticks([0.5, 1.0])
            grid[2 * row, 0].set_ylabel(f"{architecture}\nshare of variance")
            grid[2 * row + 1, 0].set_ylabel("accuracy")
        for column, phase in enumerate(phases):
            grid[0, column].set_title(phase, fontweight="bold")
        figure.supxlabel("updates", fontsize=6.5)
        columns = max(1, int(width / MILLIMETRE / 29))
        figure.legend(*_legend(table, series), loc="outside upper left", ncols=columns, handlelength=2.6)
    return figure


def _final_place(updates: Sequence[int]) -> float:
    """Where the final networks stand on the log axis of these updates."""
    span = max(np.log10(updates[-1] / updates[0]), 0.5) if updates else 1.0
    return float((updates[-1] if updates else 1) * 10 ** (GAP * span))


def _draw_panel(axes: Axes, table: pd.DataFrame, value: str, series: Sequence[str], updates: Sequence[int]) -> None:
    final = _final_place(updates)
    axes.set_xscale("log")
    axes.axvspan(final / _half_gap(updates), final * _half_gap(updates), color=FAINT, alpha=0.35, linewidth=0, zorder=0)
    for position, name in enumerate(series):
        line = table[table["series"] == name].dropna(subset=[value])
        if line.empty:
            continue
        colour, dash = series_colour(name, position), series_dash(name)
        places, mean, low, high = _summary(line, value)
        done = _all_done(line, places)
        learning = places < final
        axes.fill_between(places[learning], low[learning], high[learning], color=colour, alpha=0.13, linewidth=0)
        # A single point has no area.
        lone = ~learning if learning.sum() > 1 else np.ones(len(places), dtype=bool)
        axes.vlines(places[lone], low[lone], high[lone], color=colour, linewidth=0.9, alpha=0.5)
        axes.plot(places[learning], mean[learning], color=colour, linestyle=dash, linewidth=1.0)
        for opened in (False, True):
            where, inside = done == opened, PAPER if opened else colour
            axes.plot(places[where], mean[where], color=colour, linestyle="none", marker=series_marker(name, position),
                      markersize=2.8, markerfacecolor=inside, markeredgewidth=0.7)  # fmt: skip
    if value == "accuracy" and "chance" in table and table["chance"].notna().any():
        chance = table.groupby("place")["chance"].mean()
        axes.plot(chance.index.to_numpy(), chance.to_numpy(), color=MUTED, linewidth=0.7, linestyle=(0, (1, 1.5)))


def _summary(line: pd.DataFrame, value: str) -> tuple[Float[Array, " updates"], ...]:
    """Places, mean over task pairs, and the band: their middle half, or the interval of a single pair's share."""
    groups = line.groupby("place")
    mean, low, high = groups[value].mean(), groups[value].quantile(0.25), groups[value].quantile(0.75)
    if value == "omega_squared" and groups.size().max() == 1 and {"omega_low", "omega_high"} <= set(line.columns):
        low = groups["omega_low"].min().astype(float).fillna(mean)
        high = groups["omega_high"].max().astype(float).fillna(mean)
    return tuple(np.asarray(values, dtype=float) for values in (mean.index, mean, low, high))


def _all_done(line: pd.DataFrame, places: Float[Array, " updates"]) -> Array:
    if not {"n_networks", "n_done"} <= set(line.columns):
        return np.zeros(len(places), dtype=bool)
    counts = line.groupby("place")[["n_networks", "n_done"]].sum()
    return np.asarray(counts["n_networks"] == counts["n_done"], dtype=bool)


def _half_gap(updates: Sequence[int]) -> float:
    return float((_final_place(updates) / (updates[-1] if updates else 1)) ** 0.5)


def _label_updates(axes: Axes, updates: Sequence[int], panel_points: float) -> None:
    final, half = _final_place(updates), _half_gap(updates)
    first, last = (updates[0], updates[-1]) if updates else (1, 1)
    axes.set_xlim(first / half**0.6, final * half)
    powers = [10**power for power in range(10) if first <= 10**power <= last]
    ticks = powers if len(powers) > 1 else sorted({first, last})
    low, high = axes.get_xlim()
    points_a_decade = panel_points / np.log10(high / low)
    # A number so near the final networks that the words would touch is left out; its tick stays.
    needed = [LETTER * (len(str(tick)) + len(FINAL)) / 2 + LETTER for tick in ticks]
    shown = [
        str(tick) if np.log10(final / tick) * points_a_decade > points else ""
        for tick, points in zip(ticks, needed, strict=True)
    ]
    axes.set_xticks([*ticks, final], [*shown, FINAL])
    axes.set_xticks(list(updates), minor=True)
    axes.tick_params(axis="x", which="minor", labelbottom=False, length=1.4)


def _hold(axes: Axes, low: float, high: float) -> None:
    """At least these limits, more where what is drawn needs them; axes of one row share them."""
    drawn = axes.dataLim.intervaly
    below, above = axes.get_ylim() if axes.get_autoscaley_on() is False else (low, high)
    axes.set_ylim(min(below, low, float(drawn[0]) - 0.02), max(above, high, float(drawn[1]) + 0.02))


def _legend(table: pd.DataFrame, series: Sequence[str]) -> tuple[list[Line2D], list[str]]:
    handles = series_handles(series)
    labels = list(series)
    if {"n_networks", "n_done"} <= set(table.columns):
        handles.append(marker_key("o", INK, markerfacecolor=PAPER))
        labels.append("all networks done")
    if "chance" in table:
        handles.append(Line2D([], [], color=MUTED, linewidth=0.7, linestyle=(0, (1, 1.5))))
        labels.append("chance")
    return handles, labels
