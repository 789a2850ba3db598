"""How well each labelling separates in every comparison of the study, at one glance."""

from __future__ import annotations

import pandas as pd
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from dynashape.figures.columns import require_columns, with_pair
from dynashape.figures.p_values import significance
from dynashape.figures.squares import Shades, draw_squares
from dynashape.figures.style import DOUBLE_COLUMN, SEQUENTIAL, theme
from dynashape.records import ALPHA
from dynashape.records.appearance import INK

NEEDED = ("analysis", "architecture", "phase", "task_a", "task_b", "labelling", "accuracy", "chance", "p_value")


def plot_separability_map(separability: pd.DataFrame, alpha: float = ALPHA, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw how well each labelling separates in every comparison, as coloured squares.

    There is a block for each analysis and labelling, and in it a square for each pair of tasks, phase and architecture.
    Colour and number are the accuracy of the logistic regression in the MDS plane. The colour bar also shows the mean
    accuracy under exchangeable relabellings (chance).

    Parameters
    ----------
    separability : DataFrame
        One row a comparison and labelling: analysis, architecture, phase, task_a, task_b, labelling, accuracy, chance
        and p_value.
    alpha : float, default 0.05
        A dot marks squares whose q-value (p-value, where the table has no q_value) is at most this.
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
    require_columns(separability, NEEDED, "the separability table")
    table = with_pair(separability)
    table["labelling"] = table["labelling"].astype(str)
    for number in ("accuracy", "chance", "p_value"):
        table[number] = pd.to_numeric(table[number])
    levels, letter = significance(table)
    with theme():
        squares = table.assign(value=table["accuracy"], mark=levels <= alpha)
        figure, bar = draw_squares(squares, Shades(SEQUENTIAL, Normalize(0.5, 1.0), _words), width)
        chance = float(table["chance"].mean())
        bar.ax.axvline(chance, color=INK, linewidth=1)
        bar.set_ticks([0.5, chance, 0.75, 1.0], labels=["0.5", f"chance\n{chance:.2f}", "0.75", "1"])
        bar.set_label(f"accuracy in the MDS plane     ●  {letter} ≤ {alpha:g}".replace("0.", "."))
    return figure


def _words(accuracy: float) -> str:
    # Halves go up, as in the report: 0.625 of sixteen systems is .63 in both.
    return "1" if accuracy >= 0.995 else f"{accuracy + 1e-9:.2f}"[1:]
