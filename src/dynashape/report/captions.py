"""Figures and tables with their words, which stand in `templates/captions.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from dynashape.report.elements import FigureElement, TableElement


@dataclass(frozen=True)
class Drawing:
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

    figures: tuple[Drawing, ...] = ()
    tables: tuple[TableElement, ...] = ()


def figure(entry: str, draw: Callable[[], Figure], table: pd.DataFrame, suffix: str = "", **facts: Any) -> Drawing:
    """The figure of an entry of the captions, with these facts in its words; `suffix` tells several of it apart."""
    title, caption, alternative = (words(entry, part, facts) for part in ("title", "caption", "alternative"))
    return Drawing(f"{entry}{suffix}", title, caption, alternative, draw, table)


def table(name: str, content: pd.DataFrame, entry: str = "", **facts: Any) -> TableElement:
    """The table of this name, with the words of its entry of the captions (`table_NAME` unless another is named)."""
    entry = f"table_{entry or name}"
    return TableElement(name, words(entry, "title", facts), content, words(entry, "caption", facts))


def words(entry: str, part: str, facts: Mapping[str, object]) -> str:
    """A text of the captions with facts in its braces; KeyError where a fact is missing."""
    return _captions()[entry][part].format(**facts)


@cache
def _captions() -> dict[str, dict[str, str]]:
    return tomllib.loads(
        resources.files(__package__).joinpath("templates", "captions.toml").read_text(encoding="utf-8")
    )
