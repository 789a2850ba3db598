"""Everything a study has found so far, read from its store: records where they say most, tables where rows do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd

from dynashape.distances import Distances
from dynashape.inference.study.choice import Choice
from dynashape.inference.study.network_tables import tabulate_networks, tabulate_psychometric, tabulate_training
from dynashape.inference.study.operator_tables import tabulate_eigenvalues, tabulate_operators
from dynashape.inference.study.rows import embedding_rows, separability_rows
from dynashape.steps import Reader, Step
from dynashape.study.found import tables
from dynashape.study.found.bounds import read_bounds, read_scale
from dynashape.study.work.align import Align, AlignmentCounts, join_tiles
from dynashape.study.work.compare import read_comparisons
from dynashape.study.work.conclude import Conclusions
from dynashape.study.work.meta_cluster import MetaClustered, TooFewPoints
from dynashape.study.work.plan import Analysed, Plan
from dynashape.tasks import Survey
from dynashape.training import TrainedNetwork

S = TypeVar("S", bound=Step[Any])


@dataclass(frozen=True)
class ComparedTables:
    """What comparisons show: a row a labelling, a row a point of a map, and what is concluded, if anything is."""

    separability: pd.DataFrame
    embeddings: pd.DataFrame
    conclusions: Conclusions | None


@dataclass(frozen=True)
class Results(ComparedTables):
    """All that a study has found. What is not computed yet is missing from the tables, never filled in.

    Attributes
    ----------
    separability, embeddings, networks, training, psychometric, operators, eigenvalues : DataFrame
        Tables that a run writes.
    alignments, bounds, scale : DataFrame
        The tables of these names that a run writes.
    distances : mapping of (str, str) to Distances
        The labelled distances of each architecture and phase.
    conclusions : Conclusions or None
        The corrected `family` of tests, the `headline` and the `claims` of the paper.
    selection : Choice or None
        The delays and rank that were chosen, where the study leaves them open.
    meta : MetaClustered, TooFewPoints or None
        The groups of comparisons, or why there are none.
    meta_points : DataFrame
        The points of the meta-clustering.
    surveys : mapping of str to Survey
        What the trials of each task show.
    """

    networks: pd.DataFrame
    training: pd.DataFrame
    psychometric: pd.DataFrame
    operators: pd.DataFrame
    eigenvalues: pd.DataFrame
    distances: Mapping[tables.Cell, Distances]
    alignments: pd.DataFrame
    bounds: pd.DataFrame
    scale: pd.DataFrame
    selection: Choice | None
    meta: MetaClustered | TooFewPoints | None
    meta_points: pd.DataFrame
    surveys: Mapping[str, Survey]

    @property
    def selected(self) -> pd.DataFrame:
        """The table `selection`: one row a candidate of delays and rank; empty where the study names them."""
        return pd.DataFrame() if self.selection is None else self.selection.table


def read_results(plan: Plan, read: Reader) -> Results:
    """Read everything that a study has found so far.

    Parameters
    ----------
    plan, read
        The plan of the study and the reader of its store, as `open_study` gives them for a folder.

    Returns
    -------
    Results
        Records and tables.
    """
    networks = read_networks(plan, read)
    examined = {
        (step.train.architecture, step.train.task.name, network.seed): network
        for step in _done(plan.examines, read)
        for network in read(step)
    }
    summaries = {system: summary for fit in _done(plan.final.fits, read) for system, summary in read(fit).items()}
    joined = read_distances(plan, read)
    distances = {cell: square for cell, (square, _) in joined.items()}
    bounds = read_bounds(plan.halves, plan.unit_halves, read, distances)
    choice = plan.choice
    selection = read(choice) if choice is not None and read.has(choice) else None
    meta = read(plan.meta_cluster) if read.has(plan.meta_cluster) else None
    return Results(
        **vars(read_compares(plan.final, read)),
        networks=tabulate_networks(networks, examined),
        training=tabulate_training(networks),
        psychometric=tabulate_psychometric(examined),
        operators=tabulate_operators(summaries),
        eigenvalues=tabulate_eigenvalues(summaries),
        distances=distances,
        alignments=tables.tabulate_alignments({cell: counts for cell, (_, counts) in joined.items()}),
        bounds=bounds,
        scale=read_scale(plan.unit_halves, read, bounds),
        selection=selection,
        meta=meta,
        meta_points=tables.tabulate_meta(meta),
        surveys={survey.name: read(survey) for survey in _done(plan.surveys, read)},
    )


def read_networks(plan: Plan, read: Reader) -> list[TrainedNetwork]:
    """The networks that are trained."""
    return [network for train in _done(plan.trains, read) for network in read(train)]


def read_compares(steps: Analysed, read: Reader) -> ComparedTables:
    """The comparisons that are done, with corrected p-values once all are and the study has concluded."""
    done = _done(steps.compares, read)
    comparisons = read_comparisons(done, read)
    systems = {key: systems for step in done for key, systems in step.systems.items()}
    concluded = read(steps.conclude) if comparisons and read.has(steps.conclude) else None
    corrected = () if concluded is None else concluded.family.corrected
    separability = pd.DataFrame(separability_rows(comparisons, corrected))
    return ComparedTables(separability, pd.DataFrame(embedding_rows(comparisons, systems)), concluded)


def read_distances(plan: Plan, read: Reader) -> dict[tables.Cell, tuple[Distances, AlignmentCounts]]:
    """The distances of each architecture and phase that is done, and what became of its alignments."""
    tiles: dict[tables.Cell, list[Align]] = {}
    for step in plan.final.aligns:
        tiles.setdefault((step.architecture, step.phase), []).append(step)
    return {cell: join_tiles(steps, read) for cell, steps in tiles.items() if all(map(read.has, steps))}


def _done(steps: Iterable[S], read: Reader) -> tuple[S, ...]:
    return tuple(step for step in steps if read.has(step))
