"""Results in, one offline HTML file out: the verdict first, then what can be questioned, then how it was done."""

from dynashape.report.elements import (
    Explorer,
    FigureElement,
    Headline,
    MethodsSection,
    Notice,
    ReportContent,
    TableElement,
)
from dynashape.report.methods import describe_methods
from dynashape.report.render import render_report

__all__ = [
    "Explorer",
    "FigureElement",
    "Headline",
    "MethodsSection",
    "Notice",
    "ReportContent",
    "TableElement",
    "describe_methods",
    "render_report",
]
