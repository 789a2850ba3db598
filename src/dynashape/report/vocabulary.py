"""The words, order and colours of the study for the page's scripts, so that none of them is written down there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dynashape.records import ALPHA, ANALYSES, READING_ORDER, SHORT_NAMES, SHOWN_PHASE, Code, Labelling, task_pair
from dynashape.records.appearance import (
    ANALYSIS_COLOURS,
    ARCHITECTURE_COLOURS,
    ARCHITECTURE_MARKERS,
    CONDITION_FILLS,
    LABELLING_COLOURS,
    NEARNESS_COLOURS,
    PHASE_COLOURS,
    SPARE_COLOURS,
    SPARE_MARKERS,
    TASK_COLOURS,
    TASK_MARKERS,
    TASK_PAIR_COLOURS,
    Marker,
)
from dynashape.report.inline_svg import THEME_COLOURS


@dataclass(frozen=True)
class Vocabulary:
    """What `DATA.words` is in the page's scripts: names by what they name, colours and markers by factor and level."""

    order: Sequence[str]
    short: Mapping[str, str]
    analyses: Mapping[str, str]
    # From the two names of a pair of tasks, joined by a hyphen, to the name of the pair.
    task_pairs: Mapping[str, str]
    shown_phase: str
    alpha: float
    ok: str
    colours: Mapping[str, Mapping[str, str]]
    spare_colours: Sequence[str]
    markers: Mapping[str, Mapping[str, Marker]]
    spare_markers: Sequence[Marker]
    fills: Mapping[str, str]
    # The labelling that both analyses share is dotted, in plotly's words.
    dashes: Mapping[str, str]
    nearness: Sequence[str]
    # What takes the place of a colour that would not show on a dark page.
    themed: Mapping[str, str]


def build_vocabulary(tables: Iterable[pd.DataFrame]) -> Vocabulary:
    """The vocabulary of a page that shows these tables."""
    return Vocabulary(
        order=READING_ORDER,
        short=SHORT_NAMES,
        analyses={str(analysis.number): analysis.words for analysis in ANALYSES},
        task_pairs=name_task_pairs(tables),
        shown_phase=SHOWN_PHASE,
        alpha=ALPHA,
        ok=Code.OK,
        colours={
            "analysis": ANALYSIS_COLOURS,
            "architecture": ARCHITECTURE_COLOURS,
            "phase": PHASE_COLOURS,
            "pair": TASK_PAIR_COLOURS,
            "labelling": LABELLING_COLOURS,
            "task": TASK_COLOURS,
        },
        spare_colours=SPARE_COLOURS,
        markers={"architecture": ARCHITECTURE_MARKERS, "task": TASK_MARKERS},
        spare_markers=SPARE_MARKERS,
        fills=CONDITION_FILLS,
        dashes={Labelling.TASK: "dot"},
        nearness=NEARNESS_COLOURS,
        themed=THEME_COLOURS,
    )


def name_task_pairs(tables: Iterable[pd.DataFrame]) -> dict[str, str]:
    """The name of every pair of tasks in these tables, from its two names joined by a hyphen.

    >>> name_task_pairs([pd.DataFrame({"task_a": ["PR", "mine"], "task_b": ["CDM", "PR"]})])
    {'PR-CDM': 'CDM-PR', 'mine-PR': 'mine-PR'}
    """
    found: dict[str, str] = {}
    for table in tables:
        if {"task_a", "task_b"} <= set(table):
            found |= {f"{a}-{b}": task_pair(a, b) for a, b in zip(table["task_a"], table["task_b"], strict=True)}
        elif "task_pair" in table:
            found |= {name: task_pair(*name.split("-", 1)) for name in map(str, table["task_pair"]) if "-" in name}
    return found
