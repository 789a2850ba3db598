"""The dissimilarities themselves, ordered by task, condition and seed, so that the eye finds what is alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from dynashape.distances import Distances
from dynashape.errors import InputError
from dynashape.figures.columns import require_columns, system_labels, unit_of
from dynashape.figures.panels import colour_bar, each_panel, rows_of
from dynashape.figures.style import DOUBLE_COLUMN, MILLIMETRE, NEARNESS, colour_of, framed, new_figure, theme
from dynashape.records import in_reading_order
from dynashape.records.appearance import CONDITION_COLOURS, FAINT, MUTED, PAPER, TASK_COLOURS


def order_systems(distances: Distances) -> Distances:
    """The same distances with the systems by task, condition and seed in reading order.

    >>> labels = {"task": ["PR", "CDM"], "condition": ["trained"] * 2, "seed": [0, 0]}
    >>> order_systems(Distances(np.zeros((2, 2)), labels)).labels["task"].tolist()
    ['CDM', 'PR']
    """
    columns = system_labels(distances)
    tasks, conditions = (in_reading_order(columns[name]) for name in ("task", "condition"))
    by_task = np.array([tasks.index(str(task)) for task in columns["task"]])
    by_condition = np.array([conditions.index(str(condition)) for condition in columns["condition"]])
    return distances.take(np.lexsort((columns["seed"], by_condition, by_task)))


def plot_distance_matrices(
    distances: Mapping[tuple[str, str], Distances],
    bounds: pd.DataFrame | None = None,
    width: float = DOUBLE_COLUMN,
    label: str | None = None,
) -> Figure:
    """Draw a matrix for each architecture (row) and phase (column), on one colour scale.

    Systems are ordered by task, condition and seed; strips at the edges give the task and the condition. Systems
    without a distance (NaN) are left grey.

    Parameters
    ----------
    distances : mapping of (str, str) to Distances
        The distances of each architecture and phase, with the labels task, condition and seed.
    bounds : DataFrame, optional
        Floors and ceilings with the columns architecture, phase, floor and ceiling; their means over all other columns
        are written below each matrix.
    width : float, default 183 mm
        Width of the figure in inches.
    label : str, optional
        What the distances are, in words; by default the name of the dissimilarity. The unit is added.

    Returns
    -------
    matplotlib.figure.Figure
        A figure that belongs to no window.

    Raises
    ------
    InputError
        Where there is no matrix, a matrix lacks a label, or `bounds` lacks a column.
    """
    if not distances:
        raise InputError("plot_distance_matrices needs at least one distance matrix; got none.")
    if bounds is not None:
        require_columns(bounds, ("architecture", "phase", "floor", "ceiling"), "the table of floors and ceilings")
    drawn = {place: order_systems(square) for place, square in distances.items()}
    first = next(iter(drawn.values()))
    architectures = in_reading_order(architecture for architecture, _ in distances)
    phases = in_reading_order(phase for _, phase in distances)
    tasks = in_reading_order(task for square in drawn.values() for task in square.labels["task"])
    conditions = in_reading_order(name for square in drawn.values() for name in square.labels["condition"])
    highest = max(
        (float(np.nanmax(square.values)) for square in drawn.values() if np.isfinite(square.values).any()), default=1
    )
    norm = Normalize(0.0, highest if highest > 0 else 1.0)
    with theme():
        side = min((width - 18 * MILLIMETRE) / len(phases), 60 * MILLIMETRE)
        figure = new_figure(width, len(architectures) * side + 20 * MILLIMETRE)
        grid = figure.subplots(len(architectures), len(phases), squeeze=False)
        for axes, architecture, phase in each_panel(grid, architectures, phases, pad=4):
            framed(axes)
            axes.yaxis.label.set_fontsize(7)
            axes.yaxis.labelpad = 5
            if (architecture, phase) in drawn:
                _draw_matrix(axes, drawn[architecture, phase], norm, tasks, conditions)
            if bounds is not None:
                words = describe_bounds(rows_of(bounds, architecture=architecture, phase=phase))
                axes.set_xlabel(words, fontsize=5.4, color=MUTED, labelpad=2)
        bar = colour_bar(figure, grid, norm, NEARNESS, location="right", shrink=0.4, aspect=24, pad=0.01)
        bar.set_label(f"{label or first.dissimilarity}{unit_of(first)}")
        handles = [Patch(facecolor=colour_of(TASK_COLOURS, task, i)) for i, task in enumerate(tasks)]
        handles += [Patch(facecolor=colour_of(CONDITION_COLOURS, name, i)) for i, name in enumerate(conditions)]
        shown = {"loc": "outside lower center", "ncols": len(handles), "handlelength": 0.9, "handleheight": 0.9}
        figure.legend(handles, [*tasks, *conditions], **shown)
    return figure


def describe_bounds(bounds: pd.DataFrame) -> str:
    """The mean floor and ceiling of these rows, in words; what is missing is left out.

    >>> describe_bounds(pd.DataFrame({"floor": [0.02, 0.04], "ceiling": [0.2, float("nan")]}))
    'floor 0.03   ceiling 0.20'
    """
    means = {kind: pd.to_numeric(bounds[kind]).mean() for kind in ("floor", "ceiling")}
    return "   ".join(f"{kind} {mean:.2f}" for kind, mean in means.items() if np.isfinite(mean))


def _draw_matrix(axes: Axes, distances: Distances, norm: Normalize, tasks: list[str], conditions: list[str]) -> None:
    n = distances.n_systems
    axes.fill([0, n, n, 0], [0, 0, n, n], facecolor=FAINT, linewidth=0, zorder=-1)
    axes.imshow(distances.values, cmap=NEARNESS, norm=norm, interpolation="none", extent=(0, n, n, 0))
    band = 0.035 * n
    task_codes = np.array([tasks.index(str(task)) for task in distances.labels["task"]])
    condition_codes = np.array([conditions.index(str(name)) for name in distances.labels["condition"]])
    palettes = (
        (task_codes, [colour_of(TASK_COLOURS, task, i) for i, task in enumerate(tasks)], 2.1),
        (condition_codes, [colour_of(CONDITION_COLOURS, name, i) for i, name in enumerate(conditions)], 1.0),
    )
    for codes, palette, place in palettes:
        norms = Normalize(-0.5, len(palette) - 0.5)
        strip: dict[str, Any] = {"cmap": ListedColormap(palette), "norm": norms, "interpolation": "none"}
        inner, outer = -band * (place - 0.9), -band * place
        axes.imshow(codes[:, None], extent=(outer, inner, n, 0), **strip)
        axes.imshow(codes[None, :], extent=(0, n, inner, outer), **strip)
    for edge in np.flatnonzero(np.diff(task_codes)) + 1:
        axes.axhline(edge, xmin=0.07, color=PAPER, linewidth=0.6)
        axes.axvline(edge, ymax=0.93, color=PAPER, linewidth=0.6)
    axes.set_xlim(-2.2 * band, n)
    axes.set_ylim(n, -2.2 * band)
    for spine in axes.spines.values():
        spine.set_visible(False)
