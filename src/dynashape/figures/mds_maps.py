"""The MDS plane of every comparison, side by side: colour and shape are the task, the fill is the condition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dynashape.errors import InputError
from dynashape.figures.style import (
    DOUBLE_COLUMN,
    FAINT,
    MILLIMETRE,
    MUTED,
    PAPER,
    TASK_COLOURS,
    TASK_MARKERS,
    colour_of,
    framed,
    marker_of,
    new_figure,
    theme,
)
from dynashape.figures.tables import in_reading_order, require_columns, with_pair

NEEDED = ("analysis", "architecture", "phase", "task_a", "task_b", "x", "y", "task", "condition")


def plot_mds_maps(embeddings: pd.DataFrame, analysis: int, width: float = DOUBLE_COLUMN) -> Figure:
    """All MDS maps of one analysis: a row for each task pair, a column for each architecture and phase, stress below.

    Filled points are trained networks with task input; open ones are untrained; half-filled ones are driven by noise.
    """
    require_columns(embeddings, NEEDED, "the embeddings table")
    table = with_pair(embeddings)
    table = table[table["analysis"] == str(analysis)]
    if table.empty:
        known = ", ".join(sorted(embeddings["analysis"].astype(str).unique()))
        raise InputError(f"the embeddings table holds no rows of analysis {analysis}; it holds analysis {known}.")
    architectures = in_reading_order(table["architecture"])
    phases = in_reading_order(table["phase"])
    pairs = in_reading_order(table["pair"])
    tasks = in_reading_order(table["task"])
    conditions = in_reading_order(table["condition"])
    n_columns = len(architectures) * len(phases)
    with theme():
        side = min((width - 18 * MILLIMETRE) / n_columns, 30 * MILLIMETRE)
        figure = new_figure(width, len(pairs) * (side + 2 * MILLIMETRE) + 16 * MILLIMETRE, gap=0.5)
        axes_grid = figure.subplots(len(pairs), n_columns, squeeze=False)
        for row, pair in enumerate(pairs):
            for column in range(n_columns):
                axes = axes_grid[row, column]
                architecture, phase = architectures[column // len(phases)], phases[column % len(phases)]
                chosen = table[
                    (table["pair"] == pair) & (table["architecture"] == architecture) & (table["phase"] == phase)
                ]
                draw_map(axes, chosen, tasks, size=2.6)
                if row == 0:
                    head = architecture if column % len(phases) == 0 else " "
                    axes.set_title(f"{head}\n{phase}", fontsize=5.6, pad=2, loc="left")
                if column == 0:
                    axes.set_ylabel(pair, fontsize=6)
        figure.legend(
            *map_legend(tasks, conditions), loc="outside lower center", ncols=len(tasks) + len(conditions), fontsize=6
        )
    return figure


def draw_map(axes: Axes, table: pd.DataFrame, tasks: list[str], size: float) -> None:
    """The points of one comparison, its stress in the corner; an empty frame where there are none."""
    framed(axes)
    for (task, condition), points in table.groupby(["task", "condition"], sort=False):
        position = tasks.index(str(task))
        axes.plot(
            points["x"].to_numpy(),
            points["y"].to_numpy(),
            linestyle="none",
            marker=marker_of(TASK_MARKERS, str(task), position),
            markersize=size,
            **point_fill(str(condition), colour_of(TASK_COLOURS, str(task), position)),
        )
    if table.empty:
        axes.set_facecolor(FAINT)
        return
    places = table[["x", "y"]].to_numpy(dtype=float)
    middle = (np.nanmax(places, axis=0) + np.nanmin(places, axis=0)) / 2
    reach = 0.58 * max(float(np.nanmax(np.ptp(places, axis=0))), 1e-9)
    # Equal units on both axes, and a strip at the bottom that the stress has to itself.
    axes.set_xlim(middle[0] - 1.2 * reach, middle[0] + 1.2 * reach)
    axes.set_ylim(middle[1] - 1.3 * reach, middle[1] + 1.1 * reach)
    axes.set_box_aspect(1)
    if "stress" in table and size < 3:
        axes.annotate(
            f"{float(table['stress'].iloc[0]):.2f}"[1:],
            xy=(0.97, 0.03),
            xycoords="axes fraction",
            ha="right",
            va="bottom",
            fontsize=4.2,
            color=MUTED,
        )


def point_fill(condition: str, colour: str) -> dict[str, Any]:
    """How a condition fills its marker: trained full, untrained open, noise half."""
    if condition == "untrained":
        return {"markerfacecolor": PAPER, "markeredgecolor": colour, "markeredgewidth": 0.7}
    if condition == "trained":
        return {"markerfacecolor": colour, "markeredgecolor": colour, "markeredgewidth": 0.3}
    return {
        "markerfacecolor": colour,
        "markerfacecoloralt": PAPER,
        "fillstyle": "bottom",
        "markeredgecolor": colour,
        "markeredgewidth": 0.5,
    }


def map_legend(tasks: list[str], conditions: list[str]) -> tuple[list[Line2D], list[str]]:
    """Handles and labels that explain the markers and the fills of an MDS map."""
    handles = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=marker_of(TASK_MARKERS, task, i),
            markersize=4,
            color=colour_of(TASK_COLOURS, task, i),
        )
        for i, task in enumerate(tasks)
    ]
    handles += [Line2D([], [], linestyle="none", marker="o", markersize=4, **point_fill(c, MUTED)) for c in conditions]
    return handles, [*tasks, *conditions]
