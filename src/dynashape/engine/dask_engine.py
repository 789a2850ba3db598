"""Units on a Dask scheduler, whoever started it: the order, the failures and the interrupts of every cluster engine.

No more units are handed to the scheduler than can run at once. Dask would take all of them, but it spreads them over
the workers' queues at once (longest first is lost there), and when a worker dies it suspects every unit in that
worker's queue, so one unit that kills its workers would take innocent ones with it.
"""

from __future__ import annotations

import contextlib
import queue
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, final

from dynashape.engine.units import Outcome, Unit, check_names, failure, run_unit
from dynashape.errors import EngineError
from dynashape.records import Code, Status

_RECOUNT_S = 2.0  # workers come and go on a cluster; counting them costs one message
_FETCH_S = 5.0  # an outcome is small


@final
class DaskEngine:
    """Units run through a Dask `client`.

    `count_slots` says how many units may run at once at the moment. `on_close` stops what was started for this engine;
    it is told whether to be prompt, and then running units are lost. `replace_lost` is called every other second of a
    run.
    """

    def __init__(
        self,
        client: Any,
        count_slots: Callable[[], int],
        on_close: Callable[[bool], None],
        replace_lost: Callable[[], None] = lambda: None,
    ) -> None:
        self.client = client
        self._count_slots = count_slots
        self._on_close = on_close
        self._replace_lost = replace_lost
        self._closed = False

    @property
    def n_workers(self) -> int:
        return max(1, self._count_slots())

    def run(self, units: Sequence[Unit], on_done: Callable[[Outcome], None] | None = None) -> list[Outcome]:
        """Run the units on the workers; see `Engine.run`.

        A unit whose worker died repeatedly runs once more when nothing else does. Only a unit that kills its worker
        even then is "killed"; a unit that merely shared a queue with it is not. Raises EngineError where the scheduler
        is lost.
        """
        check_names(units)
        if self._closed:
            raise EngineError("this engine is closed; open another one.")
        outcomes: dict[str, Outcome] = {}

        def done(outcome: Outcome) -> None:
            outcomes[outcome.name] = outcome
            if on_done is not None:
                on_done(outcome)

        flight = _Flight(self.client)
        try:
            suspects = self._drain(flight, list(enumerate(units)), done, together=True)
            for suspect in suspects:
                for _, unit in self._drain(flight, [suspect], done, together=False):
                    done(Outcome(unit.name, None, _KILLED))
        except BaseException as error:
            flight.abandon()
            if not isinstance(error, Exception):
                self._close(prompt=True)
            raise
        return [outcomes[unit.name] for unit in units]

    def _drain(
        self,
        flight: _Flight,
        units: Iterable[tuple[int, Unit]],
        done: Callable[[Outcome], None],
        together: bool,
    ) -> list[tuple[int, Unit]]:
        """Run these units, all that fit at once or alone, and return those whose workers died."""
        waiting = deque(units)
        suspects: list[tuple[int, Unit]] = []
        slots, counted = 1, -float("inf")
        while waiting or flight.size:
            if time.monotonic() - counted > _RECOUNT_S:
                self._replace_lost()
                slots, counted = self.n_workers if together else 1, time.monotonic()
            while waiting and flight.size < slots:
                flight.launch(*waiting.popleft())
            for position, unit, outcome in flight.landed():
                if outcome is None:
                    suspects.append((position, unit))
                else:
                    done(outcome)
        return suspects

    def close(self) -> None:
        self._close(prompt=False)

    def _close(self, prompt: bool) -> None:
        if not self._closed:
            self._closed = True
            self._on_close(prompt)

    def __enter__(self) -> DaskEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close(prompt=error is not None)


_KILLED = Status(
    Code.KILLED,
    "its worker died every time it ran, even alone; the usual cause is too little memory: "
    "give each worker more (fewer workers, a larger job) or make the unit smaller, then run the same command again.",
)


class _Flight:
    """The futures that are under way. Each is released as it lands: Dask recomputes held ones when a worker dies."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._landed: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._under_way: dict[str, tuple[int, Unit, Any]] = {}
        self._token = secrets.token_hex(4)  # a name may run again in a later call, as another task

    @property
    def size(self) -> int:
        return len(self._under_way)

    def launch(self, position: int, unit: Unit) -> None:
        key = f"{unit.name}-{self._token}-{secrets.token_hex(4)}"
        future = self._client.submit(run_unit, unit, key=key, priority=-position, pure=False)
        self._under_way[key] = (position, unit, future)
        future.add_done_callback(self._landed.put)

    def landed(self) -> list[tuple[int, Unit, Outcome | None]]:
        """Units that have ended since the last call, after a short wait; the outcome is None where the worker died."""
        found: list[tuple[int, Unit, Outcome | None]] = []
        with contextlib.suppress(queue.Empty):
            self._take(self._landed.get(timeout=0.5), found)
            while True:
                self._take(self._landed.get_nowait(), found)
        return found

    def _take(self, future: Any, found: list[tuple[int, Unit, Outcome | None]]) -> None:
        if future.key not in self._under_way:
            return
        position, unit, _ = self._under_way[future.key]
        try:
            outcome = _outcome(future, unit)
        except TimeoutError:  # its worker died before the outcome was fetched: it runs again
            future.add_done_callback(self._landed.put)
            return
        del self._under_way[future.key]
        future.release()
        found.append((position, unit, outcome))

    def abandon(self) -> None:
        """Cancel everything that is under way."""
        futures = [future for _, _, future in self._under_way.values()]
        self._under_way.clear()
        with contextlib.suppress(Exception):  # the scheduler may be what was lost
            self._client.cancel(futures, force=True)


def _outcome(future: Any, unit: Unit) -> Outcome | None:
    """The outcome of a future that has ended, None where its workers died; TimeoutError where it is under way again."""
    from distributed.client import FutureCancelledError
    from distributed.scheduler import KilledWorker

    try:
        outcome = future.result(timeout=_FETCH_S)
    except KilledWorker:
        return None
    except FutureCancelledError as error:
        raise EngineError(
            "the connection to the Dask scheduler was lost; see that it runs, then run the same command again: "
            "what is finished is kept."
        ) from error
    except TimeoutError:
        raise
    except Exception as error:  # noqa: BLE001  (run_unit has caught the unit's own; this one never reached it)
        return Outcome(unit.name, None, failure(error))
    return outcome if isinstance(outcome, Outcome) else Outcome(unit.name, outcome)
