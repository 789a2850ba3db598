"""One theme for every figure: journal widths, type, and colours that stay apart for colour-blind eyes and in grey.

Colour never carries a meaning alone: tasks also have marker shapes, conditions have fills, and lines have dashes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from dynashape.errors import InputError, unknown_name
from dynashape.figures.panels import write
from dynashape.records.appearance import (
    FAINT,
    INK,
    MUTED,
    NEARNESS_COLOURS,
    PAPER,
    SEQUENTIAL_COLOURS,
    SPARE_COLOURS,
    SPARE_MARKERS,
    Marker,
)

MILLIMETRE = 1 / 25.4
DOUBLE_COLUMN = 183 * MILLIMETRE
"""Width of a figure in two columns of a journal, in inches."""

# For words on coloured squares, which keep their colour: almost PAPER, but never swapped, and black, since on blues of
# middle lightness nothing between the two has a contrast of 4.5.
ON_DARK = "#fefefe"
ON_LIGHT = "#000000"

SEQUENTIAL = LinearSegmentedColormap.from_list("dynashape", SEQUENTIAL_COLOURS)
NEARNESS = LinearSegmentedColormap.from_list("nearness", NEARNESS_COLOURS)
# Differences: blue below zero, brown above, both ends equally dark, a pair that every colour-blind eye tells apart.
DIVERGING = LinearSegmentedColormap.from_list("difference", ["#123a6b", "#5b9bc9", "#f3f4f6", "#d99a4e", "#7a3d07"])

THEME: Mapping[str, object] = {
    # DejaVu Sans ships with matplotlib, so a figure is laid out alike on every machine.
    "font.family": ["DejaVu Sans"],
    "font.size": 6.5,
    "axes.titlesize": 7,
    "axes.titleweight": "regular",
    "axes.labelsize": 6.5,
    "xtick.labelsize": 6,
    "ytick.labelsize": 6,
    "legend.fontsize": 6,
    "figure.titlesize": 8,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.2,
    "ytick.major.size": 2.2,
    "xtick.major.pad": 2,
    "ytick.major.pad": 2,
    "axes.labelpad": 2.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "lines.linewidth": 0.9,
    "lines.markersize": 3,
    "legend.frameon": False,
    "legend.handlelength": 1.4,
    "legend.handletextpad": 0.5,
    "legend.columnspacing": 1.2,
    "legend.borderaxespad": 0.2,
    "hatch.linewidth": 0.4,
    # Text stays text: it can be searched, read aloud and edited; a PDF embeds the TrueType outlines.
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    # Without a fixed salt the ids inside an SVG differ from run to run.
    "svg.hashsalt": "dynashape",
}

FORMATS: tuple[str, ...] = ("png", "svg", "pdf")
_WORDS = re.compile(rb">[^<\n]*</(?:text|tspan)>")
_SPACES = re.compile(rb"  +")
_NO_BREAK = "\N{NO-BREAK SPACE}".encode()


@contextmanager
def theme() -> Iterator[None]:
    """The house theme inside the block, the caller's own settings after it.

    >>> with theme():
    ...     float(mpl.rcParams["font.size"])
    6.5
    """
    with mpl.rc_context(dict(THEME)):
        yield


def new_figure(width: float, height: float, gap: float = 2.0) -> Figure:
    """An empty figure of this size in inches, laid out so that nothing overlaps, with `gap` points around each panel.

    It belongs to no pyplot window, so thousands can be drawn without one leaking.

    >>> float(new_figure(3.5, 2.0).get_figwidth())
    3.5
    """
    layout = ConstrainedLayoutEngine(w_pad=gap / 72, h_pad=gap / 72, wspace=0.015 * gap, hspace=0.015 * gap)
    return Figure(figsize=(width, height), layout=layout, facecolor=PAPER)


def to_bytes(figure: Figure, format: str = "svg", dpi: int = 300) -> bytes:
    """Turn a figure into the bytes of a file; the same figure always gives the same bytes.

    Dates and random ids are left out, because a figure that changes at every run cannot be compared or cached. The
    first call settles the layout for good, since laying out takes longer than drawing.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    format : {"svg", "png", "pdf"}, default "svg"
        The format of the file.
    dpi : int, default 300
        Pixels an inch, of a PNG and of images inside the other formats.

    Returns
    -------
    bytes
        The contents of the file.

    Raises
    ------
    InputError
        For another format.

    Examples
    --------
    >>> to_bytes(new_figure(1.0, 1.0), "png")[1:4]
    b'PNG'
    """
    if format not in FORMATS:
        raise InputError(unknown_name("figure format", format, FORMATS))
    metadata: dict[str, dict[str, object]] = {
        "png": {"Software": "dynashape"},
        "svg": {"Date": None, "Creator": "dynashape"},
        "pdf": {"CreationDate": None, "ModDate": None, "Creator": "dynashape", "Producer": "dynashape"},
    }
    buffer = io.BytesIO()
    with theme():
        if isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine):
            figure.draw_without_rendering()
            figure.set_layout_engine("none")
        figure.savefig(buffer, format=format, dpi=dpi, metadata=metadata[format])
    if format == "svg":
        # Without the font, a browser would fall back to a serif face; Verdana has the same widths.
        drawn = buffer.getvalue().replace(b"'DejaVu Sans'", b"'DejaVu Sans', Verdana, sans-serif")
        # A browser draws several spaces as one.
        return _WORDS.sub(lambda words: _SPACES.sub(lambda gap: _NO_BREAK * len(gap[0]), words[0]), drawn)
    return buffer.getvalue()


def colour_of(kind: Mapping[str, str], name: str, position: int = 0) -> str:
    """The colour of a name, and for a name of the user's own a spare one by its position.

    >>> from dynashape.records.appearance import TASK_COLOURS
    >>> colour_of(TASK_COLOURS, "CDM"), colour_of(TASK_COLOURS, "MyTask", 1)
    ('#0072b2', '#d55e00')
    """
    return kind.get(name, SPARE_COLOURS[position % len(SPARE_COLOURS)])


def marker_of(kind: Mapping[str, Marker], name: str, position: int = 0) -> str:
    """The marker of a name, and for a name of the user's own a spare one by its position.

    >>> from dynashape.records.appearance import TASK_MARKERS
    >>> marker_of(TASK_MARKERS, "GNG")
    's'
    """
    return kind.get(name, SPARE_MARKERS[position % len(SPARE_MARKERS)]).matplotlib


def label_panel(axes: Axes, letter: str, dx: float = -2.0, dy: float = 3.0) -> None:
    """A bold panel letter at the upper left corner of the axes, moved by (dx, dy) points."""
    style = {"fontsize": 9, "fontweight": "bold", "ha": "right", "va": "bottom", "annotation_clip": False}
    write(axes, letter, (0, 1), (dx, dy), xycoords="axes fraction", **style)


def bare(axes: Axes) -> None:
    """No ticks and no spines: for maps whose axes have no unit."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def framed(axes: Axes) -> None:
    """A thin frame on all four sides and no ticks: for small maps that stand in a grid."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(FAINT)
        spine.set_linewidth(0.5)
