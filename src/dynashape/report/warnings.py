"""What a reader must know before believing the numbers: failed units, networks below criterion, limits of rank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, runtime_checkable

import pandas as pd

from dynashape.inference.study.choice import Choice
from dynashape.records import Code
from dynashape.report.elements import Notice
from dynashape.tasks import Survey, compare_go_cues


@runtime_checkable
class Found(Protocol):
    """What warnings are found in: the tables of a study, and what the trials of its tasks show."""

    @property
    def surveys(self) -> Mapping[str, Survey]:
        """What the trials of each task show."""

    @property
    def networks(self) -> pd.DataFrame:
        """One row a network."""

    @property
    def operators(self) -> pd.DataFrame:
        """One row a system."""

    @property
    def alignments(self) -> pd.DataFrame:
        """One row an architecture and phase."""

    @property
    def scale(self) -> pd.DataFrame:
        """One row an architecture and phase."""

    @property
    def selection(self) -> Choice | None:
        """The delays and rank that were chosen, if any were."""

    @property
    def separability(self) -> pd.DataFrame:
        """One row a comparison and labelling."""


def find_warnings(results: Found, failures: Mapping[str, str]) -> list[Notice]:
    """Every warning, each with the figure or table it belongs to."""
    return [
        *(Notice(f"{unit}: {message}") for unit, message in failures.items()),
        *_tasks(results.surveys),
        *_below_criterion(results.networks),
        *_selection(results.selection),
        *_operators(results.operators),
        *_blind(results.scale, chosen=results.selection is not None),
        *_alignments(results.alignments),
        *_comparisons(results.separability),
    ]


def _tasks(surveys: Mapping[str, Survey]) -> Iterator[Notice]:
    said = [sentence for survey in surveys.values() for sentence in survey.sentences]
    yield from (Notice(sentence, about="tasks") for sentence in (*said, compare_go_cues(surveys.values())) if sentence)


def _below_criterion(networks: pd.DataFrame) -> Iterator[Notice]:
    if networks.empty:
        return
    for row in networks[~networks["reached"].astype(bool)].itertuples():
        yield Notice(
            f"{row.architecture} on {row.task}, seed {row.seed}, is below its criterion with accuracy "
            f"{row.accuracy:.3f}: {row.message}",
            about="networks",
        )


def _selection(selection: Choice | None) -> Iterator[Notice]:
    if selection is not None and not selection.status.ok:
        yield Notice(
            f"{selection.n_delays} delays and rank {selection.rank} were chosen by {selection.criterion}, with doubts: "
            f"{selection.status.message}.",
            about="selection",
        )


def _blind(scale: pd.DataFrame, chosen: bool) -> Iterator[Notice]:
    if scale.empty:
        return
    remedy = "give more activity.n_trials or networks.n_units" if chosen else "try a lower dsa.rank, or dsa.rank=auto"
    for row in scale[scale["blind"]].itertuples():
        yield Notice(
            f"{row.architecture}, {row.phase}: halves of networks of different tasks are farther apart than halves of "
            f"one network in {row.auc:.0%} of comparisons (50 % is blind), so that distances depend on which units "
            f"were seen; {remedy}.",
            about="scale",
        )


def _operators(operators: pd.DataFrame) -> Iterator[Notice]:
    if operators.empty:
        return
    troubled = operators[operators["status"] != Code.OK]
    for (architecture, phase, status), part in troubled.groupby(["architecture", "phase", "status"], sort=False):
        yield Notice(
            f"{architecture}, {phase}: {len(part)} operators are {status}; {part['message'].iloc[0]}", about="distances"
        )


def _alignments(alignments: pd.DataFrame) -> Iterator[Notice]:
    if alignments.empty:
        return
    # One sentence, since a few pairs of every architecture and phase are common; the table has the number of each.
    lost = alignments["n_aligned"] - alignments["n_converged"]
    if lost.sum() > 0:
        worst = alignments.loc[lost.idxmax()]
        yield Notice(
            f"{lost.sum()} of {alignments['n_aligned'].sum()} alignments did not converge, most in "
            f"{worst['architecture']}, {worst['phase']} ({lost.max()} of {worst['n_aligned']}); "
            "a larger effort (dsa.effort=thorough) tries harder.",
            about="distances",
        )


def _comparisons(separability: pd.DataFrame) -> Iterator[Notice]:
    if separability.empty:
        return
    lost = separability[separability["status"] != Code.OK].drop_duplicates(
        ["analysis", "architecture", "phase", "task_a", "task_b"]
    )
    for row in lost.itertuples():
        yield Notice(
            f"{row.architecture}, {row.phase}, {row.task_a} and {row.task_b}, analysis {row.analysis}: {row.message}",
            about="separability",
        )
