"""The dissimilarities themselves, ordered by task, condition and seed, so that the eye finds what is alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from dynashape.errors import InputError
from dynashape.figures.style import (
    CONDITION_COLOURS,
    DOUBLE_COLUMN,
    FAINT,
    MILLIMETRE,
    MUTED,
    NEARNESS,
    PAPER,
    TASK_COLOURS,
    colour_of,
    framed,
    new_figure,
    theme,
)
from dynashape.figures.tables import in_reading_order, require_columns
from dynashape.records import Array


def order_systems(systems: pd.DataFrame) -> pd.DataFrame:
    """The systems by task, condition and seed in reading order; its index says where each row stood before.

    >>> systems = pd.DataFrame({"task": ["PR", "CDM"], "condition": ["trained"] * 2, "seed": [0, 0]})
    >>> order_systems(systems).index.tolist()
    [1, 0]
    """
    require_columns(systems, ("task", "condition"), "the systems of a distance matrix")
    table = systems.reset_index(drop=True)
    tasks, conditions = in_reading_order(table["task"]), in_reading_order(table["condition"])
    key = pd.DataFrame(
        {
            "task": [tasks.index(str(task)) for task in table["task"]],
            "condition": [conditions.index(str(condition)) for condition in table["condition"]],
            "seed": table.get("seed", 0),
        }
    )
    return table.loc[key.sort_values(["task", "condition", "seed"], kind="stable").index]


def plot_distance_matrices(
    distances: Mapping[tuple[str, str], tuple[Float[Array, "n n"], pd.DataFrame]],
    bounds: pd.DataFrame | None = None,
    width: float = DOUBLE_COLUMN,
    label: str = "angular DSA distance (rad)",
) -> Figure:
    """A matrix for each architecture (row) and phase (column), on one scale; strips give the task and the condition.

    `distances` maps (architecture, phase) to the square matrix and its systems (task, condition, seed). Systems
    without a distance (NaN) are left grey. `bounds` (architecture, phase, floor, ceiling, averaged over what else it
    has) is written below each matrix. `label` stands at the colour bar.
    """
    if not distances:
        raise InputError("plot_distance_matrices needs at least one distance matrix; got none.")
    if bounds is not None:
        require_columns(bounds, ("architecture", "phase", "floor", "ceiling"), "the table of floors and ceilings")
    for key, (square, systems) in distances.items():
        if square.shape[0] != len(systems):
            raise InputError(
                f"the distance matrix of {key} must have one row a system; got {square.shape[0]} rows and "
                f"{len(systems)} systems."
            )
    architectures = in_reading_order(architecture for architecture, _ in distances)
    phases = in_reading_order(phase for _, phase in distances)
    tasks = in_reading_order(task for _, systems in distances.values() for task in systems["task"])
    conditions = in_reading_order(name for _, systems in distances.values() for name in systems["condition"])
    highest = max(
        (float(np.nanmax(square)) for square, _ in distances.values() if np.isfinite(square).any()), default=1.0
    )
    norm = Normalize(0.0, highest if highest > 0 else 1.0)
    with theme():
        side = min((width - 18 * MILLIMETRE) / len(phases), 60 * MILLIMETRE)
        figure = new_figure(width, len(architectures) * side + 20 * MILLIMETRE)
        axes_grid = figure.subplots(len(architectures), len(phases), squeeze=False)
        for row, architecture in enumerate(architectures):
            for column, phase in enumerate(phases):
                axes = axes_grid[row, column]
                framed(axes)
                if (architecture, phase) in distances:
                    square, systems = distances[architecture, phase]
                    _draw_matrix(axes, np.asarray(square, dtype=float), systems, norm, tasks, conditions)
                if bounds is not None:
                    own = bounds[(bounds["architecture"] == architecture) & (bounds["phase"] == phase)]
                    axes.set_xlabel(describe_bounds(own), fontsize=5.4, color=MUTED, labelpad=2)
                if row == 0:
                    axes.set_title(phase, pad=4)
                if column == 0:
                    axes.set_ylabel(architecture, fontsize=7, labelpad=5)
        bar = figure.colorbar(
            ScalarMappable(norm, NEARNESS),
            ax=list(axes_grid.ravel()),
            location="right",
            shrink=0.4,
            aspect=24,
            pad=0.01,
        )
        bar.outline.set_visible(False)  # type: ignore[operator]
        bar.set_label(label)
        handles = [Patch(facecolor=colour_of(TASK_COLOURS, task, i)) for i, task in enumerate(tasks)]
        handles += [Patch(facecolor=colour_of(CONDITION_COLOURS, name, i)) for i, name in enumerate(conditions)]
        figure.legend(
            handles,
            [*tasks, *conditions],
            loc="outside lower center",
            ncols=len(handles),
            handlelength=0.9,
            handleheight=0.9,
        )
    return figure


def describe_bounds(bounds: pd.DataFrame) -> str:
    """The mean floor and ceiling of these rows, in words; what is missing is left out.

    >>> describe_bounds(pd.DataFrame({"floor": [0.02, 0.04], "ceiling": [0.2, float("nan")]}))
    'floor 0.03   ceiling 0.20'
    """
    means = {kind: pd.to_numeric(bounds[kind]).mean() for kind in ("floor", "ceiling")}
    return "   ".join(f"{kind} {mean:.2f}" for kind, mean in means.items() if np.isfinite(mean))


def _draw_matrix(
    axes: Axes,
    square: Float[Array, "n n"],
    systems: pd.DataFrame,
    norm: Normalize,
    tasks: list[str],
    conditions: list[str],
) -> None:
    ordered = order_systems(systems)
    places = ordered.index.to_numpy()
    n = len(places)
    shown = square[np.ix_(places, places)]
    axes.fill([0, n, n, 0], [0, 0, n, n], facecolor=FAINT, linewidth=0, zorder=-1)
    axes.imshow(
        shown,
        cmap=NEARNESS,
        norm=norm,
        interpolation="none",
        extent=(0, n, n, 0),
    )
    band = 0.035 * n
    task_codes = np.array([tasks.index(str(task)) for task in ordered["task"]])
    condition_codes = np.array([conditions.index(str(name)) for name in ordered["condition"]])
    palettes = (
        (task_codes, [colour_of(TASK_COLOURS, task, i) for i, task in enumerate(tasks)], 2.1),
        (condition_codes, [colour_of(CONDITION_COLOURS, name, i) for i, name in enumerate(conditions)], 1.0),
    )
    for codes, palette, place in palettes:
        strip: dict[str, Any] = {
            "cmap": ListedColormap(palette),
            "vmin": -0.5,
            "vmax": len(palette) - 0.5,
            "interpolation": "none",
        }
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
