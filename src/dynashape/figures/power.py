"""The chance to find an effect against the number of seeds, in single comparisons and for the pooled verdict."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dynashape.figures.columns import require_columns
from dynashape.figures.style import DOUBLE_COLUMN, MILLIMETRE, label_panel, new_figure, theme
from dynashape.records import HEADLINE
from dynashape.records.appearance import INK, LABELLING_COLOURS, MUTED

_DASHES = ("-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (5, 1.2, 1, 1.2)))
_SHADES = (1.0, 0.8, 0.62, 0.48)
# Name, rows, chance and chance with seeds without end.
_Line = tuple[str, pd.DataFrame, pd.Series, float | None]


def plot_power(comparisons: pd.DataFrame, verdicts: pd.DataFrame, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw the chance to find an effect against the number of seeds.

    There is a panel for each term with a line for each share of the variance, and a panel of the pooled verdict with a
    line for each difference of shares. The line of a difference of 0 is the chance of a false verdict.

    Parameters
    ----------
    comparisons : DataFrame
        term, share, n_seeds, power, error and target.
    verdicts : DataFrame
        difference, measured, n_seeds, right, error, limit and target. Without rows its panel is left out.
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
    require_columns(comparisons, ("term", "share", "n_seeds", "power", "error", "target"), "the power table")
    terms = list(dict.fromkeys(str(term) for term in comparisons["term"]))
    with theme():
        figure = new_figure(width, 58 * MILLIMETRE)
        n_panels = len(terms) + int(len(verdicts) > 0)
        grid = figure.subplots(1, n_panels, squeeze=False, sharey=True)[0]
        for number, term in enumerate(terms):
            chosen = comparisons[comparisons["term"] == term]
            shares = chosen.groupby("share", sort=False)
            lines: list[_Line] = [(f"{share:g}", part, part["power"], None) for share, part in shares]
            _draw_panel(
                grid[number],
                lines,
                LABELLING_COLOURS.get(term, INK),
                f"{term}, one comparison",
                "share of the variance",
            )
        if len(verdicts):
            needed = ("difference", "measured", "n_seeds", "right", "error", "limit", "target")
            require_columns(verdicts, needed, "the table of verdicts")
            _draw_panel(grid[-1], _verdict_lines(verdicts), INK, "verdict, pooled", HEADLINE.replace("-", "−"))
        for axes, letter in zip(grid, "abcdefgh", strict=False):
            label_panel(axes, letter)
        grid[0].set_ylabel("chance to find it")
        grid[0].set_ylim(-0.02, 1.04)
    return figure


def _verdict_lines(verdicts: pd.DataFrame) -> list[_Line]:
    lines: list[_Line] = []
    for (difference, measured), part in verdicts.groupby(["difference", "measured"], sort=False):
        chance, limit = part["right"], float(part["limit"].iloc[0])
        if difference == 0:
            chance, limit = 1.0 - chance, 1.0 - limit
        shown = f"{difference:+.2f}*" if measured else f"{difference:+g}" if difference else "0"
        lines.append((shown.replace("-", "−"), part, chance, limit))
    return sorted(lines, key=lambda line: float(line[1]["difference"].iloc[0]))


def _draw_panel(axes: Axes, lines: list[_Line], colour: str, title: str, effect: str) -> None:
    numbers = sorted({int(number) for _, part, _, _ in lines for number in part["n_seeds"]})
    limits = any(limit is not None for _, _, _, limit in lines)
    # Every number tried is a place of its own: on a true scale the small ones, where power rises, would touch.
    places = {number: place for place, number in enumerate(numbers)}
    target = float(lines[0][1]["target"].iloc[0])
    axes.axhline(target, color=MUTED, linewidth=0.6, linestyle=(0, (3, 2)))
    axes.text(0, target, f"{target:.0%}", color=MUTED, fontsize=5.5, va="bottom", ha="left")
    for number, (label, part, chance, limit) in enumerate(lines):
        shade, dashes = _SHADES[number % len(_SHADES)], _DASHES[number % len(_DASHES)]
        x = [places[int(seeds)] for seeds in part["n_seeds"]]
        axes.plot(x, chance, label=label, color=colour, alpha=shade, linestyle=dashes)
        low, high = (chance - part["error"]).clip(0, 1), (chance + part["error"]).clip(0, 1)
        axes.fill_between(x, low, high, color=colour, alpha=0.14, linewidth=0)
        if limit is not None:
            axes.plot(len(numbers), limit, marker="o", color=colour, alpha=shade, clip_on=False)
            axes.plot([x[-1], len(numbers)], [chance.iloc[-1], limit], color=colour, alpha=shade, linewidth=0.4)
    labels = [*map(str, numbers), *(["∞"] if limits else [])]
    axes.set_xticks(range(len(labels)), labels)
    axes.set_xlabel("seeds")
    axes.set_title(title)
    axes.legend(
        title=effect,
        title_fontsize=6,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.18),
        ncols=len(lines),
        handlelength=1.9,
        columnspacing=0.9,
    )
