"""How every network learnt: accuracy over updates, beside the ceiling of its task on the same trials."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dynashape.figures.columns import require_columns
from dynashape.figures.panels import each_panel, rows_of
from dynashape.figures.style import DOUBLE_COLUMN, MILLIMETRE, colour_of, new_figure, theme
from dynashape.records import in_reading_order
from dynashape.records.appearance import CONDITION_COLOURS, INK, MUTED, TASK_COLOURS

FAILURE = CONDITION_COLOURS["noise"]


def plot_training_curves(
    curves: pd.DataFrame,
    networks: pd.DataFrame | None = None,
    criterion: float | None = None,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw how every network learnt: its accuracy over updates, for each architecture and task.

    Parameters
    ----------
    curves : DataFrame
        One row an evaluation: architecture, task, seed, updates, accuracy and, where known, ceiling (the accuracy
        that can be reached: the ideal observer's where one is known), which becomes a line.
    networks : DataFrame, optional
        One row a network: architecture, task, seed and reached. Networks that did not reach the criterion are dashed.
    criterion : float, optional
        The fraction of the ceiling that was asked for, which becomes a line.
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
    require_columns(curves, ("architecture", "task", "seed", "updates", "accuracy"), "the training curves")
    architectures, tasks = in_reading_order(curves["architecture"]), in_reading_order(curves["task"])
    failed: set[tuple[str, str, str]] = set()
    if networks is not None:
        require_columns(networks, ("architecture", "task", "seed", "reached"), "the networks table")
        lost = networks[~networks["reached"].astype(bool)]
        failed = {
            (str(a), str(t), str(s)) for a, t, s in zip(lost["architecture"], lost["task"], lost["seed"], strict=True)
        }
    low = max(0.0, min(0.45, float(curves["accuracy"].min()) - 0.03))
    with theme():
        figure = new_figure(width, (len(architectures) * 30 + 14) * MILLIMETRE)
        grid = figure.subplots(len(architectures), len(tasks), squeeze=False, sharex="col", sharey=True)
        for axes, architecture, task in each_panel(grid, architectures, tasks, "\naccuracy", fontweight="bold"):
            seeds = {seed for name, of, seed in failed if (name, of) == (architecture, task)}
            colour = colour_of(TASK_COLOURS, task, tasks.index(task))
            _draw_panel(axes, rows_of(curves, architecture=architecture, task=task), colour, seeds, criterion)
            axes.set_ylim(low, 1.02)
        figure.supxlabel("updates", fontsize=6.5)
        handles = [Line2D([], [], color=MUTED, linewidth=0.9)]
        labels = ["one network"]
        if failed:
            handles.append(Line2D([], [], color=FAILURE, linewidth=1.1, linestyle=(0, (3, 1.2))))
            labels.append("below the criterion")
        if "ceiling" in curves:
            handles.append(Line2D([], [], color=INK, linewidth=0.7))
            labels.append("ceiling")
            if criterion is not None:
                handles.append(Line2D([], [], color=INK, linewidth=0.7, linestyle=(0, (1, 1.5))))
                labels.append(f"criterion ({criterion:g} of it)")
        figure.legend(handles, labels, loc="outside upper right", ncols=len(labels))
    return figure


def _draw_panel(axes: Axes, table: pd.DataFrame, colour: str, failed: set[str], criterion: float | None) -> None:
    for seed, curve in table.groupby("seed", sort=True):
        ordered = curve.sort_values("updates")
        lost = str(seed) in failed
        axes.plot(
            ordered["updates"].to_numpy(),
            ordered["accuracy"].to_numpy(),
            color=FAILURE if lost else colour,
            linestyle=(0, (3, 1.2)) if lost else "-",
            linewidth=1.1 if lost else 0.9,
            alpha=1.0 if lost else 0.8,
            zorder=3 if lost else 2,
            # One evaluation makes no line.
            marker="o" if len(ordered) == 1 else None,
        )
    if "ceiling" in table and table["ceiling"].notna().any():
        ceiling = float(table["ceiling"].mean())
        axes.axhline(ceiling, color=INK, linewidth=0.7, zorder=1)
        if criterion is not None:
            axes.axhline(criterion * ceiling, color=INK, linewidth=0.7, linestyle=(0, (1, 1.5)), zorder=1)
