"""How well each labelling separates in every comparison of the study, at one glance."""

from __future__ import annotations

import numpy as np
import pandas as pd
from jaxtyping import Float, Shaped
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from dynashape.figures.style import (
    DOUBLE_COLUMN,
    INK,
    MILLIMETRE,
    MUTED,
    ON_DARK,
    ON_LIGHT,
    SEQUENTIAL,
    bare,
    label_panel,
    new_figure,
    theme,
)
from dynashape.figures.tables import in_reading_order, require_columns, significance, with_pair
from dynashape.records import Array

NEEDED = ("analysis", "architecture", "phase", "task_a", "task_b", "labelling", "accuracy", "chance", "p_value")
TITLES = {
    ("1", "task"): "task separation",
    ("1", "training"): "training separation",
    ("2", "task"): "task separation",
    ("2", "input"): "input separation",
}
SHORT = {"fixation": "fix", "stimulus": "stim", "delay": "delay", "decision": "dec"}
CONTRASTS = {"1": "untrained and trained", "2": "trained and noise-driven"}


def plot_separability_map(separability: pd.DataFrame, alpha: float = 0.05, width: float = DOUBLE_COLUMN) -> Figure:
    """One block for each analysis and labelling; in it a square for each task pair, phase and architecture.

    Colour and number are the accuracy of the logistic regression in the MDS plane; a dot marks a q-value (p-value where
    the table has no q-values) of at most `alpha`. The colour bar carries the mean chance level of the shuffled labels.
    """
    require_columns(separability, NEEDED, "the separability table")
    table = with_pair(separability)
    table["labelling"] = table["labelling"].astype(str)
    for number in ("accuracy", "chance", "p_value"):
        table[number] = pd.to_numeric(table[number])
    architectures = in_reading_order(table["architecture"])
    phases = in_reading_order(table["phase"])
    pairs = in_reading_order(table["pair"])
    analyses = in_reading_order(sorted(table["analysis"].unique()))
    labellings = {
        analysis: in_reading_order(table.loc[table["analysis"] == analysis, "labelling"]) for analysis in analyses
    }
    n_columns = max(len(names) for names in labellings.values())
    norm = Normalize(0.5, 1.0)
    _, letter = significance(table)
    with theme():
        block = (len(pairs) * 5.2 + 16) * MILLIMETRE
        figure = new_figure(width, len(analyses) * block + 14 * MILLIMETRE)
        axes_grid = figure.subplots(len(analyses), n_columns, squeeze=False)
        for row, analysis in enumerate(analyses):
            for column in range(n_columns):
                axes = axes_grid[row, column]
                if column >= len(labellings[analysis]):
                    axes.set_visible(False)
                    continue
                labelling = labellings[analysis][column]
                chosen = table[(table["analysis"] == analysis) & (table["labelling"] == labelling)]
                _draw_block(axes, chosen, architectures, phases, pairs, norm, alpha, first=column == 0)
                title = TITLES.get((analysis, labelling), f"{labelling} separation")
                axes.set_title(title, fontsize=7.5, fontweight="bold", pad=19)
                if column == 0:
                    contrast = CONTRASTS.get(analysis, "")
                    axes.set_ylabel(f"Analysis {analysis}\n{contrast}", fontsize=7, labelpad=6)
                    label_panel(axes, "abcdefgh"[row], dx=-30.0, dy=16.0)
        bar = figure.colorbar(
            ScalarMappable(norm, SEQUENTIAL),
            ax=list(axes_grid.ravel()),
            location="bottom",
            shrink=0.42,
            aspect=38,
            pad=0.02,
        )
        bar.outline.set_visible(False)  # type: ignore[operator]
        chance = float(table["chance"].mean())
        bar.ax.axvline(chance, color=INK, linewidth=1)
        bar.set_ticks([0.5, chance, 0.75, 1.0], labels=["0.5", f"chance\n{chance:.2f}", "0.75", "1"])
        bar.set_label(f"accuracy in the MDS plane     ●  {letter} ≤ {alpha:g}".replace("0.", "."))
    return figure


def _draw_block(
    axes: Axes,
    table: pd.DataFrame,
    architectures: list[str],
    phases: list[str],
    pairs: list[str],
    norm: Normalize,
    alpha: float,
    first: bool,
) -> None:
    values = np.full((len(pairs), len(architectures) * len(phases)), np.nan)
    certain = np.zeros(values.shape, dtype=bool)
    levels, _ = significance(table)
    for place, level in zip(table.itertuples(), levels, strict=True):
        column = architectures.index(str(place.architecture)) * len(phases) + phases.index(str(place.phase))
        row = pairs.index(str(place.pair))
        values[row, column] = float(place.accuracy)
        certain[row, column] = bool(level <= alpha)
    gap = 0.35
    lefts = np.array([c + gap * (c // len(phases)) for c in range(values.shape[1])])
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            _draw_square(axes, lefts[column], row, values[row, column], norm)
    for pen in (ON_DARK, ON_LIGHT):
        rows, columns = np.nonzero(certain & (_pens(values, norm) == pen))
        axes.plot(lefts[columns] + 0.5, rows + 0.2, marker="o", markersize=1.3, color=pen, linestyle="none")
    axes.set_xlim(0, lefts[-1] + 1)
    axes.set_ylim(values.shape[0], 0)
    bare(axes)
    roomy = values.shape[1] <= 6
    names = [phase if roomy else SHORT.get(phase, phase[:4]) for _ in architectures for phase in phases]
    axes.set_xticks(lefts + 0.5, names, fontsize=5, color=MUTED)
    axes.tick_params(axis="x", length=0, top=True, labeltop=True, bottom=False, labelbottom=False, pad=1)
    axes.set_yticks(np.arange(len(pairs)) + 0.5, pairs if first else [""] * len(pairs))
    axes.tick_params(axis="y", length=0)
    for position, architecture in enumerate(architectures):
        middle = lefts[position * len(phases)] + len(phases) / 2
        axes.annotate(
            architecture,
            xy=(middle, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=6.5,
        )


def _pens(values: Float[Array, "pairs columns"], norm: Normalize) -> Shaped[Array, "pairs columns"]:
    """The colour of words on each square: light on dark ones."""
    return np.where(np.nan_to_num(np.asarray(norm(values), dtype=float)) > 0.55, ON_DARK, ON_LIGHT)


def _draw_square(axes: Axes, left: float, row: int, value: float, norm: Normalize) -> None:
    if np.isnan(value):
        axes.fill([left, left + 1, left + 1, left], [row, row, row + 1, row + 1], facecolor="none", edgecolor=MUTED,
                  hatch="////", linewidth=0)  # fmt: skip
        return
    shade = float(norm(value))
    axes.fill(
        [left + 0.03, left + 0.97, left + 0.97, left + 0.03],
        [row + 0.03, row + 0.03, row + 0.97, row + 0.97],
        facecolor=SEQUENTIAL(shade),
        linewidth=0,
    )
    # Halves go up, as in the report: 0.625 of sixteen systems is .63 in both.
    text = "1" if value >= 0.995 else f"{value + 1e-9:.2f}"[1:]
    pen = ON_DARK if shade > 0.55 else ON_LIGHT
    axes.text(left + 0.5, row + 0.6, text, ha="center", va="center", fontsize=4.8, color=pen)
