"""Figure 2: what is compared with what in the two analyses, drawn with the trajectories of real networks."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float, Shaped
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from dynashape.errors import InputError
from dynashape.figures.columns import require_columns, with_pair
from dynashape.figures.mds_maps import draw_map, map_legend
from dynashape.figures.style import DOUBLE_COLUMN, MILLIMETRE, colour_of, framed, theme
from dynashape.records import (
    ANALYSES,
    SHOWN_PHASE,
    Analysis,
    Array,
    Condition,
    Labelling,
    Status,
    in_reading_order,
    task_pair,
)
from dynashape.records.appearance import INK, LABELLING_COLOURS, MUTED, PAPER, PHASE_COLOURS, TASK_COLOURS

HEIGHT = 128.0
WIDTH = 183.0
MAP_HEIGHT = 42.0
PANEL = 27.0
MOST_TRIALS = 24
# Letters of a line of words in a panel.
LINE = 22

Trajectory = Float[Array, "trials steps dimensions"]


def plot_comparison_scheme(
    trajectories: Mapping[tuple[str, str], Trajectory | Status] | None = None,
    phases: Mapping[str, tuple[int, int]] | None = None,
    *,
    tasks: tuple[str, str],
    choices: Mapping[tuple[str, str], Shaped[Array, " trials"]] | None = None,
    embeddings: pd.DataFrame | None = None,
    architecture: str | None = None,
    map_phase: str | None = None,
    method: str = "DSA",
) -> Figure:
    """Draw figure 2: what each analysis compares with what, and the map in which its systems end.

    For each analysis there are four panels with trajectories (two tasks, two conditions), arrows for the two contrasts
    between them, and an MDS map.

    Parameters
    ----------
    trajectories : mapping of (task, condition) to array of shape (trials, steps, dimensions), or to Status
        Activity in its first principal components, of which two are drawn, coloured by phase. A status says why there
        is no activity; its panel, and that of a system that is not in the mapping, stays empty and says so.
    phases : mapping of str to (int, int), optional
        The first step of each phase, and the step after its last one.
    tasks : (str, str)
        The two tasks.
    choices : mapping of (task, condition) to array of shape (trials,), optional
        The right choice in each trial. Thick lines are means over the trials of a choice; without choices, over all.
    embeddings : DataFrame, optional
        Points of the MDS maps, with the columns analysis, architecture, phase, task_a, task_b, x, y, task and
        condition. Without a map of the two tasks its part of the figure is left out.
    architecture : str, optional
        The architecture of the map; by default the first one.
    map_phase : str, optional
        The phase of the map; by default the stimulus, or the first one.
    method : str, default "DSA"
        What compared the networks, in a word.

    Returns
    -------
    matplotlib.figure.Figure
        A figure that belongs to no window.

    Raises
    ------
    InputError
        Where a trajectory has fewer than two dimensions, or `embeddings` lacks a column.
    """
    paths = dict(trajectories or {})
    for key, path in paths.items():
        if not isinstance(path, Status) and path.shape[2] < 2:
            raise InputError(f"a trajectory needs two dimensions to be drawn; {key} has {path.shape[2]}.")
    maps = [_chosen_map(embeddings, str(analysis.number), tasks, architecture, map_phase) for analysis in ANALYSES]
    mapless = all(table is None for table in maps)
    with theme():
        height = HEIGHT - (MAP_HEIGHT if mapless else 0.0)
        figure = Figure(figsize=(DOUBLE_COLUMN, height * MILLIMETRE), facecolor=PAPER)
        for position, (analysis, chosen) in enumerate(zip(ANALYSES, maps, strict=True)):
            left = 2.0 + 93.0 * position
            _draw_analysis(figure, left, analysis, "ab"[position], tasks, paths, phases or {}, choices or {})
            if chosen is not None:
                _draw_embedding(figure, left, chosen, in_reading_order(tasks), [*analysis.conditions], method)
        if phases and paths:
            handles = [
                Line2D([], [], color=colour_of(PHASE_COLOURS, phase, i), linewidth=2) for i, phase in enumerate(phases)
            ]
            figure.legend(handles, list(phases), loc="lower center", ncols=len(handles), bbox_to_anchor=(0.5, 0.0))
    return figure


def _height_of(figure: Figure, y: float) -> float:
    """Millimetres of the full drawing as a fraction of this figure, which lacks the lowest part if it has no maps."""
    height = figure.get_figheight() / MILLIMETRE
    return (y - HEIGHT + height) / height


def _axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes placed in millimetres from the lower left corner, since a scheme is a drawing and not a grid."""
    up = _height_of(figure, bottom)
    axes = figure.add_axes((left / WIDTH, up, width / WIDTH, _height_of(figure, bottom + height) - up))
    framed(axes)
    return axes


