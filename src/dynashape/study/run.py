"""Run a study: stage after stage, only what is missing, whatever the engine; then write its results."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from dynashape.engine import Engine, Outcome, Unit
from dynashape.errors import SpecError, StoreError
from dynashape.store import Store, write_atomic
from dynashape.study.export import export
from dynashape.study.learning import plan_with_learning
from dynashape.study.load import read_resolved, to_yaml
from dynashape.study.perform import perform
from dynashape.study.plan import STAGES, Plan, WorkUnit
from dynashape.study.spec import StudySpec, differences
from dynashape.study.status import missing_units, open_study

# Relative cost of training: an update of each architecture (gates), updates that each task needs. Longest units first.
_LONG_FIRST = {"LSTM": 4, "GRU": 3, "V-RNN": 1, "CDM": 4, "PR": 2, "DC": 1, "GNG": 0.5}


@runtime_checkable
class Progress(Protocol):
    """What a run tells about itself; the command line draws bars or plain lines from it."""

    def stage(self, title: str, n_units: int, n_done: int) -> None:
        """A stage begins, with n_done of its n_units found in the store."""

    def unit(self, name: str, ok: bool, message: str) -> None:
        """A unit of the stage has ended."""

    def end(self) -> None:
        """The stage is over."""


class Silent:
    """Progress that nobody watches."""

    def stage(self, title: str, n_units: int, n_done: int) -> None:
        """Nothing."""

    def unit(self, name: str, ok: bool, message: str) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""


@dataclass(frozen=True)
class RunResult:
    """Where a study's results lie, what was computed now, and what failed."""

    directory: Path
    computed: dict[str, int]
    failures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Computed:
    """What `compute` did: units and worker seconds of each stage, and a message for each unit that failed."""

    counts: dict[str, int]
    seconds: dict[str, float]
    failures: dict[str, str]


def run_study(
    spec: StudySpec, directory: Path, open_engine: Callable[[], Engine], progress: Progress | None = None
) -> RunResult:
    """Compute whatever is missing of a study in `directory`, snapshots along learning last, and write its results.

    Interrupt it at any moment and call it again: units are kept as they finish. A unit that fails leaves the units that
    need it undone and everything else is finished; the failures are returned and stand in the report. The engine is
    opened only if something is missing. Raises StoreError where the directory cannot be used.
    """
    progress = progress or Silent()
    claim_directory(spec, directory)
    store = Store.create(directory / "store")
    plan = plan_with_learning(spec)
    started = datetime.now(UTC)
    clock = time.monotonic()
    done = compute(plan, store, open_engine, progress)
    progress.stage("writing tables, figures and the report", 1, 0)
    times = {
        "started": started.isoformat(timespec="seconds"),
        "wall_seconds": round(time.monotonic() - clock, 3),
        "worker_seconds": {step: round(value, 3) for step, value in done.seconds.items()},
        "computed": done.counts,
    }
    export(plan, store, directory, done.failures, times)
    progress.unit("report.html", True, "")
    progress.end()
    return RunResult(directory, done.counts, done.failures)


def compute(plan: Plan, store: Store, open_engine: Callable[[], Engine], progress: Progress) -> Computed:
    """Compute the units of a plan that the store lacks, stage after stage.

    A unit that fails leaves the units that need it undone; all others are finished. The engine is opened only if
    something is missing, and closed in any case.
    """
    engine: Engine | None = None
    failed: dict[str, str] = {}
    messages: dict[str, str] = {}
    counts: dict[str, int] = {}
    seconds: dict[str, float] = {}
    try:
        for stage, units in plan.stages.items():
            missing = [unit for unit in units if not store.has(unit.step, unit.key)]
            progress.stage(STAGES[stage], len(units), len(units) - len(missing))
            ready, blocked = _split(missing, failed)
            for unit, message in blocked:
                failed[unit.key], messages[_place(unit)] = unit.name, message
            if ready:
                engine = engine or open_engine()
                outcomes = _run_stage(engine, store, ready, progress)
                for unit, outcome in zip(ready, outcomes, strict=True):
                    if not outcome.status.ok:
                        failed[unit.key], messages[_place(unit)] = unit.name, str(outcome.status)
                seconds[stage] = sum(outcome.seconds for outcome in outcomes)
            counts[stage] = len(ready)
            progress.end()
    finally:
        if engine is not None:
            engine.close()
    return Computed(counts, seconds, messages)


def rewrite_report(directory: Path) -> Path:
    """Write the results of the study in this folder again from its store; StoreError where there is none."""
    plan, store = open_study(directory)
    return export(plan, store, directory, missing_units(plan, store), None)


def claim_directory(spec: StudySpec, directory: Path) -> None:
    """Make the directory this study's own, or raise StoreError saying how another study there differs."""
    resolved = directory / "study.yaml"
    if resolved.exists():
        try:
            there = read_resolved(resolved)
        except SpecError as error:
            raise StoreError(
                f"{resolved} cannot be read as a study ({error}); choose another --out directory."
            ) from None
        differ = differences(there.as_dict(), spec.as_dict())
        if differ:
            shown = "; ".join(differ[:5]) + (f"; and {len(differ) - 5} more" if len(differ) > 5 else "")
            raise StoreError(
                f"{directory} holds another study, which differs in {shown}. Choose another --out directory."
            )
        return
    if directory.exists() and not directory.is_dir():
        raise StoreError(f"{directory} is a file; choose another --out directory.")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        write_atomic(resolved, to_yaml(spec).encode())
    except OSError as error:
        raise StoreError(
            f"cannot write in {directory} ({error.strerror or error}); choose another --out directory."
        ) from None


def _run_stage(engine: Engine, store: Store, units: list[WorkUnit], progress: Progress) -> list[Outcome]:
    def tell(outcome: Outcome) -> None:
        progress.unit(outcome.name, outcome.status.ok, "" if outcome.status.ok else str(outcome.status))

    return engine.run([_as_unit(store, unit) for unit in units], tell)


def _as_unit(store: Store, unit: WorkUnit) -> Unit:
    arguments = {
        "root": str(store.root.resolve()),
        "step": unit.step,
        "key": unit.key,
        "params": dict(unit.params),
        "upstream": dict(unit.upstream),
    }
    return Unit(unit.name, perform, arguments)


def _split(units: list[WorkUnit], failed: Mapping[str, str]) -> tuple[list[WorkUnit], list[tuple[WorkUnit, str]]]:
    """Units that can run, costliest first, and those whose input is among the `failed` keys."""
    ready, blocked = [], []
    for unit in units:
        broken = [failed[key] for key in unit.upstream.values() if key in failed]
        if broken:
            blocked.append((unit, f"skipped: needs {unit.reads} of {', '.join(broken)}"))
        else:
            ready.append(unit)
    return sorted(ready, key=_cost, reverse=True), blocked


def _cost(unit: WorkUnit) -> float:
    cost = 1.0
    for word in unit.name.split():
        cost *= _LONG_FIRST.get(word, 1)
    return cost


def _place(unit: WorkUnit) -> str:
    return f"{unit.step} {unit.name}"
