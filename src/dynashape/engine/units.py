"""Units of work and their outcomes: a unit that fails is an outcome with a status, whichever engine ran it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, runtime_checkable

from dynashape.engine.threads import one_thread
from dynashape.errors import DynashapeError, InputError
from dynashape.records import OK, Code, Status

_LONGEST_MESSAGE = 600


@dataclass(frozen=True)
class Unit:
    """One call that can run on any worker: `function(**arguments)`.

    `function` is a callable of a module (workers import it), `arguments` and its value are small: large arrays go
    through the store. A unit may run twice (its worker died after it was done), so it looks in the store first.
    """

    name: str
    function: Callable[..., Any]
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of a unit: its value (None unless `status.ok`) and the wall time of the call, 0 where it was lost.

    The status is "ok", "failed" (the call raised) or "killed" (its worker died whenever it ran).
    """

    name: str
    value: Any
    status: Status = OK
    seconds: float = 0.0


@runtime_checkable
class Engine(Protocol):
    """Runs units somewhere. Close it, or use it in a `with` statement."""

    @property
    def n_workers(self) -> int:
        """The number of units that run at a time."""
        ...

    def run(self, units: Sequence[Unit], on_done: Callable[[Outcome], None] | None = None) -> list[Outcome]:
        """Run all units, started in this order, and return their outcomes in this order.

        `on_done` is called in this thread with each outcome as it arrives. Ctrl-C drops what has not started, closes
        the engine and is raised again.
        """
        ...

    def close(self) -> None:
        """Stop the workers that this engine has started; closing twice is harmless."""
        ...

    def __enter__(self) -> Engine: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def run_unit(unit: Unit) -> Outcome:
    """Call the unit in this process, on one thread, and return its outcome; only Ctrl-C leaves as an exception.

    >>> run_unit(Unit("half", lambda x: x / 2, {"x": 3})).value
    1.5
    >>> run_unit(Unit("inverse", lambda x: 1 / x, {"x": 0})).status.code.value
    'failed'
    """
    start = time.perf_counter()
    try:
        with one_thread():
            value = unit.function(**unit.arguments)
    except (Exception, SystemExit) as error:  # noqa: BLE001  (whatever a unit raises must not stop the others)
        return Outcome(unit.name, None, failure(error), time.perf_counter() - start)
    return Outcome(unit.name, value, OK, time.perf_counter() - start)


def failure(error: BaseException) -> Status:
    """The status of a unit that raised `error`.

    dynashape's own messages already name the remedy; others are completed with the place in the code.
    """
    message = " ".join(str(error).split())[:_LONGEST_MESSAGE]
    if isinstance(error, DynashapeError):
        return Status(Code.FAILED, f"{type(error).__name__}: {message}")
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno}, in {frames[-1].name})" if frames else ""
    remedy = "correct the cause and run the same command again: what is finished is kept"
    return Status(Code.FAILED, f"{type(error).__name__}: {message or 'no message'}{place}; {remedy}.")


def check_names(units: Sequence[Unit]) -> None:
    """InputError where two units have one name: their outcomes could not be told apart."""
    seen: set[str] = set()
    for unit in units:
        if unit.name in seen:
            raise InputError(f"two units are called {unit.name!r}; give every unit its own name.")
        seen.add(unit.name)
