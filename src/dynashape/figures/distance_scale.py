"""How far is far: distances across training, input and task, between the floor and the ceiling of the same networks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dynashape.errors import InputError
from dynashape.figures.style import (
    DOUBLE_COLUMN,
    INK,
    LABELLING_COLOURS,
    MILLIMETRE,
    MUTED,
    PAPER,
    SHADE,
    new_figure,
    theme,
)
from dynashape.figures.tables import in_reading_order, require_columns
from dynashape.records import Array

# name, colour, what the two systems of a pair share and in what they differ
KINDS: Mapping[str, str] = {
    "other seed": MUTED,
    "training": LABELLING_COLOURS["training"],
    "input": LABELLING_COLOURS["input"],
    "other task": LABELLING_COLOURS["task"],
}


def plot_distance_scale(
    distances: Mapping[tuple[str, str], tuple[Float[Array, "n n"], pd.DataFrame]],
    bounds: pd.DataFrame | None = None,
    label: str = "dissimilarity (rad)",
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """A panel for each architecture and phase: the spread of the distances that differ in one thing only.

    Trained networks of one task that differ in their seed; a network before and after training; a trained network with
    task and with random input; trained networks of different tasks. Dot: median; thick: quartiles; thin: 5 to 95 %.
    `distances` is as for `plot_distance_matrices`. `bounds` (architecture, phase, floor, ceiling, averaged over what
    else it has) becomes a band: the same network on other trials below, other seeds above.
    """
    if not distances:
        raise InputError("plot_distance_scale needs at least one distance matrix; got none.")
    if bounds is not None:
        require_columns(bounds, ("architecture", "phase", "floor", "ceiling"), "the table of floors and ceilings")
    architectures = in_reading_order(architecture for architecture, _ in distances)
    phases = in_reading_order(phase for _, phase in distances)
    with theme():
        figure = new_figure(width, (len(architectures) * 32 + 16) * MILLIMETRE)
        grid = figure.subplots(len(architectures), len(phases), squeeze=False, sharex=True, sharey=True)
        for row, architecture in enumerate(architectures):
            for column, phase in enumerate(phases):
                axes = grid[row, column]
                if bounds is not None:
                    own = bounds[(bounds["architecture"] == architecture) & (bounds["phase"] == phase)]
                    if len(own):
                        axes.axhspan(float(own["floor"].mean()), float(own["ceiling"].mean()), color=SHADE, zorder=0)
                        axes.axhline(float(own["floor"].mean()), color=INK, linewidth=0.6, linestyle=(0, (1, 1.5)))
                        axes.axhline(float(own["ceiling"].mean()), color=INK, linewidth=0.6)
                if (architecture, phase) in distances:
                    square, systems = distances[architecture, phase]
                    _draw_spreads(axes, np.asarray(square, dtype=float), systems)
                axes.set_xlim(-0.6, len(KINDS) - 0.4)
                axes.set_xticks(range(len(KINDS)), [name.replace(" ", "\n") for name in KINDS])
                axes.tick_params(axis="x", length=0, labelsize=5.4)
                if row == 0:
                    axes.set_title(phase)
                if column == 0:
                    axes.set_ylabel(f"{architecture}\n{label}")
        # Once all panels are drawn: a limit that is set stops the shared axis from growing.
        grid[0, 0].set_ylim(bottom=0)
        if bounds is not None:
            handles = [
                Line2D([], [], color=INK, linewidth=0.7, linestyle=(0, (1, 1.5))),
                Line2D([], [], color=INK, linewidth=0.7),
            ]
            figure.legend(
                handles,
                ["floor: same network, other trials", "ceiling: other seeds"],
                loc="outside lower center",
                ncols=2,
            )
    return figure


def pairs_of_kind(systems: pd.DataFrame, kind: str) -> Bool[Array, "n n"]:
    """Which pairs of systems (upper triangle) differ in this one thing.

    >>> systems = pd.DataFrame({"task": ["CDM"] * 2, "condition": ["untrained", "trained"], "seed": [0, 0]})
    >>> pairs_of_kind(systems, "training")[0, 1], pairs_of_kind(systems, "input")[0, 1]
    (np.True_, np.False_)
    """
    require_columns(systems, ("task", "condition", "seed"), "the systems of a distance matrix")
    task, seed = systems["task"].to_numpy(), systems["seed"].to_numpy()
    condition = systems["condition"].to_numpy()
    same_task, same_seed = task[:, None] == task[None], seed[:, None] == seed[None]

    def between(one: str, other: str) -> Array:
        forward = (condition == one)[:, None] & (condition == other)[None]
        return np.asarray(forward | forward.T)

    found = {
        "other seed": between("trained", "trained") & same_task & ~same_seed,
        "training": between("untrained", "trained") & same_task & same_seed,
        "input": between("trained", "noise") & same_task & same_seed,
        "other task": between("trained", "trained") & ~same_task,
    }[kind]
    return np.asarray(np.triu(found, k=1))


def _draw_spreads(axes: Axes, square: Float[Array, "n n"], systems: pd.DataFrame) -> None:
    for place, (kind, colour) in enumerate(KINDS.items()):
        values = square[pairs_of_kind(systems, kind)]
        values = values[np.isfinite(values)]
        if not len(values):
            continue
        low, lower, middle, upper, high = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
        axes.vlines(place, low, high, color=colour, linewidth=0.9)
        axes.vlines(place, lower, upper, color=colour, linewidth=3)
        axes.plot(place, middle, marker="o", markersize=3.4, color=colour, markeredgecolor=PAPER, markeredgewidth=0.6)
