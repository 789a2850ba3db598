"""A number for every comparison of the study as a coloured square: a block for each analysis and labelling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure

from dynashape.figures.panels import colour_bar, rows_of, write
from dynashape.figures.style import MILLIMETRE, ON_DARK, ON_LIGHT, bare, label_panel, new_figure
from dynashape.records import ANALYSES, SHORT_NAMES, in_reading_order
from dynashape.records.appearance import MUTED

# Relative luminance at which white and black words are equally easy to read.
_EQUALLY_READABLE = 0.178


@dataclass(frozen=True)
class Shades:
    """How a number becomes a square: its colour, and the words printed on it."""

    colours: Colormap
    norm: Normalize
    words: Callable[[float], str]

    def colour(self, value: float) -> tuple[float, float, float]:
        """Red, green and blue of a value's square."""
        red, green, blue, _ = self.colours(float(self.norm(value)))
        return float(red), float(green), float(blue)

    def pen(self, value: float) -> str:
        """The colour of words on a value's square: whichever of light and dark is easier to read."""
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in self.colour(value)]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        return ON_DARK if luminance < _EQUALLY_READABLE else ON_LIGHT


def draw_squares(table: pd.DataFrame, shades: Shades, width: float) -> tuple[Figure, Colorbar]:
    """One block for each analysis and labelling; in it a square for each task pair, phase and architecture.

    `table` has analysis and labelling (text), architecture, phase, pair, `value` (NaN is hatched) and `mark` (a dot).
    A block carries the label "analysis 1, task", its squares labels such as "GRU, delay, CDM-PR". The caller labels
    the colour bar. To be called inside the theme.
    """
    architectures, phases = in_reading_order(table["architecture"]), in_reading_order(table["phase"])
    pairs = in_reading_order(table["pair"])
    analyses = in_reading_order(sorted(table["analysis"].unique()))
    labellings = {
        analysis: in_reading_order(table.loc[table["analysis"] == analysis, "labelling"]) for analysis in analyses
    }
    compared = {str(analysis.number): analysis.words for analysis in ANALYSES}
    n_columns = max(len(names) for names in labellings.values())
    # With few task pairs the name beside a block is longer than its squares are high.
    block = (max(len(pairs), 5) * 5.2 + 16) * MILLIMETRE
    figure = new_figure(width, len(analyses) * block + 14 * MILLIMETRE)
    grid = figure.subplots(len(analyses), n_columns, squeeze=False)
    for row, analysis in enumerate(analyses):
        for column in range(n_columns):
            axes = grid[row, column]
            if column >= len(labellings[analysis]):
                axes.set_visible(False)
                continue
            labelling = labellings[analysis][column]
            chosen = rows_of(table, analysis=analysis, labelling=labelling)
            _draw_block(axes, chosen, architectures, phases, pairs, shades, first=column == 0)
            axes.set_label(f"analysis {analysis}, {labelling}")
            axes.set_title(f"{labelling} separation", fontsize=7.5, fontweight="bold", pad=19)
            if column == 0:
                axes.set_ylabel(f"Analysis {analysis}\n{compared.get(analysis, '')}", fontsize=7, labelpad=6)
                label_panel(axes, "abcdefgh"[row], dx=-30.0, dy=16.0)
    where = {"location": "bottom", "shrink": 0.42, "aspect": 38, "pad": 0.02}
    return figure, colour_bar(figure, grid, shades.norm, shades.colours, **where)


def _draw_block(
    axes: Axes,
    table: pd.DataFrame,
    architectures: list[str],
    phases: list[str],
    pairs: list[str],
    shades: Shades,
    first: bool,
) -> None:
    values = np.full((len(pairs), len(architectures) * len(phases)), np.nan)
    marked = np.zeros(values.shape, dtype=bool)
    for line in table.itertuples():
        column = architectures.index(str(line.architecture)) * len(phases) + phases.index(str(line.phase))
        row = pairs.index(str(line.pair))
        values[row, column] = float(line.value)
        marked[row, column] = bool(line.mark)
    gap = 0.35
    lefts = np.array([c + gap * (c // len(phases)) for c in range(values.shape[1])])
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            label = f"{architectures[column // len(phases)]}, {phases[column % len(phases)]}, {pairs[row]}"
            _draw_square(axes, lefts[column], row, values[row, column], shades, label)
    pens = np.array([[shades.pen(value) if np.isfinite(value) else ON_LIGHT for value in line] for line in values])
    for pen in (ON_DARK, ON_LIGHT):
        rows, columns = np.nonzero(marked & (pens == pen))
        axes.plot(lefts[columns] + 0.5, rows + 0.2, marker="o", markersize=1.3, color=pen, linestyle="none")
    axes.set_xlim(0, lefts[-1] + 1)
    axes.set_ylim(values.shape[0], 0)
    bare(axes)
    roomy = values.shape[1] <= 6
    names = [phase if roomy else SHORT_NAMES.get(phase, phase[:4]) for _ in architectures for phase in phases]
    axes.set_xticks(lefts + 0.5, names, fontsize=5, color=MUTED)
    axes.tick_params(axis="x", length=0, top=True, labeltop=True, bottom=False, labelbottom=False, pad=1)
    axes.set_yticks(np.arange(len(pairs)) + 0.5, pairs if first else [""] * len(pairs))
    axes.tick_params(axis="y", length=0)
    for position, architecture in enumerate(architectures):
        middle = lefts[position * len(phases)] + len(phases) / 2
        style = {"xycoords": ("data", "axes fraction"), "ha": "center", "va": "bottom", "fontsize": 6.5}
        write(axes, architecture, (middle, 1), (0, 9), **style)


def _draw_square(axes: Axes, left: float, row: int, value: float, shades: Shades, label: str) -> None:
    if np.isnan(value):
        axes.fill([left, left + 1, left + 1, left], [row, row, row + 1, row + 1], facecolor="none", edgecolor=MUTED,
                  hatch="////", linewidth=0, label=label)  # fmt: skip
        return
    axes.fill(
        [left + 0.03, left + 0.97, left + 0.97, left + 0.03],
        [row + 0.03, row + 0.03, row + 0.97, row + 0.97],
        facecolor=shades.colour(value),
        linewidth=0,
        label=label,
    )
    axes.text(
        left + 0.5, row + 0.6, shades.words(value), ha="center", va="center", fontsize=4.8, color=shades.pen(value)
    )
