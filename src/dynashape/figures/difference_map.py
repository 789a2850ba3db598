"""Where two studies separate differently: the difference of their accuracies in every comparison that both hold."""

from __future__ import annotations

import pandas as pd
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from dynashape.errors import InputError
from dynashape.figures.columns import require_columns, with_pair
from dynashape.figures.p_values import significance
from dynashape.figures.squares import Shades, draw_squares
from dynashape.figures.style import DIVERGING, DOUBLE_COLUMN, theme
from dynashape.records import ALPHA
from dynashape.records.appearance import INK

PLACE = ("analysis", "architecture", "phase", "pair", "labelling")
NEEDED = ("analysis", "architecture", "phase", "task_a", "task_b", "labelling", "accuracy", "p_value")
# The colours reach at least this far, so that rounding does not look like an effect.
_LEAST_REACH = 0.1


def separability_difference(first: pd.DataFrame, second: pd.DataFrame, alpha: float = ALPHA) -> pd.DataFrame:
    """Subtract the accuracies of one study from those of another, in every comparison that both hold.

    Parameters
    ----------
    first, second : DataFrame
        The separability tables of the studies, as for `plot_separability_map`.
    alpha : float, default 0.05
        A labelling is told apart where its q-value (p-value, where a table has no q_value) is at most this.

    Returns
    -------
    DataFrame
        One row a comparison and labelling, with the accuracies of both (accuracy_first, accuracy_second), their
        difference (the second's less the first's), and flips: whether the labelling is told apart in one of them only.

    Raises
    ------
    InputError
        Where a table lacks a column, or the tables share no comparison.
    """
    merged = _told(first, alpha).merge(_told(second, alpha), on=list(PLACE), suffixes=("_first", "_second"))
    if merged.empty:
        raise InputError("both separability tables must hold the same comparisons; got none that is in both.")
    difference = merged["accuracy_second"] - merged["accuracy_first"]
    flips = (merged["told_apart_first"] != merged["told_apart_second"]) & difference.notna()
    return merged.assign(difference=difference, flips=flips)


def plot_separability_difference(
    first: pd.DataFrame,
    second: pd.DataFrame,
    names: tuple[str, str] = ("the first", "the second"),
    alpha: float = ALPHA,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw where two studies separate differently, as coloured squares.

    A square is the second study's accuracy less the first one's: brown where the second separates better, blue where
    the first does. A dot marks a labelling that only one of them tells apart.

    Parameters
    ----------
    first, second : DataFrame
        The separability tables of the studies, as for `plot_separability_map`.
    names : (str, str), optional
        The names of the studies, for the colour bar.
    alpha : float, default 0.05
        A labelling is told apart where its q-value (p-value, where a table has no q_value) is at most this.
    width : float, default 183 mm
        Width of the figure in inches.

    Returns
    -------
    matplotlib.figure.Figure
        A figure that belongs to no window.

    Raises
    ------
    InputError
        Where a table lacks a column, or the tables share no comparison.
    """
    table = separability_difference(first, second, alpha)
    reach = max(_LEAST_REACH, float(table["difference"].abs().max()))
    with theme():
        squares = table.assign(value=table["difference"], mark=table["flips"])
        figure, bar = draw_squares(squares, Shades(DIVERGING, Normalize(-reach, reach), signed), width)
        bar.ax.axvline(0, color=INK, linewidth=1)
        bar.set_ticks([-reach, 0, reach], labels=[f"−{reach:.2f}", "0", f"+{reach:.2f}"])
        bar.set_label(f"accuracy in {names[1]} less that in {names[0]}     ●  told apart in one only")
    return figure


def signed(value: float) -> str:
    """A difference of accuracies as it is printed on its square.

    >>> signed(-0.1), signed(0.25), signed(-0.001)
    ('−.10', '+.25', '0')
    """
    if abs(value) < 0.005:
        return "0"
    sign = "−" if value < 0 else "+"
    size = f"{abs(value) + 1e-9:.2f}"
    return sign + (size[1:] if size.startswith("0") else size)


def _told(separability: pd.DataFrame, alpha: float) -> pd.DataFrame:
    require_columns(separability, NEEDED, "the separability table")
    table = with_pair(separability)
    table["accuracy"] = pd.to_numeric(table["accuracy"])
    table["told_apart"] = significance(table)[0] <= alpha
    return table[[*PLACE, "accuracy", "told_apart"]].astype({"labelling": str})