def _text(figure: Figure, x: float, y: float, text: str, **style: Any) -> None:
    figure.text(x / WIDTH, _height_of(figure, y), text, **style)


def _arrow(figure: Figure, start: tuple[float, float], stop: tuple[float, float], colour: str, style: str) -> None:
    figure.add_artist(
        FancyArrowPatch(
            (start[0] / WIDTH, _height_of(figure, start[1])),
            (stop[0] / WIDTH, _height_of(figure, stop[1])),
            transform=figure.transFigure,
            arrowstyle=style,
            mutation_scale=7,
            color=colour,
            linewidth=1.3,
            shrinkA=0,
            shrinkB=0,
        )
    )


def _draw_analysis(
    figure: Figure,
    left: float,
    analysis: Analysis,
    letter: str,
    tasks: tuple[str, str],
    paths: Mapping[tuple[str, str], Trajectory | Status],
    phases: Mapping[str, tuple[int, int]],
    choices: Mapping[tuple[str, str], Shaped[Array, " trials"]],
) -> None:
    question = analysis.condition_question[0].lower() + analysis.condition_question[1:]
    _text(figure, left, 122.5, letter, fontsize=9, fontweight="bold")
    _text(figure, left + 5, 122.5, f"Analysis {analysis.number}: {question}", fontsize=7.5, fontweight="bold")
    columns, rows = (left + 19.0, left + 57.0), (86.0, 48.0)
    for x, task in zip(columns, tasks, strict=True):
        _text(figure, x + PANEL / 2, 115.5, task, ha="center", fontsize=7.5, fontweight="bold",
              color=colour_of(TASK_COLOURS, task))  # fmt: skip
    for y, condition in zip(rows, analysis.conditions, strict=True):
        weights = Condition.UNTRAINED if condition is Condition.UNTRAINED else Condition.TRAINED
        drive = "random input" if condition is Condition.NOISE else "task input"
        _text(figure, left + 17, y + PANEL / 2 + 0.6, weights, ha="right", va="bottom", fontweight="bold")
        _text(figure, left + 17, y + PANEL / 2 - 0.6, drive, ha="right", va="top", color=MUTED)
        for x, task in zip(columns, tasks, strict=True):
            axes = _axes(figure, x, y, PANEL, PANEL)
            axes.set_label(f"analysis {analysis.number}, {task}, {condition}")
            path = paths.get((task, condition))
            if path is None or isinstance(path, Status):
                _say_why_empty(axes, path)
            else:
                _draw_trajectory(axes, path, phases, choices.get((task, condition)))
    labelling = analysis.told_apart_by
    task_colour, other_colour = LABELLING_COLOURS[Labelling.TASK], LABELLING_COLOURS[labelling]
    between = columns[0] + PANEL
    for y in rows:
        _arrow(figure, (between + 1, y + PANEL / 2), (columns[1] - 1, y + PANEL / 2), task_colour, "<|-|>")
        _text(figure, (between + columns[1]) / 2, y + PANEL / 2 + 1.2, Labelling.TASK, ha="center", va="bottom",
              color=MUTED)  # fmt: skip
    for x in columns:
        middle = x + PANEL / 2
        _arrow(figure, (middle, rows[0] - 1), (middle, rows[1] + PANEL + 1), other_colour, "<|-|>")
        _text(figure, middle + 1.6, (rows[0] + rows[1] + PANEL) / 2, labelling, va="center", color=other_colour)


