"""Compute the steps that the store lacks, stage after stage, whatever the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from dynashape.engine import Engine, Outcome, Unit
from dynashape.errors import InputError
from dynashape.steps.step import Reader, Step, perform
from dynashape.store import Store


@runtime_checkable
class Progress(Protocol):
    """What a run tells about itself; the command line draws bars or plain lines from it."""

    def stage(self, title: str, n_units: int, n_done: int) -> None:
        """Hear that a stage begins, and that `n_done` of its `n_units` units of work lie in the store."""

    def unit(self, name: str, ok: bool, message: str) -> None:
        """Hear that a unit has ended; where it is not `ok`, the message says why and what to do about it."""

    def end(self) -> None:
        """Hear that the stage is over."""


class Silent:
    """The progress that nobody watches."""

    def stage(self, *_: Any, **__: Any) -> None:
        """Say nothing, neither here nor of units and ends of stages."""

    unit = end = stage


@dataclass(frozen=True)
class Stage:
    """Steps of one kind, which read only from those of earlier stages, each under a name of its own."""

    title: str
    steps: Mapping[str, Step[Any]]


def stages_under(last: Mapping[str, Iterable[Step[Any]]]) -> tuple[Stage, ...]:
    """The graph of all steps under the last ones, stage after stage: each stage reads only from those before it.

    The last steps are grouped by what begins the names of their steps, so that several plans are one: a step that two
    of them need is there once, under the first name. Stages along learning come after those of the final networks.
    Raises InputError where two different steps of a stage have one name.
    """
    names: dict[Step[Any], str] = {}
    depths: dict[Step[Any], int] = {}

    def visit(step: Step[Any], before: str) -> int:
        if step not in names:
            names[step] = f"{before}{step.name}"
            depths[step] = 1 + max((visit(source, before) for source in step.inputs), default=0)
        return depths[step]

    for before, steps in last.items():
        for step in steps:
            visit(step, before)
    # Steps of one stage lie equally deep; those of the final networks, without a prefix of their stage, come first.
    stages: dict[str, dict[str, Step[Any]]] = {}
    for step in sorted(names, key=lambda step: (step.stage != step.title, depths[step])):
        if step.kept:
            named = stages.setdefault(step.stage, {})
            if named.setdefault(names[step], step) != step:
                raise InputError(f"two different steps are called {names[step]!r}; give every step its own name.")
    return tuple(Stage(title, steps) for title, steps in stages.items())


@dataclass(frozen=True)
class Computed:
    """What `compute` did.

    Attributes
    ----------
    counts : mapping of str to int
        For each stage, by its title, how many steps were started.
    seconds : mapping of str to float
        For each stage in which a step was started, the seconds that workers spent on them.
    failures : mapping of str to str
        For each step that failed or was skipped, by its kind and name, why.
    """

    counts: Mapping[str, int]
    seconds: Mapping[str, float]
    failures: Mapping[str, str]


def compute(
    stages: Sequence[Stage],
    store: Store,
    open_engine: Callable[[], Engine],
    progress: Progress | None = None,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> Computed:
    """Compute the steps that the store lacks.

    A step that fails leaves the steps that need it undone; all others are finished. Results are kept as they come, so
    a run that was interrupted goes on where it was.

    Parameters
    ----------
    stages : sequence of Stage
        What is to be there in the end, stage after stage. Equal steps of a stage are computed once.
    store : Store
        Where results lie.
    open_engine : callable
        Opens the engine on which steps run. It is called only if something is missing, and the engine is closed in any
        case.
    progress : Progress, optional
        Is told what happens.
    on_outcome : callable, optional
        Called with the outcome of each step as it arrives.

    Returns
    -------
    Computed
        What was computed, and what failed.
    """
    progress = progress or Silent()
    read, engine = Reader(store), None
    failed: dict[Step[Any], str] = {}
    messages: dict[str, str] = {}
    counts: Counter[str] = Counter()
    seconds: dict[str, float] = {}
    try:
        for stage in stages:
            names: dict[Step[Any], str] = {}
            for name, step in stage.steps.items():
                names.setdefault(step, name)
            missing = [step for step in names if not read.has(step)]
            progress.stage(stage.title, len(names), len(names) - len(missing))
            broken = {step: _broken(step, failed) for step in missing}
            ready = {names[step]: step for step in missing if not broken[step]}
            ended = {names[step]: f"skipped: needs {', '.join(needed)}" for step, needed in broken.items() if needed}
            counts[stage.title] += len(ready)
            if ready:
                engine = engine or open_engine()
                for outcome in _run_stage(engine, store, ready, progress, on_outcome):
                    seconds[stage.title] = seconds.get(stage.title, 0.0) + outcome.seconds
                    if not outcome.status.ok:
                        ended[outcome.name] = str(outcome.status)
            failed |= {step: names[step] for step in missing if names[step] in ended}
            messages |= {f"{stage.steps[name].kind} {name}": message for name, message in ended.items()}
            progress.end()
    finally:
        if engine is not None:
            engine.close()
    return Computed(counts, seconds, messages)


def _run_stage(
    engine: Engine,
    store: Store,
    steps: Mapping[str, Step[Any]],
    progress: Progress,
    on_outcome: Callable[[Outcome], None] | None,
) -> list[Outcome]:
    """What becomes of each step; the costliest are started first."""
    root = store.root.resolve()

    def tell(own: Outcome) -> None:
        if on_outcome is not None:
            on_outcome(own)
        progress.unit(own.name, own.status.ok, "" if own.status.ok else str(own.status))

    costliest = sorted(steps.items(), key=lambda item: -item[1].cost)
    return engine.run([Unit(name, perform, {"root": root, "step": step}) for name, step in costliest], tell)


def _broken(step: Step[Any], failed: Mapping[Step[Any], str]) -> list[str]:
    """The failed steps that this one reads from, also through steps that are not kept, each once."""
    found: dict[str, None] = {}
    for source in step.inputs:
        if source in failed:
            found[f"{source.kind} of {failed[source]}"] = None
        elif not source.kept:
            found |= dict.fromkeys(_broken(source, failed))
    return list(found)
