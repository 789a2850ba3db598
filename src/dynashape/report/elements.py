"""What a report is made of: small frozen values that say what to show, and nothing about how it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd
from jaxtyping import Float

from dynashape.records import Array


@dataclass(frozen=True)
class Headline:
    """One number that the report opens with: `value` as printed, what it is, and how sure it is.

    >>> Headline("1.00", "input separation", "chance .63, 72 of 72 comparisons").value
    '1.00'
    """

    value: str
    label: str
    detail: str = ""


@dataclass(frozen=True)
class ClaimElement:
    """A claim of the paper beside what this study finds; `rule` says when it counts as supported.

    >>> ClaimElement("Input matters more.", "Found here too", "input dominates", "the interval lies above zero").outcome
    'Found here too'
    """

    claim: str
    outcome: str
    finding: str
    rule: str


@dataclass(frozen=True)
class FigureElement:
    """A drawn figure: its SVG, a caption (what is plotted, n, the test), a text alternative, the table behind it.

    >>> FigureElement("figure1", "The tasks", "<svg/>", "One trial of each task.", "Four rows of traces.").name
    'figure1'
    """

    name: str
    title: str
    svg: str
    caption: str
    alternative: str
    table: pd.DataFrame | None = None


@dataclass(frozen=True)
class TableElement:
    """A table with its caption.

    >>> TableElement("networks", "The networks", pd.DataFrame({"task": ["CDM"]}), "One row a network.").name
    'networks'
    """

    name: str
    title: str
    table: pd.DataFrame
    caption: str = ""


@dataclass(frozen=True)
class Notice:
    """Something a reader must know before believing a number; `about` names the figure or table it belongs to.

    >>> Notice("2 of 60 networks are below the criterion.", about="networks").level
    'warning'
    """

    text: str
    about: str = ""
    level: Literal["warning", "note"] = "warning"


@dataclass(frozen=True)
class MethodsSection:
    """One step of the method in words.

    >>> MethodsSection("Tasks", ("Four tasks were used.",)).title
    'Tasks'
    """

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Explorer:
    """The tables behind the interactive part; what is None is left out of it.

    `separability` has one row a comparison and labelling; `embeddings` one row a point of a comparison's map;
    `distances` maps (architecture, phase) to a square matrix in the order of `systems` (task, condition, seed);
    `networks` gives the accuracy that hovering shows; `meta` the points of the meta-clustering.
    """

    separability: pd.DataFrame
    embeddings: pd.DataFrame | None = None
    distances: Mapping[tuple[str, str], Float[Array, "systems systems"]] | None = None
    systems: pd.DataFrame | None = None
    networks: pd.DataFrame | None = None
    meta: pd.DataFrame | None = None


@dataclass(frozen=True)
class ReportContent:
    """Everything that a report says, in the order in which it says it.

    >>> ReportContent("A study", "Input dominates.").figures
    ()
    """

    title: str
    verdict: str
    details: Sequence[str] = ()
    headlines: Sequence[Headline] = ()
    claims: Sequence[ClaimElement] = ()
    explorer: Explorer | None = None
    figures: Sequence[FigureElement] = ()
    tables: Sequence[TableElement] = ()
    methods: Sequence[MethodsSection] = ()
    notices: Sequence[Notice] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
