"""Units of work and their outcomes: a unit that fails is an outcome with a status, whichever engine ran it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, runtime_checkable

from dynashape.engine.processor import describe_processor
from dynashape.engine.threads import one_thread
from dynashape.errors import DynashapeError, InputError
from dynashape.records import OK, Code, Status

_LONGEST_MESSAGE = 600


@dataclass(frozen=True)
class Unit:
    """A unit of work: one call that can run on any worker.

    A unit may run twice, where its worker died after it was done, so it should look in the store first.

    Attributes
    ----------
    name : str
        Its name, different from those of all others that run with it.
    function : callable
        A callable of a module that workers can import.
    arguments : mapping of str to object
        The keyword arguments of the call. They and the returned value should be small: large arrays go through the
        store.
    """

    name: str
    function: Callable[..., Any]
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of a unit of work.

    Attributes
    ----------
    name : str
        The name of the unit.
    value : object
        What the call returned; None unless the status is ``ok``.
    status : Status
        ``ok``, ``failed`` (the call raised) or ``killed`` (the worker died whenever the unit ran).
    seconds : float
        The wall time of the call; 0 where it was lost.
    processor : str
        The kind of processor that it ran on; empty where it was lost.
    """

    name: str
    value: Any
    status: Status = OK
    seconds: float = 0.0
    processor: str = ""


@runtime_checkable
class Engine(Protocol):
    """Where units of work run. Close it, or use it in a `with` statement."""

    @property
    def n_workers(self) -> int:
        """The number of units that run at a time."""
        ...

    def run(self, units: Sequence[Unit], on_done: Callable[[Outcome], None] | None = None) -> list[Outcome]:
        """Run all units, and start them in this order.

        Ctrl-C drops what has not started, closes the engine and is raised again.

        Parameters
        ----------
        units : sequence of Unit
            The units, each with its own name.
        on_done : callable, optional
            Called in this thread with each outcome as it arrives.

        Returns
        -------
        list of Outcome
            The outcomes, in the order of the units.

        Raises
        ------
        InputError
            Where two units have the same name.
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
        return Outcome(unit.name, None, failure(error), time.perf_counter() - start, describe_processor())
    return Outcome(unit.name, value, OK, time.perf_counter() - start, describe_processor())


def failure(error: BaseException) -> Status:
    """Make the status of a unit that raised `error`.

    Messages of dynashape already name the remedy; other messages are completed with the place in the code.
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
