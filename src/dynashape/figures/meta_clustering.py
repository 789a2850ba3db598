"""Figure 3: where every comparison lies among all comparisons, and which factor organises that map."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from scipy.spatial import ConvexHull, QhullError

from dynashape.figures.columns import require_columns, with_pair
from dynashape.figures.p_values import format_p
from dynashape.figures.panels import marker_key, rows_of, write
from dynashape.figures.style import (
    DOUBLE_COLUMN,
    MILLIMETRE,
    colour_of,
    framed,
    label_panel,
    marker_of,
    new_figure,
    theme,
)
from dynashape.records import ANALYSES, Array, in_reading_order
from dynashape.records.appearance import (
    ANALYSIS_COLOURS,
    ARCHITECTURE_COLOURS,
    ARCHITECTURE_MARKERS,
    FAINT,
    INK,
    MUTED,
    PAPER,
    PHASE_COLOURS,
    TASK_PAIR_COLOURS,
)

FACTORS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "analysis": ("analysis", ANALYSIS_COLOURS),
    "phase": ("phase", PHASE_COLOURS),
    "architecture": ("architecture", ARCHITECTURE_COLOURS),
    "pair": ("task pair", TASK_PAIR_COLOURS),
}
ANALYSIS_NAMES = {str(analysis.number): f"{analysis.number}  {analysis.words}" for analysis in ANALYSES}


def plot_meta_clustering(
    meta: pd.DataFrame,
    explained: pd.DataFrame | None = None,
    stable: float | None = None,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw figure 3: the map of all comparisons, and how much of it each factor organises.

    Panel a is the map, coloured by analysis and shaped by architecture, with an outline around each group where there
    are several. Panel b is the same map coloured by each factor. Panel c is the share of the map's variance that each
    factor explains.

    Parameters
    ----------
    meta : DataFrame
        One row a point: analysis, x, y and whichever of architecture, phase, group, and task_a and task_b (or
        task_pair) the points have.
    explained : DataFrame, optional
        One row a factor: factor, share, p_value and, where there are intervals, share_low and share_high.
    stable : float, optional
        The adjusted Rand index of the groups after resampling seeds, which is written into the map.
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
    require_columns(meta, ("analysis", "x", "y"), "the meta-clustering table")
    table = with_pair(meta)
    factors = [factor for factor in FACTORS if factor in table and table[factor].nunique() > 1]
    with theme():
        figure = new_figure(width, (84 if explained is None else 98) * MILLIMETRE)
        grid = figure.add_gridspec(1, 2, width_ratios=[1.05, 1])
        main = figure.add_subplot(grid[0, 0])
        _draw_main(main, table, stable)
        label_panel(main, "a", dx=6.0)
        # Of four small places the shares take the one that the factors leave, otherwise a row of their own.
        shares_fit = len(factors) < 4
        ratios = [1.0, 1.0] if shares_fit else [1.0, 1.0, 0.62]
        right = grid[0, 1].subgridspec(len(ratios), 2, height_ratios=ratios)
        for position, factor in enumerate(factors):
            axes = figure.add_subplot(right[position // 2, position % 2])
            _draw_factor(axes, table, factor)
            if position == 0:
                label_panel(axes, "b", dx=-4.0)
        if explained is not None:
            axes = figure.add_subplot(right[1, 1] if shares_fit else right[2, :])
            _draw_shares(axes, explained, names_above=shares_fit)
            label_panel(axes, "c", dx=-4.0)
    return figure


def _draw_main(axes: Axes, table: pd.DataFrame, stable: float | None) -> None:
    if "group" in table and table["group"].nunique() > 1:
        for group in sorted(table["group"].unique()):
            _outline(axes, table.loc[table["group"] == group, ["x", "y"]].to_numpy(dtype=float), str(group))
    analyses = in_reading_order(sorted(table["analysis"].unique()))
    architectures = in_reading_order(table["architecture"]) if "architecture" in table else [""]
    for i, analysis in enumerate(analyses):
        for j, architecture in enumerate(architectures):
            chosen = rows_of(table, analysis=analysis, **({"architecture": architecture} if architecture else {}))
            marker, colour = marker_of(ARCHITECTURE_MARKERS, architecture, j), colour_of(ANALYSIS_COLOURS, analysis, i)
            axes.plot(chosen["x"].to_numpy(), chosen["y"].to_numpy(), linestyle="none", marker=marker, markersize=4,
                      markerfacecolor=colour, markeredgecolor=PAPER, markeredgewidth=0.4, alpha=0.9)  # fmt: skip
    framed(axes)
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.1)
    axes.set_title("map of all comparisons", pad=4)
    if stable is not None:
        words = f"groups again after resampling seeds: adjusted Rand {stable:.2f}"
        axes.text(0.98, 0.02, words, transform=axes.transAxes, ha="right", fontsize=5.6, color=MUTED)
    shown = [marker_key("o", colour_of(ANALYSIS_COLOURS, name, i), markersize=4) for i, name in enumerate(analyses)]
    names = [f"analysis {ANALYSIS_NAMES.get(analysis, analysis)}" for analysis in analyses]
    first = axes.legend(shown, names, loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=2)
    if architectures != [""]:
        axes.add_artist(first)
        markers = [marker_of(ARCHITECTURE_MARKERS, name, j) for j, name in enumerate(architectures)]
        shown = [marker_key(marker, MUTED, markersize=4) for marker in markers]
        axes.legend(shown, architectures, loc="upper center", bbox_to_anchor=(0.5, -0.055), ncols=len(architectures))


def _outline(axes: Axes, points: Float[Array, "points 2"], name: str) -> None:
    """A soft outline around the points of one group, a little outside them, with the group's name at its top."""
    centre = points.mean(axis=0)
    if len(points) >= 3:
        try:
            corners = points[ConvexHull(points).vertices]
        except QhullError:
            corners = points
        corners = centre + (corners - centre) * 1.08
        axes.fill(corners[:, 0], corners[:, 1], facecolor=FAINT, alpha=0.3, edgecolor=FAINT, linewidth=4,
                  joinstyle="round", zorder=0)  # fmt: skip
    top = points[np.argmax(points[:, 1])]
    outline = [withStroke(linewidth=1.5, foreground=PAPER)]
    style = {"ha": "center", "va": "bottom", "fontsize": 6.5, "color": MUTED, "path_effects": outline, "zorder": 4}
    write(axes, f"group {name}", (float(top[0]), float(top[1])), (0, 7), **style)


