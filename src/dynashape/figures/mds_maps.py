"""The MDS plane of every comparison, side by side: colour and shape are the task, the fill is the condition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dynashape.errors import InputError
from dynashape.figures.columns import require_columns, with_pair
from dynashape.figures.panels import marker_key, rows_of, write
from dynashape.figures.style import DOUBLE_COLUMN, MILLIMETRE, bare, colour_of, framed, marker_of, theme
from dynashape.records import Array, in_reading_order
from dynashape.records.appearance import CONDITION_FILLS, FAINT, MUTED, PAPER, TASK_COLOURS, TASK_MARKERS, Fill

# Between two architectures, in sides of a map.
GAP = 0.3
NEEDED = ("analysis", "architecture", "phase", "task_a", "task_b", "x", "y", "task", "condition")


def plot_mds_maps(embeddings: pd.DataFrame, analysis: int, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw the MDS maps of all comparisons of one analysis.

    There is a row for each pair of tasks and a column for each architecture and phase; the number in a map is its
    stress. Filled points are trained networks with task input, open ones are untrained, half-filled ones are driven by
    noise. All maps stand in one set of axes, each scaled to a square, since axes of their own take long to lay out.

    Parameters
    ----------
    embeddings : DataFrame
        One row a point: analysis, architecture, phase, task_a, task_b, x, y, task, condition and, where known, stress.
    analysis : int
        Which analysis is drawn.
    width : float, default 183 mm
        Width of the figure in inches.

    Returns
    -------
    matplotlib.figure.Figure
        A figure that belongs to no window.

    Raises
    ------
    InputError
        Where `embeddings` lacks a column, or has no row of the analysis.
    """
    require_columns(embeddings, NEEDED, "the embeddings table")
    table = with_pair(embeddings)
    table = table[table["analysis"] == str(analysis)]
    if table.empty:
        known = ", ".join(sorted(embeddings["analysis"].astype(str).unique()))
        raise InputError(f"the embeddings table holds no rows of analysis {analysis}; it holds analysis {known}.")
    architectures, phases = in_reading_order(table["architecture"]), in_reading_order(table["phase"])
    pairs, tasks = in_reading_order(table["pair"]), in_reading_order(table["task"])
    conditions = in_reading_order(table["condition"])
    lefts = {
        (architecture, phase): i * (len(phases) + GAP) + j
        for i, architecture in enumerate(architectures)
        for j, phase in enumerate(phases)
    }
    across = len(architectures) * (len(phases) + GAP) - GAP
    left, top, bottom = 8 * MILLIMETRE, 8 * MILLIMETRE, 8 * MILLIMETRE
    side = min((width - left) / across, 30 * MILLIMETRE)
    height = len(pairs) * side + top + bottom
    with theme():
        figure = Figure(figsize=(width, height), facecolor=PAPER)
        axes = figure.add_axes(
            (left / width, bottom / height, across * side / width, len(pairs) * side / height),
            xlim=(0, across),
            ylim=(len(pairs), 0),
        )
        bare(axes)
        places = []
        for row, pair in enumerate(pairs):
            for (architecture, phase), column in lefts.items():
                shown = rows_of(table, pair=pair, architecture=architecture, phase=phase)
                _frame(axes, column, row, shown.empty, f"{architecture}, {phase}, {pair}")
                if not shown.empty:
                    places.append(shown.assign(**_inside(shown, column, row)))
                    _write_stress(axes, shown, column, row)
            axes.annotate(pair, (-0.12, row + 0.5), ha="right", va="center", rotation=90, annotation_clip=False)
        drawn = pd.concat(places)
        size = 2.6 if side < 20 * MILLIMETRE else 4.0
        _draw_points(axes, drawn, tasks, size)
        for (architecture, phase), column in lefts.items():
            axes.annotate(phase, (column + 0.5, -0.08), ha="center", va="bottom", fontsize=5.6, annotation_clip=False)
            if phase == phases[0]:
                middle = column + len(phases) / 2
                style = {"ha": "center", "fontsize": 7, "fontweight": "bold", "annotation_clip": False}
                write(axes, architecture, (middle, -0.08), (0, 9), **style)
        handles, labels = map_legend(tasks, conditions)
        figure.legend(handles, labels, loc="lower center", ncols=len(labels), bbox_to_anchor=(0.5, 0.0))
    return figure


