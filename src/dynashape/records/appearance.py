"""The colours and markers of known names and of the theme, for figures and report alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

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
TASK_PAIR_COLOURS: Mapping[str, str] = {
    "CDM-PR": "#4477aa",
    "CDM-DC": "#66ccee",
    "CDM-GNG": "#228833",
    "DC-PR": "#ccbb44",
    "DC-GNG": "#ee6677",
    "PR-GNG": "#aa3377",
}
CONDITION_COLOURS: Mapping[str, str] = {"untrained": "#b4bcc8", "trained": "#566580", "noise": "#d55e00"}
# Tol's "high contrast" triple, made for grey prints.
ARCHITECTURE_COLOURS: Mapping[str, str] = {"V-RNN": "#1f78b4", "GRU": "#bb5566", "LSTM": "#ddaa33"}
PHASE_COLOURS: Mapping[str, str] = {
    "fixation": "#a9b0bb",
    "stimulus": "#e8912d",
    "delay": "#4ba36b",
    "decision": "#8e5ea8",
}
LABELLING_COLOURS: Mapping[str, str] = {"task": "#7c8798", "training": "#3a9bdc", "input": "#d55e00"}
ANALYSIS_COLOURS: Mapping[str, str] = {"1": LABELLING_COLOURS["training"], "2": LABELLING_COLOURS["input"]}
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
ARCHITECTURE_MARKERS: Mapping[str, Marker] = {"V-RNN": CIRCLE, "GRU": SQUARE, "LSTM": TRIANGLE}
LABELLING_MARKERS: Mapping[str, Marker] = {"task": DIAMOND, "training": CIRCLE, "input": SQUARE}
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


CONDITION_FILLS: Mapping[str, Fill] = {"untrained": Fill.OPEN, "trained": Fill.FULL, "noise": Fill.HALF}
