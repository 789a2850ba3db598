"""A study's folder: which study lies there, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dynashape.errors import StoreError
from dynashape.inference.study.network_tables import tabulate_networks
from dynashape.steps import Reader
from dynashape.store import Store
from dynashape.study.ask.load import read_resolved
from dynashape.study.found.results import read_networks
from dynashape.study.work.plan import Plan, make_plan


@dataclass(frozen=True)
class StageStatus:
    """How many steps of a stage there are, and how many are done."""

    title: str
    n_done: int
    n_steps: int


@dataclass(frozen=True)
class StudyStatus:
    """Steps done of each stage, and the networks trained so far.

    Attributes
    ----------
    directory : Path
        The study's folder.
    name : str
        The study's name.
    stages : tuple of StageStatus
        Title, steps done and steps in all of each stage, in order.
    networks : DataFrame
        One row a trained network.
    """

    directory: Path
    name: str
    stages: tuple[StageStatus, ...]
    networks: pd.DataFrame

    @property
    def finished(self) -> bool:
        """Whether nothing is missing."""
        return all(stage.n_done == stage.n_steps for stage in self.stages) and (self.directory / "report.html").exists()


def open_study(directory: Path) -> tuple[Plan, Reader]:
    """Open the study in a folder: ``read_results(*open_study(directory))`` reads what it has found.

    Parameters
    ----------
    directory : Path
        The folder of a study, the `--out` of a run.

    Returns
    -------
    Plan
        The plan of the study, whose `spec` is its specification.
    Reader
        A reader of its store.

    Raises
    ------
    StoreError
        Where the folder holds no study.
    """
    resolved = directory / "study.yaml"
    if not resolved.is_file():
        raise StoreError(f"{directory} holds no study (no study.yaml); give the --out folder of a `dynashape run`.")
    return make_plan(read_resolved(resolved)), Reader(Store(directory / "store"))


def study_status(directory: Path) -> StudyStatus:
    """Read from a study's folder how much of it is done.

    Parameters
    ----------
    directory : Path
        The folder of a study, the `--out` of a run.

    Returns
    -------
    StudyStatus
        Steps done of each stage, and the networks trained so far.

    Raises
    ------
    StoreError
        Where the folder holds no study.
    """
    plan, read = open_study(directory)
    networks = tabulate_networks(read_networks(plan, read), {})
    return StudyStatus(directory, plan.spec.name, count_stages(plan, read), networks)


def count_stages(plan: Plan, read: Reader) -> tuple[StageStatus, ...]:
    """How many steps of each stage there are; one that is not kept counts as done."""
    return tuple(
        StageStatus(stage.title, sum(map(read.has, stage.steps.values())), len(stage.steps)) for stage in plan.stages
    )


def missing_steps(plan: Plan, read: Reader) -> dict[str, str]:
    """Each stage of which the store lacks steps, with how many and what to do about it."""
    remedy = "not computed yet; `dynashape run` with the same study goes on from here"
    return {
        f"{stage.title}, {stage.n_steps - stage.n_done} of {stage.n_steps} units": remedy
        for stage in count_stages(plan, read)
        if stage.n_done < stage.n_steps
    }
