"""How far is far: distances across training, input and task, between the floor and the ceiling of the same networks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from jaxtyping import Bool
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dynashape.distances import Distances
from dynashape.errors import InputError
from dynashape.figures.columns import require_columns, system_labels, unit_of
from dynashape.figures.panels import each_panel, rows_of
from dynashape.figures.style import DOUBLE_COLUMN, MILLIMETRE, new_figure, theme
from dynashape.records import ANALYSES, Array, Condition, Labelling, in_reading_order
from dynashape.records.appearance import INK, LABELLING_COLOURS, MUTED, PAPER, SHADE

_DASH_DOTTED = (0, (4, 1.2, 1, 1.2))
OTHER_SEED, OTHER_TASK = "other seed", "other task"
# The kinds of pair, each with its colour.
KINDS: Mapping[str, str] = {
    OTHER_SEED: MUTED,
    **{str(analysis.told_apart_by): LABELLING_COLOURS[analysis.told_apart_by] for analysis in ANALYSES},
    OTHER_TASK: LABELLING_COLOURS[Labelling.TASK],
}


def plot_distance_scale(
    distances: Mapping[tuple[str, str], Distances],
    bounds: pd.DataFrame | None = None,
    scale: pd.DataFrame | None = None,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw how far apart systems are that differ in one thing only, for each architecture and phase.

    The kinds of pair are: trained networks of one task that differ in their seed; a network before and after training;
    a trained network with task and with random input; trained networks of different tasks. The dot is the median of
    the distances, the thick line their quartiles, the thin line their 5 to 95 %.

    Parameters
    ----------
    distances : mapping of (str, str) to Distances
        The distances of each architecture and phase, with the labels task, condition and seed.
    bounds : DataFrame, optional
        Floors and ceilings with the columns architecture, phase, floor and ceiling. Their means over all other columns
        become a band: the same network on other trials below, networks of other seeds above. A column units becomes a
        line: halves of the same network's units.
    scale : DataFrame, optional
        Whether each architecture and phase is `blind`, and its `auc`, with which such panels are marked.
    width : float, default 183 mm
        Width of the figure in inches.

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
        raise InputError("plot_distance_scale needs at least one distance matrix; got none.")
    if bounds is not None:
        require_columns(bounds, ("architecture", "phase", "floor", "ceiling"), "the table of floors and ceilings")
    if scale is not None:
        require_columns(scale, ("architecture", "phase", "auc", "blind"), "the table of the scale")
    architectures = in_reading_order(architecture for architecture, _ in distances)
    phases = in_reading_order(phase for _, phase in distances)
    unit = unit_of(next(iter(distances.values())))
    with theme():
        figure = new_figure(width, (len(architectures) * 32 + 16) * MILLIMETRE)
        grid = figure.subplots(len(architectures), len(phases), squeeze=False, sharex=True, sharey=True)
        for axes, architecture, phase in each_panel(grid, architectures, phases, f"\ndissimilarity{unit}"):
            known = pd.DataFrame() if bounds is None else rows_of(bounds, architecture=architecture, phase=phase)
            if len(known):
                floor, ceiling = float(known["floor"].mean()), float(known["ceiling"].mean())
                axes.axhspan(floor, ceiling, color=SHADE, zorder=0)
                axes.axhline(floor, color=INK, linewidth=0.6, linestyle=(0, (1, 1.5)))
                axes.axhline(ceiling, color=INK, linewidth=0.6)
                if "units" in known:
                    axes.axhline(float(known["units"].mean()), color=INK, linewidth=0.6, linestyle=_DASH_DOTTED)
            if scale is not None:
                _mark_blind(axes, rows_of(scale, architecture=architecture, phase=phase))
            if (architecture, phase) in distances:
                _draw_spreads(axes, distances[architecture, phase])
            axes.set_xlim(-0.6, len(KINDS) - 0.4)
            axes.set_xticks(range(len(KINDS)), [name.replace(" ", "\n") for name in KINDS])
            axes.tick_params(axis="x", length=0, labelsize=5.4)
        # Once all panels are drawn: a limit that is set stops the shared axis from growing.
        grid[0, 0].set_ylim(bottom=0)
        if bounds is not None:
            handles = [
                Line2D([], [], color=INK, linewidth=0.7, linestyle=(0, (1, 1.5))),
                Line2D([], [], color=INK, linewidth=0.7),
            ]
            names = ["floor: same network, other trials", "ceiling: other seeds"]
            if "units" in bounds:
                handles.append(Line2D([], [], color=INK, linewidth=0.7, linestyle=_DASH_DOTTED))
                names.append("same network, other units")
            figure.legend(handles, names, loc="outside lower center", ncols=len(names))
    return figure


def _mark_blind(axes: Axes, cell: pd.DataFrame) -> None:
    for row in cell[cell["blind"].astype(bool)].itertuples() if len(cell) else ():
        said = f"blind: AUC {row.auc:.2f}".replace("0.", ".")
        axes.text(0.03, 0.95, said, transform=axes.transAxes, va="top", fontsize=6, color=INK, fontweight="bold",
                  bbox={"facecolor": PAPER, "edgecolor": INK, "linewidth": 0.5, "pad": 1.5})  # fmt: skip


def pairs_of_kind(distances: Distances, kind: str) -> Bool[Array, "n n"]:
    """Which pairs of systems (upper triangle) differ in this one thing.

    >>> labels = {"task": ["CDM"] * 2, "condition": ["untrained", "trained"], "seed": [0, 0]}
    >>> pair = Distances(np.zeros((2, 2)), labels)
    >>> pairs_of_kind(pair, "training")[0, 1], pairs_of_kind(pair, "input")[0, 1]
    (np.True_, np.False_)
    """
    columns = system_labels(distances)
    condition = columns["condition"]
    same_task, same_seed = (columns[name][:, None] == columns[name][None] for name in ("task", "seed"))

    def between(first: str, second: str) -> Bool[Array, "n n"]:
        forward = (condition == first)[:, None] & (condition == second)[None]
        return np.asarray(forward | forward.T)

    trained = between(Condition.TRAINED, Condition.TRAINED)
    found = {OTHER_SEED: trained & same_task & ~same_seed, OTHER_TASK: trained & ~same_task}
    for analysis in ANALYSES:
        found[analysis.told_apart_by] = between(*analysis.conditions) & same_task & same_seed
    return np.asarray(np.triu(found[kind], k=1))


def _draw_spreads(axes: Axes, distances: Distances) -> None:
    for place, (kind, colour) in enumerate(KINDS.items()):
        values = distances.values[pairs_of_kind(distances, kind)]
        values = values[np.isfinite(values)]
        if not len(values):
            continue
        low, lower, middle, upper, high = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
        axes.vlines(place, low, high, color=colour, linewidth=0.9)
        axes.vlines(place, lower, upper, color=colour, linewidth=3)
        axes.plot(place, middle, marker="o", markersize=3.4, color=colour, label=kind,
                  markeredgecolor=PAPER, markeredgewidth=0.6)  # fmt: skip
