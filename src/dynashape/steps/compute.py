"""Compute the steps that the store lacks, stage after stage, whatever the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from dynashape.engine import Engine, Unit
from dynashape.steps.step import Reader, Step, perform
from dynashape.store import Store


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

    def stage(self, *_: object) -> None:
        """Nothing is said of a stage."""

    unit = end = stage


@dataclass(frozen=True)
class Stage:
    """Steps of one kind, which read only from those of earlier stages; each by a name of its own."""

    title: str
    steps: Mapping[str, Step[Any]]

    @classmethod
    def of(cls, steps: Iterable[Step[Any]], before: str = "") -> Stage:
        """The stage of these steps, by their own names; `before` begins its title."""
        named = {step.name: step for step in steps}
        return cls(before + next(iter(named.values())).title, named)


@dataclass(frozen=True)
class Computed:
    """What `compute` did: steps and worker seconds of each kind, and a message for each step that failed."""

    counts: Mapping[str, int]
    seconds: Mapping[str, float]
    failures: Mapping[str, str]


def compute(
    stages: Sequence[Stage], store: Store, open_engine: Callable[[], Engine], progress: Progress | None = None
) -> Computed:
    """Compute the steps that the store lacks.

    A step that fails leaves the steps that need it undone; all others are finished. The engine is opened only if
    something is missing, and closed in any case.
    """
    progress = progress or Silent()
    read, engine = Reader(store), None
    failed: dict[Step[Any], str] = {}
    messages: dict[str, str] = {}
    counts: dict[str, int] = {}
    seconds: dict[str, float] = {}
    try:
        for stage in stages:
            missing = {name: step for name, step in stage.steps.items() if not read.has(step)}
            progress.stage(stage.title, len(stage.steps), len(stage.steps) - len(missing))
            ready: dict[str, Step[Any]] = {}
            for name, step in missing.items():
                broken = _broken(step, failed)
                if broken:
                    failed[step] = name
                    messages[f"{step.kind} {name}"] = f"skipped: needs {', '.join(broken)}"
                else:
                    ready[name] = step
            counts[stage.title] = len(ready)
            if ready:
                engine = engine or open_engine()
                seconds[stage.title] = 0.0
                for name, status, took in _run_stage(engine, store, ready, progress):
                    seconds[stage.title] += took
                    if status:
                        failed[ready[name]], messages[f"{ready[name].kind} {name}"] = name, status
            progress.end()
    finally:
        if engine is not None:
            engine.close()
    return Computed(counts, seconds, messages)


def _run_stage(
    engine: Engine, store: Store, steps: Mapping[str, Step[Any]], progress: Progress
) -> list[tuple[str, str, float]]:
    """Name, message (none where all went well) and seconds of each step; the costliest are started first."""
    root = store.root.resolve()
    costs = {name: step.cost for name, step in steps.items()}
    units = [
        Unit(name, perform, {"root": root, "step": steps[name]}) for name in sorted(costs, key=lambda n: -costs[n])
    ]
    found = engine.run(units, lambda own: progress.unit(own.name, own.status.ok, _message(own.status)))
    return [(own.name, _message(own.status), own.seconds) for own in found]


def _message(status: Any) -> str:
    return "" if status.ok else str(status)


def _broken(step: Step[Any], failed: Mapping[Step[Any], str]) -> list[str]:
    """The failed steps that this one reads from, also through steps that are not kept."""
    found = []
    for source in step.inputs:
        if source in failed:
            found.append(f"{source.kind} of {failed[source]}")
        elif not source.kept:
            found += _broken(source, failed)
    return found
