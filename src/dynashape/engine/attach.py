"""Workers behind a Dask scheduler that somebody has started: used, never stopped."""

from __future__ import annotations

import contextlib
from typing import Any

from dynashape.engine.dask_engine import DaskEngine
from dynashape.errors import EngineError

_REACH_S = 8
_WORKERS_S = 10


def open_attached(address: str, n_workers: int | None) -> DaskEngine:
    """An engine on the scheduler at `address` (tcp://HOST:PORT), using at most `n_workers` of its threads at a time.

    Workers may join and leave while it runs. They must see the study's folder at the same path and be able to import
    dynashape. Raises EngineError where the scheduler is not reached within about ten seconds, or has no worker.
    """
    from distributed import Client

    try:
        client = Client(address, timeout=_REACH_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise EngineError(
            f"no Dask scheduler answers at {address} ({type(error).__name__}); start one with `dask scheduler`, or "
            "give the address it prints, as tcp://HOST:PORT."
        ) from error

    def on_close(prompt: bool) -> None:  # noqa: ARG001  (somebody else's workers finish what they run)
        with contextlib.suppress(TimeoutError, OSError):
            client.close()

    try:
        client.wait_for_workers(1, timeout=_WORKERS_S)
    except TimeoutError as error:
        on_close(prompt=True)
        raise EngineError(
            f"the Dask scheduler at {address} has no workers; start some with `dask worker {address} --nthreads 1`."
        ) from error
    return DaskEngine(client, lambda: _count(client, n_workers), on_close)


def _count(client: Any, at_most: int | None) -> int:
    threads = int(sum(client.nthreads().values()))
    return threads if at_most is None else min(threads, at_most)
