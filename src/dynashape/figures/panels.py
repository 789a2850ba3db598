"""What figures of many panels share: a panel for each architecture and column, keys of legends, words, colour bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dynashape.records import Array


def each_panel(
    grid: Array, architectures: Sequence[str], columns: Sequence[str], words: str = "", **title: Any
) -> Iterator[tuple[Axes, str, str]]:
    """Every panel with its architecture (row) and column; `words` follow the architecture on the left.

    Panels are named by both, and titles, in the style of `title`, stand above the first row.
    """
    for row, architecture in enumerate(architectures):
        for column, name in enumerate(columns):
            axes: Axes = grid[row, column]
            axes.set_label(f"{architecture}, {name}")
            if row == 0:
                axes.set_title(name, **title)
            if column == 0:
                axes.set_ylabel(f"{architecture}{words}")
            yield axes, architecture, name


def rows_of(table: pd.DataFrame, **labels: object) -> pd.DataFrame:
    """The rows that have these labels.

    >>> rows_of(pd.DataFrame({"phase": ["delay", "fixation"], "x": [1, 2]}), phase="delay")["x"].tolist()
    [1]
    """
    for column, value in labels.items():
        table = table[table[column] == value]
    return table


def marker_key(marker: str, colour: str, **style: Any) -> Line2D:
    """What a legend shows for points that no line joins."""
    return Line2D([], [], linestyle="none", marker=marker, color=colour, **style)


def write(axes: Axes, text: str, xy: tuple[Any, Any], offset: tuple[int | float, int | float], **style: Any) -> Any:
    """Write words at a point of the data, moved from there by (right, up) points."""
    return axes.annotate(text, xy, xytext=offset, textcoords="offset points", **style)


def colour_bar(figure: Figure, grid: Array, norm: Normalize, colours: Colormap, **where: Any) -> Colorbar:
    """One colour bar without an outline for all panels of a grid."""
    bar = figure.colorbar(ScalarMappable(norm, colours), ax=list(grid.ravel()), **where)
    bar.outline.set_visible(False)  # type: ignore[operator]
    return bar