def _draw_trajectory(
    axes: Axes,
    path: Trajectory,
    phases: Mapping[str, tuple[int, int]],
    choices: Shaped[Array, " trials"] | None,
) -> None:
    spans = phases or {"": (0, path.shape[1])}
    groups = [path] if choices is None else [path[np.asarray(choices) == choice] for choice in np.unique(choices)]
    for position, (phase, (start, stop)) in enumerate(spans.items()):
        colour = colour_of(PHASE_COLOURS, phase, position) if phase else MUTED
        # One step more, so that neighbouring phases join.
        piece = slice(max(start - 1, 0), stop)
        axes.add_collection(
            LineCollection(list(path[:MOST_TRIALS, piece, :2]), colors=colour, linewidths=0.35, alpha=0.35)
        )
        means = [group.mean(axis=0)[piece, :2] for group in groups if len(group)]
        axes.add_collection(
            LineCollection(means, colors=colour, linewidths=1.6, capstyle="round", label=f"{phase}, mean")
        )
    starts = np.array([group.mean(axis=0)[0, :2] for group in groups if len(group)])
    axes.plot(starts[:, 0], starts[:, 1], linestyle="none", marker="o", markersize=2.6, color=INK, zorder=4)
    axes.autoscale_view()
    axes.margins(0.08)


def _say_why_empty(axes: Axes, status: Status | None) -> None:
    """Words in the middle of an empty panel: there is no activity, and why where that is known."""
    words = "no activity" if status is None else f"no activity: {status.code.meaning}"
    axes.text(0.5, 0.5, fill(words, LINE), transform=axes.transAxes, ha="center", va="center", color=MUTED)


def _chosen_map(
    embeddings: pd.DataFrame | None,
    analysis: str,
    tasks: tuple[str, str],
    architecture: str | None,
    map_phase: str | None,
) -> pd.DataFrame | None:
    if embeddings is None:
        return None
    needed = ("analysis", "architecture", "phase", "task_a", "task_b", "x", "y", "task", "condition")
    require_columns(embeddings, needed, "the embeddings table")
    table = with_pair(embeddings)
    table = table[(table["analysis"] == analysis) & (table["pair"] == task_pair(*tasks))]
    if table.empty:
        return None
    phases, architectures = in_reading_order(table["phase"]), in_reading_order(table["architecture"])
    phase = map_phase or (SHOWN_PHASE if SHOWN_PHASE in phases else phases[0])
    chosen = table[(table["phase"] == phase) & (table["architecture"] == (architecture or architectures[0]))]
    return None if chosen.empty else chosen


def _draw_embedding(
    figure: Figure, left: float, table: pd.DataFrame, tasks: list[str], conditions: list[str], method: str
) -> None:
    middle = left + 19.0 + (PANEL + 38.0) / 2
    _arrow(figure, (middle, 46.0), (middle, 38.5), MUTED, "-|>")
    _text(figure, middle - 2, 42.2, f"{method} between all networks", ha="right", va="center", color=MUTED)
    _text(figure, middle + 2, 42.2, "MDS to a plane", ha="left", va="center", color=MUTED)
    axes = _axes(figure, middle - 14.0, 8.5, 28.0, 28.0)
    draw_map(axes, table, tasks, size=3.6)
    first = table.iloc[0]
    _text(figure, middle - 16, 22.5, f"{first['architecture']}\n{first['phase']}", ha="right", va="center", color=MUTED)
    axes.legend(*map_legend(tasks, conditions), loc="center left", bbox_to_anchor=(1.04, 0.5), labelspacing=0.6)
