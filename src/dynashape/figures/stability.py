"""Whether the ordering of distances hangs on delays and rank: the agreement of every choice, and what moves."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from scipy.stats import rankdata

from dynashape.dissimilarity import Stability
from dynashape.figures.squares import Shades
from dynashape.figures.style import (
    DOUBLE_COLUMN,
    MILLIMETRE,
    NEARNESS,
    SEQUENTIAL,
    bare,
    label_panel,
    new_figure,
    theme,
)
from dynashape.records.appearance import INK, MUTED, PAPER

_MOST_LINES = 150


def plot_stability(stability: Stability, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw whether the ordering of distances hangs on the choice of delays and rank.

    On the left is the mean rank correlation of every choice with the others, the estimator's own choice framed and
    choices that are not possible hatched. On the right is a line for each pair of systems: its place among all pairs,
    from nearest to farthest, at every choice. Lines that do not cross are distances whose order does not hang on it.

    Parameters
    ----------
    stability : Stability
        What `DSA.stability` found.
    width : float, default 183 mm
        Width of the figure in inches.

    Returns
    -------
    matplotlib.figure.Figure
        A figure that belongs to no window.
    """
    n_delays = len(stability.delays)
    with theme():
        figure = new_figure(width, (max(n_delays * 9, 36) + 18) * MILLIMETRE)
        left, right = figure.subplots(1, 2, width_ratios=[1.0, 1.9])
        _draw_agreement(left, stability)
        _draw_places(right, stability)
        label_panel(left, "a", dx=-18.0)
        label_panel(right, "b", dx=-18.0)
    return figure


def _draw_agreement(axes: Axes, stability: Stability) -> None:
    shades = Shades(SEQUENTIAL, Normalize(0.0, 1.0, clip=True), lambda value: f"{value:.2f}".replace("-", "−"))
    for row, n_delays in enumerate(stability.delays):
        for column, rank in enumerate(stability.ranks):
            value = float(stability.rank_correlations[row, column])
            label = f"{n_delays} delays, rank {rank}"
            if np.isnan(value):
                square = Rectangle((column, row), 1, 1, fill=False, edgecolor=MUTED, hatch="////", linewidth=0)
            else:
                square = Rectangle((column + 0.03, row + 0.03), 0.94, 0.94, facecolor=shades.colour(value), linewidth=0)
                words = shades.words(value)
                axes.text(column + 0.5, row + 0.5, words, ha="center", va="center", color=shades.pen(value))
            square.set_label(label)
            axes.add_patch(square)
            if (n_delays, rank) == stability.chosen:
                axes.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor=INK, linewidth=1.4, label="chosen"))
    bare(axes)
    axes.set_xlim(-0.03, len(stability.ranks) + 0.03)
    axes.set_ylim(len(stability.delays) + 0.03, -0.03)
    axes.set_xticks(np.arange(len(stability.ranks)) + 0.5, list(map(str, stability.ranks)))
    axes.set_yticks(np.arange(len(stability.delays)) + 0.5, list(map(str, stability.delays)))
    axes.tick_params(length=0)
    axes.set_xlabel("rank")
    axes.set_ylabel("delays")
    axes.set_title(f"mean rank correlation with the others\nKendall's W = {stability.w:.2f}", loc="left")


def _draw_places(axes: Axes, stability: Stability) -> None:
    rows, columns = np.triu_indices(len(stability.names), 1)
    distances = stability.distances[:, :, rows, columns]
    possible = [
        (place, choice)
        for place, choice in enumerate(np.ndindex(distances.shape[:2]))
        if not np.isnan(distances[choice]).any()
    ]
    at = np.array([place for place, _ in possible])
    places = rankdata(np.stack([distances[choice] for _, choice in possible]), axis=1)
    own = [k for k, (_, (i, j)) in enumerate(possible) if (stability.delays[i], stability.ranks[j]) == stability.chosen]
    order = places[own[0]] if own else places.mean(axis=0)
    shown = np.unique(np.linspace(0, len(rows) - 1, min(_MOST_LINES, len(rows))).round().astype(int))
    for pair in np.argsort(order)[shown]:
        colour = NEARNESS(0.85 * (order[pair] - 1.0) / max(len(rows) - 1, 1))
        label = f"{stability.names[rows[pair]]} to {stability.names[columns[pair]]}"
        axes.plot(at, places[:, pair], color=colour, linewidth=0.7, marker="o", markersize=1.6, label=label)
    n_ranks = len(stability.ranks)
    for k, n_delays in enumerate(stability.delays):
        if k:
            axes.axvline(k * n_ranks - 0.5, color=MUTED, linewidth=0.5, linestyle=(0, (2, 2)))
        words = f"{n_delays} delay{'s' * (n_delays > 1)}"
        middle = (k + 0.5) * n_ranks - 0.5
        axes.annotate(
            words,
            xy=(middle, 0),
            xycoords=("data", "axes fraction"),
            xytext=(0, -10),
            textcoords="offset points",
            ha="center",
            va="top",
        )
    if own:
        axes.axvspan(at[own[0]] - 0.5, at[own[0]] + 0.5, color=INK, alpha=0.07, linewidth=0, zorder=0, label="chosen")
    axes.set_xticks(np.arange(len(stability.delays) * n_ranks), list(map(str, stability.ranks)) * len(stability.delays))
    axes.set_xlim(-0.5, len(stability.delays) * n_ranks - 0.5)
    axes.tick_params(axis="x", length=0)
    axes.set_xlabel("rank at each number of delays", labelpad=13)
    axes.set_ylabel("place among all pairs")
    axes.set_facecolor(PAPER)
    axes.set_title("from nearest to farthest, a line for each pair", loc="left")
