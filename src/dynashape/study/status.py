"""How far a study has come, read from its folder alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dynashape.errors import StoreError
from dynashape.store import Store
from dynashape.study.learning import plan_with_learning
from dynashape.study.load import read_resolved
from dynashape.study.plan import STAGES, Plan
from dynashape.study.results import read_results


@dataclass(frozen=True)
class StudyStatus:
    """Units done of each stage, and the networks trained so far."""

    directory: Path
    name: str
    stages: tuple[tuple[str, int, int], ...]
    networks: pd.DataFrame

    @property
    def finished(self) -> bool:
        """Whether nothing is missing."""
        return all(done == total for _, done, total in self.stages) and (self.directory / "report.html").exists()


def open_study(directory: Path) -> tuple[Plan, Store]:
    """The plan and the store of the study in a folder; StoreError where there is none."""
    resolved = directory / "study.yaml"
    if not resolved.is_file():
        raise StoreError(f"{directory} holds no study (no study.yaml); give the --out folder of a `dynashape run`.")
    return plan_with_learning(read_resolved(resolved)), Store(directory / "store")


def missing_units(plan: Plan, store: Store) -> dict[str, str]:
    """Each stage of which the store lacks units, with how many and what to do about it."""
    found = {}
    for step, units in plan.stages.items():
        n_missing = sum(not store.has(unit.step, unit.key) for unit in units)
        if n_missing:
            found[f"{STAGES[step]}, {n_missing} of {len(units)} units"] = (
                "not computed yet; `dynashape run` with the same study goes on from here"
            )
    return found


def study_status(directory: Path) -> StudyStatus:
    """What of the study in this folder is done; StoreError where there is none."""
    plan, store = open_study(directory)
    stages = tuple(
        (STAGES[stage], sum(store.has(unit.step, unit.key) for unit in units), len(units))
        for stage, units in plan.stages.items()
    )
    return StudyStatus(directory, plan.spec.name, stages, read_results(plan, store).networks)
