"""What a report is made of: small frozen values that say what to show, and nothing about how it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from dynashape.distances import Distances


@dataclass(frozen=True)
class KeyNumber:
    """A number with which the report opens.

    Attributes
    ----------
    value : str
        The number as it is printed.
    label : str
        What it is.
    detail : str
        How sure it is.

    Examples
    --------
    >>> KeyNumber("1.00", "input separation", "chance .63, 72 of 72 comparisons").value
    '1.00'
    """

    value: str
    label: str
    detail: str = ""


@dataclass(frozen=True)
class ClaimElement:
    """A claim of the paper beside what this study finds.

    Attributes
    ----------
    claim : str
        What the paper says.
    outcome : str
        Whether it is found here, in words.
    finding : str
        What is found here.
    rule : str
        When the claim counts as found.

    Examples
    --------
    >>> ClaimElement("Input matters more.", "Found here too", "input dominates", "the interval is above zero").outcome
    'Found here too'
    """

    claim: str
    outcome: str
    finding: str
    rule: str


@dataclass(frozen=True)
class FigureElement:
    """A figure that is drawn.

    Attributes
    ----------
    name : str
        A name for links and files, which no other figure of the report has.
    title : str
        The heading above the figure.
    svg : str
        The text of an SVG file.
    caption : str
        What is plotted, the number of systems and the test.
    alternative : str
        What can be seen, for readers who cannot see it.
    table : DataFrame or None
        The numbers behind the figure.

    Examples
    --------
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

    Attributes
    ----------
    name : str
        A name for links and files, which no other table of the report has.
    title : str
        The heading above the table.
    table : DataFrame
        The table itself.
    caption : str
        What a row is, and what its columns mean.

    Examples
    --------
    >>> TableElement("networks", "The networks", pd.DataFrame({"task": ["CDM"]}), "One row a network.").name
    'networks'
    """

    name: str
    title: str
    table: pd.DataFrame
    caption: str = ""


@dataclass(frozen=True)
class Notice:
    """A warning that a reader must know before believing a number.

    Attributes
    ----------
    text : str
        The warning.
    about : str
        The name of the figure or table at which it is also shown.

    Examples
    --------
    >>> Notice("2 of 60 networks are below the criterion.", about="networks").about
    'networks'
    """

    text: str
    about: str = ""


@dataclass(frozen=True)
class MethodsSection:
    """A step of the method in words.

    Attributes
    ----------
    title : str
        The name of the step.
    paragraphs : tuple of str
        What was done.

    Examples
    --------
    >>> MethodsSection("Tasks", ("Four tasks were used.",)).title
    'Tasks'
    """

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Explorer:
    """The tables behind the interactive part; what is None is left out of it.

    Attributes
    ----------
    separability : DataFrame
        One row a comparison and labelling, with at least the columns analysis, architecture, phase, task_a, task_b,
        labelling and accuracy.
    embeddings : DataFrame or None
        One row a point of a comparison's MDS map.
    distances : mapping of (str, str) to Distances, optional
        The distances of each architecture and phase, with the labels task, condition and seed.
    networks : DataFrame or None
        The accuracy of each network (architecture, task, seed), which hovering shows.
    meta : DataFrame or None
        The points of the meta-clustering.
    """

    separability: pd.DataFrame
    embeddings: pd.DataFrame | None = None
    distances: Mapping[tuple[str, str], Distances] | None = None
    networks: pd.DataFrame | None = None
    meta: pd.DataFrame | None = None


@dataclass(frozen=True)
class ReportContent:
    """Everything that a report says, in the order in which it says it.

    Attributes
    ----------
    title : str
        The name of the study.
    verdict : str
        The result in one sentence.
    details : sequence of str
        Paragraphs that follow the verdict.
    key_numbers : sequence of KeyNumber
        The numbers below them.
    claims : sequence of ClaimElement
        The claims of the paper beside what is found.
    explorer : Explorer or None
        The interactive part.
    figures, tables, methods, notices : sequences of elements
        The parts after it.
    parameters : mapping
        The resolved specification.
    provenance : mapping
        The software, seeds and keys behind the numbers.

    Examples
    --------
    >>> ReportContent("A study", "Input dominates.").figures
    ()
    """

    title: str
    verdict: str
    details: Sequence[str] = ()
    key_numbers: Sequence[KeyNumber] = ()
    claims: Sequence[ClaimElement] = ()
    explorer: Explorer | None = None
    figures: Sequence[FigureElement] = ()
    tables: Sequence[TableElement] = ()
    methods: Sequence[MethodsSection] = ()
    notices: Sequence[Notice] = ()
    parameters: Mapping[str, object] = field(default_factory=dict)
    provenance: Mapping[str, object] = field(default_factory=dict)
