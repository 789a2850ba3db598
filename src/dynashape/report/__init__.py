"""Results in, one offline HTML file out: the verdict first, then what can be questioned, then how it was done."""

from dynashape.report.elements import (
    ClaimElement,
    Explorer,
    FigureElement,
    KeyNumber,
    MethodsSection,
    Notice,
    ReportContent,
    TableElement,
)
from dynashape.report.methods import describe_methods
from dynashape.report.render import render_report
from dynashape.report.side_by_side import lay_side_by_side

__all__ = [
    "ClaimElement",
    "Explorer",
    "FigureElement",
    "KeyNumber",
    "MethodsSection",
    "Notice",
    "ReportContent",
    "TableElement",
    "describe_methods",
    "lay_side_by_side",
    "render_report",
]
