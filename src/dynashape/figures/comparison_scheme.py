"""Figure 2: what is compared with what in the two analyses, drawn with the trajectories of real networks."""

from __future__ import annotations

from collections.abc import Mapping
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
from dynashape.figures.mds_maps import draw_map, map_legend
from dynashape.figures.style import (
    DOUBLE_COLUMN,
    INK,
    LABELLING_COLOURS,
    MILLIMETRE,
    MUTED,
    PAPER,
    PHASE_COLOURS,
    TASK_COLOURS,
    colour_of,
    framed,
    theme,
)
from dynashape.figures.tables import in_reading_order, require_columns, task_pair, with_pair
from dynashape.records import Array

# analysis: question, (condition, its input) above and below, the labelling that the second arrow stands for
SCHEMES = {
    "1": ("what does training change?", ("untrained", "task input"), ("trained", "task input"), "training"),
    "2": ("what does the input change?", ("trained", "task input"), ("noise", "random input"), "input"),
}
HEIGHT = 128.0
WIDTH = 183.0
MAP_HEIGHT = 42.0
PANEL = 27.0
MOST_TRIALS = 24


def plot_comparison_scheme(
    trajectories: Mapping[tuple[str, str], Float[Array, "trials steps dimensions"]] | None = None,
    phases: Mapping[str, tuple[int, int]] | None = None,
    *,
    choices: Mapping[tuple[str, str], Shaped[Array, " trials"]] | None = None,
    embeddings: pd.DataFrame | None = None,
    tasks: tuple[str, str] = ("CDM", "PR"),
    architecture: str | None = None,
    map_phase: str | None = None,
    method: str = "DSA",
) -> Figure:
    """Figure 2: for each analysis the four kinds of system, the two contrasts between them, and the map they end in.

    `trajectories` maps (task, condition) to activity in its first two or three principal components; the first two are
    drawn, coloured by phase, thick where averaged over trials of one choice (`choices`). Missing ones are drawn as a
    sketch, in grey. The map is the one of `architecture` and `map_phase` (first and "stimulus" if not given) in
    `embeddings`; `method` says what compared the networks.
    """
    paths = dict(trajectories or {})
    for key, path in paths.items():
        if path.shape[2] < 2:
            raise InputError(f"a trajectory needs two dimensions to be drawn; {key} has {path.shape[2]}.")
    maps = {name: _chosen_map(embeddings, name, tasks, architecture, map_phase) for name in SCHEMES}
    mapless = all(table is None for table in maps.values())
    with theme():
        height = HEIGHT - (MAP_HEIGHT if mapless else 0.0)
        figure = Figure(figsize=(DOUBLE_COLUMN, height * MILLIMETRE), facecolor=PAPER)
        for position, (analysis, scheme) in enumerate(SCHEMES.items()):
            left = 2.0 + 93.0 * position
            _draw_analysis(
                figure, left, analysis, "ab"[position], tasks, paths, dict(phases or {}), dict(choices or {})
            )
            chosen = maps[analysis]
            if chosen is not None:
                _draw_embedding(figure, left, chosen, in_reading_order(tasks), [scheme[1][0], scheme[2][0]], method)
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
    analysis: str,
    letter: str,
    tasks: tuple[str, str],
    paths: Mapping[tuple[str, str], Float[Array, "trials steps dimensions"]],
    phases: Mapping[str, tuple[int, int]],
    choices: Mapping[tuple[str, str], Shaped[Array, " trials"]],
) -> None:
    question, above, below, labelling = SCHEMES[analysis]
    _text(figure, left, 122.5, letter, fontsize=9, fontweight="bold")
    _text(figure, left + 5, 122.5, f"Analysis {analysis}: {question}", fontsize=7.5, fontweight="bold")
    columns, rows = (left + 19.0, left + 57.0), (86.0, 48.0)
    for x, task in zip(columns, tasks, strict=True):
        _text(figure, x + PANEL / 2, 115.5, task, ha="center", fontsize=7.5, fontweight="bold",
              color=colour_of(TASK_COLOURS, task))  # fmt: skip
    for y, (condition, drive) in zip(rows, (above, below), strict=True):
        _text(figure, left + 17, y + PANEL / 2 + 0.6, "trained" if condition == "noise" else condition, ha="right",
              va="bottom", fontweight="bold")  # fmt: skip
        _text(figure, left + 17, y + PANEL / 2 - 0.6, drive, ha="right", va="top", color=MUTED)
        for x, task in zip(columns, tasks, strict=True):
            axes = _axes(figure, x, y, PANEL, PANEL)
            key = (task, condition)
            if key in paths:
                _draw_trajectory(axes, paths[key], phases, choices.get(key))
            else:
                _draw_sketch(axes, task == tasks[1], condition)
    task_colour, other_colour = LABELLING_COLOURS["task"], LABELLING_COLOURS[labelling]
    between = columns[0] + PANEL
    for y in rows:
        _arrow(figure, (between + 1, y + PANEL / 2), (columns[1] - 1, y + PANEL / 2), task_colour, "<|-|>")
    _text(figure, (between + columns[1]) / 2, rows[0] + PANEL / 2 + 1.2, "task", ha="center", va="bottom",
          color=MUTED)  # fmt: skip
    _text(figure, (between + columns[1]) / 2, rows[1] + PANEL / 2 + 1.2, "task", ha="center", va="bottom",
          color=MUTED)  # fmt: skip
    for x in columns:
        middle = x + PANEL / 2
        _arrow(figure, (middle, rows[0] - 1), (middle, rows[1] + PANEL + 1), other_colour, "<|-|>")
        _text(figure, middle + 1.6, (rows[0] + rows[1] + PANEL) / 2, labelling, va="center", color=other_colour)


def _draw_trajectory(
    axes: Axes,
    path: Float[Array, "trials steps dimensions"],
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
        axes.add_collection(LineCollection(means, colors=colour, linewidths=1.6, capstyle="round"))
    starts = np.array([group.mean(axis=0)[0, :2] for group in groups if len(group)])
    axes.plot(starts[:, 0], starts[:, 1], linestyle="none", marker="o", markersize=2.6, color=INK, zorder=4)
    axes.autoscale_view()
    axes.margins(0.08)


def _draw_sketch(axes: Axes, second: bool, condition: str) -> None:
    """Grey curves that only say what kind of system stands here, where no trajectory was given."""
    time = np.linspace(0, 1, 60)
    for sign in (-1.0, 1.0):
        reach = {"untrained": 0.25, "trained": 1.0}.get(condition, 0.0)
        x = np.sin(2.4 * time) if not second else time**1.5
        y = sign * reach * np.clip(time - 0.3, 0, None)
        if condition not in ("untrained", "trained"):
            wobble = sign * np.cos(9 * time + second)
            x, y = 0.5 + 0.3 * np.sin(11 * time + sign), 0.3 * wobble
        axes.plot(x, y, color=MUTED, linewidth=1.2, linestyle=(0, (3, 1.5)))
    axes.set_xlim(-0.2, 1.2)
    axes.set_ylim(-1, 1)


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
    phase = map_phase or ("stimulus" if "stimulus" in phases else phases[0])
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
