"""The colours and markers of known names and of the theme, for figures and report alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dynashape.records.analyses import ANALYSES, Labelling
from dynashape.records.reading_order import ARCHITECTURE_ORDER, TASK_PAIR_ORDER
from dynashape.records.systems import CONDITIONS, PHASES

# The report swaps these (and the darkest blue) for its own variables, so that a figure follows it into dark mode.
INK = "#1f2430"
MUTED = "#646b78"
FAINT = "#d3d8e0"
SHADE = "#eef1f5"
PAPER = "#ffffff"
BLUE = "#0072b2"

# Okabe and Ito (2008), with lightness spread so that a grey print keeps the order.
TASK_COLOURS: Mapping[str, str] = {"CDM": BLUE, "GNG": "#f0a30a", "DC": "#009e73", "PR": "#cc79a7"}
# Tol's "bright" scheme.
TASK_PAIR_COLOURS: Mapping[str, str] = dict(
    zip(TASK_PAIR_ORDER, ("#4477aa", "#66ccee", "#228833", "#ccbb44", "#ee6677", "#aa3377"), strict=True)
)
CONDITION_COLOURS: Mapping[str, str] = dict(zip(CONDITIONS, ("#b4bcc8", "#566580", "#d55e00"), strict=True))
# Tol's "high contrast" triple, made for grey prints.
ARCHITECTURE_COLOURS: Mapping[str, str] = dict(zip(ARCHITECTURE_ORDER, ("#1f78b4", "#bb5566", "#ddaa33"), strict=True))
PHASE_COLOURS: Mapping[str, str] = dict(zip(PHASES, ("#a9b0bb", "#e8912d", "#4ba36b", "#8e5ea8"), strict=True))
LABELLING_COLOURS: Mapping[str, str] = {
    Labelling.TASK: "#7c8798",
    Labelling.TRAINING: "#3a9bdc",
    Labelling.INPUT: "#d55e00",
}
ANALYSIS_COLOURS: Mapping[str, str] = {
    str(analysis.number): LABELLING_COLOURS[analysis.told_apart_by] for analysis in ANALYSES
}
# For names that are not known, in the order in which they come.
SPARE_COLOURS: tuple[str, ...] = (
    BLUE,
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#f0a30a",
    "#56b4e9",
    "#8e5ea8",
    "#7c8798",
)
# Light to dark with even steps in lightness; the light end is still visible on white.
SEQUENTIAL_COLOURS: tuple[str, ...] = ("#f3f6fa", "#bcd5e8", "#6aa7cf", "#2b6ca8", "#123a6b")
# Distances from near to far: near is dark, as in most published dissimilarity matrices.
NEARNESS_COLOURS: tuple[str, ...] = ("#123a6b", "#3f83b8", "#9cc5df", "#eef4f9")


@dataclass(frozen=True)
class Marker:
    """One shape of marker: its names in matplotlib and in plotly, and a character that looks like it."""

    matplotlib: str
    plotly: str
    character: str


CIRCLE = Marker("o", "circle", "●")
SQUARE = Marker("s", "square", "■")
TRIANGLE = Marker("^", "triangle-up", "▲")
DIAMOND = Marker("D", "diamond", "◆")

TASK_MARKERS: Mapping[str, Marker] = {"CDM": CIRCLE, "GNG": SQUARE, "DC": TRIANGLE, "PR": DIAMOND}
ARCHITECTURE_MARKERS: Mapping[str, Marker] = dict(zip(ARCHITECTURE_ORDER, (CIRCLE, SQUARE, TRIANGLE), strict=True))
LABELLING_MARKERS: Mapping[str, Marker] = {
    Labelling.TASK: DIAMOND,
    Labelling.TRAINING: CIRCLE,
    Labelling.INPUT: SQUARE,
}
# For names that are not known, in the order in which they come.
SPARE_MARKERS: tuple[Marker, ...] = (
    CIRCLE,
    SQUARE,
    TRIANGLE,
    DIAMOND,
    Marker("v", "triangle-down", "▼"),
    Marker("P", "cross", "✚"),
    Marker("X", "x", "✖"),
    Marker("*", "star", "★"),
)


class Fill(StrEnum):
    """How a marker is filled; the value is what plotly appends to the marker's name."""

    FULL = ""
    OPEN = "-open"
    HALF = "-open-dot"


CONDITION_FILLS: Mapping[str, Fill] = dict(zip(CONDITIONS, (Fill.OPEN, Fill.FULL, Fill.HALF), strict=True))
