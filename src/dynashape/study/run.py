"""Run a study: only what is missing is computed; then its results are written."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from dynashape.engine import Engine
from dynashape.errors import SpecError, StoreError
from dynashape.steps import NotedProcessors, Progress, Reader, Silent, compute
from dynashape.store import Store, write_atomic
from dynashape.store.plain_files import differences
from dynashape.study.ask.load import read_resolved, to_yaml
from dynashape.study.ask.spec import StudySpec
from dynashape.study.found.folder import missing_steps, open_study
from dynashape.study.told.export import export
from dynashape.study.work.plan import make_plan


@dataclass(frozen=True)
class RunResult:
    """Where a study's results lie, what was computed now, and what failed.

    Attributes
    ----------
    directory : Path
        The study's folder.
    computed : mapping of str to int
        For each stage, how many of its steps were computed in this run.
    failures : mapping of str to str
        For each step that failed or was skipped, why.
    """

    directory: Path
    computed: Mapping[str, int]
    failures: Mapping[str, str] = field(default_factory=dict)


def run_study(
    spec: StudySpec, directory: Path, open_engine: Callable[[], Engine], progress: Progress | None = None
) -> RunResult:
    """Compute whatever is missing of a study and write its results.

    Interrupt it at any moment and call it again: steps are kept as they finish. A step that fails leaves the steps that
    need it undone, and everything else is finished; the failures are returned and stand in the report.

    Parameters
    ----------
    spec : StudySpec
        The study; see `load_spec`.
    directory : Path
        The folder of its results, which is made where it is missing.
    open_engine : callable
        Opens the engine on which steps run; called only if something is missing.
    progress : Progress, optional
        Is told what happens.

    Returns
    -------
    RunResult
        What was computed, and what failed.

    Raises
    ------
    StoreError
        Where the folder cannot be written or holds another study.
    """
    progress = progress or Silent()
    claim_directory(spec, directory)
    store, plan = Store.create(directory / "store"), make_plan(spec)
    started, clock = datetime.now(UTC), time.monotonic()
    processors = NotedProcessors(directory / "provenance.json")
    done = compute(plan.stages, store, open_engine, progress, processors.note)
    progress.stage("writing tables, figures and the report", 1, 0)
    times = {
        "started": started.isoformat(timespec="seconds"),
        "wall_seconds": round(time.monotonic() - clock, 3),
        "worker_seconds": {title: round(value, 3) for title, value in done.seconds.items()},
        "computed": dict(done.counts),
        "processors": list(processors.met),
    }
    export(plan, Reader(store), directory, done.failures, times)
    progress.unit("report.html", True, "")
    progress.end()
    return RunResult(directory, done.counts, done.failures)


def rewrite_report(directory: Path) -> Path:
    """Write the results of a study again from its store.

    Parameters
    ----------
    directory : Path
        The study's folder.

    Returns
    -------
    Path
        The report.

    Raises
    ------
    StoreError
        Where the folder holds no study.
    """
    plan, read = open_study(directory)
    return export(plan, read, directory, missing_steps(plan, read), None)


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