def _frame(axes: Axes, column: float, row: int, filled: bool, label: str) -> None:
    low, high = 0.03, 0.97
    axes.fill(
        [column + low, column + high, column + high, column + low],
        [row + low, row + low, row + high, row + high],
        facecolor=FAINT if filled else "none",
        edgecolor=FAINT,
        linewidth=0.5,
        label=label,
    )


def _extent(table: pd.DataFrame) -> tuple[Float[Array, "points 2"], Float[Array, " 2"], float]:
    """The points of a map, the middle of the square that holds them, and its side."""
    points = table[["x", "y"]].to_numpy(dtype=float)
    middle = (np.nanmax(points, axis=0) + np.nanmin(points, axis=0)) / 2
    return points, middle, max(float(np.nanmax(np.ptp(points, axis=0))), 1e-9)


def _inside(table: pd.DataFrame, column: float, row: int) -> dict[str, Float[Array, " points"]]:
    """The points in the frame at this place, with equal units along both axes and a strip left for the stress."""
    points, middle, reach = _extent(table)
    scaled = 0.76 * (points - middle) / reach
    return {"x": column + 0.5 + scaled[:, 0], "y": row + 0.47 - scaled[:, 1]}


def _write_stress(axes: Axes, table: pd.DataFrame, column: float, row: int) -> None:
    if "stress" not in table or pd.isna(table["stress"].iloc[0]):
        return
    text = f"{float(table['stress'].iloc[0]):.2f}".removeprefix("0")
    axes.text(column + 0.94, row + 0.95, text, ha="right", va="bottom", fontsize=4.2, color=MUTED)


def draw_map(axes: Axes, table: pd.DataFrame, tasks: list[str], size: float) -> None:
    """The points of one comparison in axes of their own, with equal units along both."""
    framed(axes)
    _draw_points(axes, table, tasks, size)
    _, middle, reach = _extent(table)
    axes.set_xlim(middle[0] - 0.6 * reach, middle[0] + 0.6 * reach)
    axes.set_ylim(middle[1] - 0.6 * reach, middle[1] + 0.6 * reach)
    axes.set_box_aspect(1)


def _draw_points(axes: Axes, table: pd.DataFrame, tasks: list[str], size: float) -> None:
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


def point_fill(condition: str, colour: str) -> dict[str, Any]:
    """How matplotlib draws a condition's marker: trained full, untrained open, noise half."""
    fill = CONDITION_FILLS.get(condition, Fill.FULL)
    style: dict[str, Any] = {"markerfacecolor": PAPER if fill is Fill.OPEN else colour, "markeredgecolor": colour}
    if fill is Fill.HALF:
        style |= {"markerfacecoloralt": PAPER, "fillstyle": "bottom"}
    return style | {"markeredgewidth": {Fill.OPEN: 0.7, Fill.FULL: 0.3, Fill.HALF: 0.5}[fill]}


def map_legend(tasks: list[str], conditions: list[str]) -> tuple[list[Line2D], list[str]]:
    """Handles and labels that explain the markers and the fills of an MDS map."""
    handles = [
        marker_key(marker_of(TASK_MARKERS, task, i), colour_of(TASK_COLOURS, task, i), markersize=4)
        for i, task in enumerate(tasks)
    ]
    handles += [marker_key("o", MUTED, markersize=4, **point_fill(condition, MUTED)) for condition in conditions]
    return handles, [*tasks, *conditions]
