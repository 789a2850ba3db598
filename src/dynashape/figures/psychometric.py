"""How choices follow the evidence: every network beside the ideal observer of its task."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dynashape.figures.columns import require_columns
from dynashape.figures.style import DOUBLE_COLUMN, MILLIMETRE, colour_of, marker_of, new_figure, theme
from dynashape.records import in_reading_order
from dynashape.records.appearance import ARCHITECTURE_COLOURS, ARCHITECTURE_MARKERS, INK, MUTED

NEEDED = ("architecture", "task", "seed", "evidence", "rate")


def plot_psychometric(responses: pd.DataFrame, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw how choices follow the evidence, for each task.

    Thin lines are networks, thick ones the mean of an architecture, the dashed one is the ideal observer.

    Parameters
    ----------
    responses : DataFrame
        One row a network and strength of evidence: architecture, task, seed, evidence (positive for the second action),
        rate (how often the second action was chosen, 0 to 1) and, where known, ideal (the ideal observer's rate).
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
    require_columns(responses, NEEDED, "the table of responses")
    tasks, architectures = in_reading_order(responses["task"]), in_reading_order(responses["architecture"])
    observed = "ideal" in responses and bool(responses["ideal"].notna().any())
    with theme():
        figure = new_figure(width, 56 * MILLIMETRE)
        panels = figure.subplots(1, len(tasks), squeeze=False, sharey=True)[0]
        for column, task in enumerate(tasks):
            axes = panels[column]
            _draw_task(axes, responses[responses["task"] == task], architectures)
            axes.set_title(task, fontweight="bold")
            axes.set_ylim(-0.03, 1.03)
            if column == 0:
                axes.set_ylabel("share of second action")
        figure.supxlabel("evidence for the second action", fontsize=6.5)
        handles = [
            Line2D([], [], color=colour, marker=marker, linewidth=1.4)
            for colour, marker in (_style_of(name, i) for i, name in enumerate(architectures))
        ]
        labels = list(architectures)
        if observed:
            handles.append(Line2D([], [], color=INK, linestyle=(0, (2, 1.5))))
            labels.append("ideal observer")
        figure.legend(handles, labels, loc="outside upper right", ncols=len(labels), handlelength=2.4)
    return figure


def _style_of(architecture: str, position: int) -> tuple[str, str]:
    return colour_of(ARCHITECTURE_COLOURS, architecture, position), marker_of(
        ARCHITECTURE_MARKERS, architecture, position
    )


def _draw_task(axes: Axes, table: pd.DataFrame, architectures: list[str]) -> None:
    axes.axhline(0.5, color=MUTED, linewidth=0.4)
    axes.axvline(0.0, color=MUTED, linewidth=0.4)
    for position, architecture in enumerate(architectures):
        chosen = table[table["architecture"] == architecture]
        colour, marker = _style_of(architecture, position)
        for _, network in chosen.groupby("seed"):
            line = network.sort_values("evidence")
            axes.plot(line["evidence"].to_numpy(), line["rate"].to_numpy(), color=colour, linewidth=0.4, alpha=0.6)
        mean = chosen.groupby("evidence")["rate"].mean()
        axes.plot(mean.index.to_numpy(), mean.to_numpy(), color=colour, linewidth=1.4, marker=marker, markersize=3)
    if "ideal" in table and table["ideal"].notna().any():
        ideal = table.groupby("evidence")["ideal"].mean()
        axes.plot(ideal.index.to_numpy(), ideal.to_numpy(), color=INK, linestyle=(0, (2, 1.5)), zorder=4)
