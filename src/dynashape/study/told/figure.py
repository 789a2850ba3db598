"""Figures and tables of a study with their words, which stand in `captions.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from dynashape.figures import to_bytes
from dynashape.report import FigureElement, TableElement
from dynashape.store import write_atomic

FORMATS = ("png", "svg", "pdf")


@dataclass(frozen=True)
class StudyFigure:
    """A figure that is not drawn yet: its name and words, how it is drawn, and the table behind it."""

    name: str
    title: str
    caption: str
    alternative: str
    draw: Callable[[], Figure]
    table: pd.DataFrame

    def as_element(self, svg: str) -> FigureElement:
        """The figure as a report shows it."""
        return FigureElement(self.name, self.title, svg, self.caption, self.alternative, self.table)


@dataclass(frozen=True)
class Section:
    """What one analysis adds to a report."""

    figures: tuple[StudyFigure, ...] = ()
    tables: tuple[TableElement, ...] = ()


def figure(entry: str, draw: Callable[[], Figure], table: pd.DataFrame, suffix: str = "", **facts: Any) -> StudyFigure:
    """The figure of an entry of the captions, with these facts in its words; `suffix` tells several of it apart."""
    title, caption, alternative = (words(entry, part, facts) for part in ("title", "caption", "alternative"))
    return StudyFigure(f"{entry}{suffix}", title, caption, alternative, draw, table)


def table(name: str, content: pd.DataFrame, entry: str = "", **facts: Any) -> TableElement:
    """The table of this name, with the words of its entry of the captions (`table_NAME` unless another is named)."""
    entry = f"table_{entry or name}"
    return TableElement(name, words(entry, "title", facts), content, words(entry, "caption", facts))


def words(entry: str, part: str, facts: Mapping[str, Any]) -> str:
    """A text of the captions with facts in its braces; KeyError where a fact is missing."""
    return _captions()[entry][part].format(**facts)


@cache
def _captions() -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files(__package__).joinpath("captions.toml").read_text(encoding="utf-8"))


def write_figures(figures: Iterable[StudyFigure], directory: Path) -> list[FigureElement]:
    """Draw figures, write each as PNG, SVG and PDF into the folder, and return them for the report."""
    directory.mkdir(exist_ok=True)
    drawn = []
    for wish in figures:
        own = wish.draw()
        content = {suffix: to_bytes(own, suffix) for suffix in FORMATS}
        for suffix, picture in content.items():
            write_atomic(directory / f"{wish.name}.{suffix}", picture)
        drawn.append(wish.as_element(content["svg"].decode()))
    return drawn