def _draw_factor(axes: Axes, table: pd.DataFrame, factor: str) -> None:
    title, colours = FACTORS[factor]
    levels = in_reading_order(sorted(table[factor].astype(str).unique()))
    # One scatter in a shuffled order, so that no level hides the others by being drawn last.
    order = np.random.default_rng(0).permutation(len(table))
    palette = {level: colour_of(colours, level, position) for position, level in enumerate(levels)}
    shades = [palette[str(level)] for level in table[factor].to_numpy()[order]]
    points = table[["x", "y"]].to_numpy(dtype=float)[order]
    axes.scatter(points[:, 0], points[:, 1], c=shades, s=5, linewidths=0, alpha=0.9)
    framed(axes)
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.08)
    axes.set_title(f"by {title}", pad=3)
    handles = [marker_key("o", palette[level], markersize=2.6) for level in levels]
    axes.legend(handles, levels, loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=2 if len(levels) == 4 else 3,
                fontsize=5.2, handletextpad=0.0, columnspacing=0.6, labelspacing=0.25)  # fmt: skip


def _draw_shares(axes: Axes, explained: pd.DataFrame, names_above: bool) -> None:
    require_columns(explained, ("factor", "share", "p_value"), "the table of what the factors explain")
    table = explained.sort_values("share", ascending=True, kind="stable")
    places = np.arange(len(table))
    shares = table["share"].to_numpy(dtype=float)
    axes.barh(places, shares, height=0.34 if names_above else 0.6, color=MUTED, linewidth=0)
    ends = shares.copy()
    if {"share_low", "share_high"} <= set(table.columns):
        low, high = table["share_low"].to_numpy(dtype=float), table["share_high"].to_numpy(dtype=float)
        axes.hlines(places, low, high, color=INK, linewidth=0.9)
        ends = np.fmax(ends, high)
    names = [str(factor).replace("_", " ") for factor in table["factor"]]
    for place, name, end, share, p_value in zip(places, names, ends, shares, table["p_value"], strict=True):
        text = f"{share:.2f}   {format_p(float(p_value))}"
        spot, at = ((0.0, place + 0.22), (2, 1)) if names_above else ((float(end), float(place)), (3, 0))
        words, va = (f"{name}   {text}", "bottom") if names_above else (text, "center")
        write(axes, words, spot, at, va=va, fontsize=6)
    axes.set_yticks([] if names_above else places, [] if names_above else names)
    axes.tick_params(axis="y", length=0)
    if names_above:
        axes.set_ylim(-0.4, len(table) - 0.2)
    axes.set_xlim(0, max(1.0, float(np.nanmax(ends))))
    axes.set_xlabel("share of variance explained")
