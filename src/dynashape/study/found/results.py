"""Everything a study has found so far, read from its store: records where they say most, tables where rows do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd

from dynashape.distances import Distances
from dynashape.inference import Compared, ComparisonKey
from dynashape.records import System
from dynashape.steps import Reader, Step
from dynashape.study.found.bounds import read_bounds
from dynashape.study.found.tables import (
    Cell,
    tabulate_alignments,
    tabulate_eigenvalues,
    tabulate_embeddings,
    tabulate_meta,
    tabulate_networks,
    tabulate_operators,
    tabulate_psychometric,
    tabulate_separability,
    tabulate_training,
)
from dynashape.study.work.align import Align, AlignmentCounts, join_tiles
from dynashape.study.work.compare import compared_systems
from dynashape.study.work.conclude import Conclusions
from dynashape.study.work.examine import Examined
from dynashape.study.work.meta_cluster import MetaClustered
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
class Results:
    """All that a study has found. What is not computed yet is missing from the tables, never filled in.

    Attributes
    ----------
    networks, training, psychometric, operators, eigenvalues : DataFrame
        The tables of these names that a run writes.
    distances : mapping of (str, str) to Distances
        The labelled distances of each architecture and phase.
    alignments, bounds, separability, embeddings, meta_points : DataFrame
        Further tables of these names.
    conclusions : Conclusions or None
        The corrected `family` of tests, the `headline` and the `claims` of the paper.
    meta : MetaClustered or None
        The groups of comparisons.
    surveys : mapping of str to Survey
        What the trials of each task show.
    """

    networks: pd.DataFrame
    training: pd.DataFrame
    psychometric: pd.DataFrame
    operators: pd.DataFrame
    eigenvalues: pd.DataFrame
    distances: Mapping[Cell, Distances]
    alignments: pd.DataFrame
    bounds: pd.DataFrame
    separability: pd.DataFrame
    embeddings: pd.DataFrame
    conclusions: Conclusions | None
    meta: MetaClustered | None
    meta_points: pd.DataFrame
    surveys: Mapping[str, Survey]


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
    networks, examined = read_networks(plan, read), _read_examined(plan, read)
    summaries = {system: own for fit in _done(plan.final.fits, read) for system, own in read(fit).items()}
    distances, counts = _read_distances(plan, read)
    compares = read_compares(plan.final, read)
    meta = read(plan.meta_cluster) if read.has(plan.meta_cluster) else None
    return Results(
        networks=tabulate_networks(networks, examined),
        training=tabulate_training(networks),
        psychometric=tabulate_psychometric(examined),
        operators=tabulate_operators(summaries),
        eigenvalues=tabulate_eigenvalues(summaries),
        distances=distances,
        alignments=tabulate_alignments(counts),
        bounds=read_bounds(plan.halves, read, distances),
        separability=compares.separability,
        embeddings=compares.embeddings,
        conclusions=compares.conclusions,
        meta=meta,
        meta_points=tabulate_meta(meta),
        surveys={survey.name: read(survey) for survey in _done(plan.surveys, read)},
    )


def read_networks(plan: Plan, read: Reader) -> list[TrainedNetwork]:
    """The networks that are trained."""
    return [network for train in _done(plan.trains, read) for network in read(train)]


def read_compares(steps: Analysed, read: Reader) -> ComparedTables:
    """The comparisons that are done, with corrected p-values once all are and the study has concluded."""
    comparisons: dict[ComparisonKey, Compared] = {}
    systems: dict[ComparisonKey, list[System]] = {}
    for step in _done(steps.compares, read):
        found = read(step)
        comparisons |= found
        systems |= {key: compared_systems(step, key) for key in found}
    concluded = read(steps.conclude) if comparisons and read.has(steps.conclude) else None
    corrected = () if concluded is None else concluded.family.corrected
    separability = tabulate_separability(comparisons, corrected)
    return ComparedTables(separability, tabulate_embeddings(comparisons, systems), concluded)


def _read_examined(plan: Plan, read: Reader) -> dict[tuple[str, str, int], Examined]:
    return {
        (step.train.architecture, step.train.task.name, one.seed): one
        for step in _done(plan.examines, read)
        for one in read(step)
    }


def _read_distances(plan: Plan, read: Reader) -> tuple[dict[Cell, Distances], dict[Cell, AlignmentCounts]]:
    tiles: dict[Cell, list[Align]] = {}
    for step in plan.final.aligns:
        tiles.setdefault((step.architecture, step.phase), []).append(step)
    whole = {cell: steps for cell, steps in tiles.items() if all(map(read.has, steps))}
    joined = {cell: join_tiles(steps, read) for cell, steps in whole.items()}
    return {cell: one for cell, (one, _) in joined.items()}, {cell: counts for cell, (_, counts) in joined.items()}


def _done(steps: Iterable[S], read: Reader) -> list[S]:
    return [step for step in steps if read.has(step)]
