"""The eigenvalues of the fitted operators in the complex plane: how fast modes decay and how fast they turn."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dynashape.figures.columns import require_columns
from dynashape.figures.panels import each_panel, marker_key, rows_of
from dynashape.figures.style import DOUBLE_COLUMN, MILLIMETRE, colour_of, new_figure, theme
from dynashape.records import in_reading_order
from dynashape.records.appearance import CONDITION_COLOURS, FAINT, MUTED

# More points than this are drawn as an image inside the vector file, which would otherwise be slow to open.
MOST_VECTOR_POINTS = 3000


def plot_spectra(eigenvalues: pd.DataFrame, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw the eigenvalues of the operators in the complex plane, for each architecture and phase.

    On the circle a mode neither grows nor decays; real eigenvalues do not oscillate. Only the part above the real axis
    is drawn, since the rest mirrors it.

    Parameters
    ----------
    eigenvalues : DataFrame
        One row an eigenvalue of an operator: architecture, phase, condition, real and imag.
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
    require_columns(eigenvalues, ("architecture", "phase", "condition", "real", "imag"), "the eigenvalues")
    table = eigenvalues[eigenvalues["imag"] >= 0]
    architectures, phases = in_reading_order(table["architecture"]), in_reading_order(table["phase"])
    conditions = in_reading_order(table["condition"])
    reach = max(1.05, float(np.nanmax(np.abs(table[["real", "imag"]].to_numpy(dtype=float)))) * 1.03)
    low = min(-0.3, float(table["real"].min()) - 0.05)
    with theme():
        side = (width - 14 * MILLIMETRE) / len(phases)
        height = min(side * reach / (reach - low), 45 * MILLIMETRE)
        figure = new_figure(width, len(architectures) * (height + 3 * MILLIMETRE) + 18 * MILLIMETRE)
        grid = figure.subplots(len(architectures), len(phases), squeeze=False, sharex=True, sharey=True)
        for axes, architecture, phase in each_panel(grid, architectures, phases, "\nimaginary part"):
            chosen = rows_of(table, architecture=architecture, phase=phase)
            _draw_plane(axes, chosen, conditions, rasterised=len(table) > MOST_VECTOR_POINTS)
            axes.set_xlim(low, reach)
            axes.set_ylim(-0.04, reach)
            axes.set_aspect("equal")
        for axes in grid[-1]:
            axes.set_xlabel("real part")
        handles = [marker_key("o", colour_of(CONDITION_COLOURS, name, i)) for i, name in enumerate(conditions)]
        figure.legend(handles, conditions, loc="outside lower center", ncols=len(conditions))
    return figure


def _draw_plane(axes: Axes, table: pd.DataFrame, conditions: list[str], rasterised: bool) -> None:
    angles = np.linspace(0, np.pi, 120)
    axes.plot(np.cos(angles), np.sin(angles), color=MUTED, linewidth=0.6, zorder=1)
    axes.axhline(0, color=FAINT, linewidth=0.5, zorder=0)
    # In one scatter and a fixed shuffled order, so that no condition hides the others by being drawn last.
    order = np.random.default_rng(0).permutation(len(table))
    shades = {name: colour_of(CONDITION_COLOURS, name, i) for i, name in enumerate(conditions)}
    colours = [shades[str(name)] for name in table["condition"].to_numpy()[order]]
    points = table[["real", "imag"]].to_numpy(dtype=float)[order]
    axes.scatter(
        points[:, 0], points[:, 1], c=colours, s=2.2, linewidths=0, alpha=0.55, rasterized=rasterised, zorder=2
    )
