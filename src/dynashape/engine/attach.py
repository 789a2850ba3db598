"""Workers behind a Dask scheduler that somebody has started: used, never stopped."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dynashape.engine.dask_engine import DaskEngine
from dynashape.errors import EngineError

REACH_S = 8
WORKERS_S = 10


def open_attached(address: str, n_workers: int | None) -> DaskEngine:
    """Open an engine on the scheduler at `address` (tcp://HOST:PORT), with at most `n_workers` of its threads.

    Workers may join and leave while it runs. They must see the study's folder at the same path and be able to import
    dynashape. Raises EngineError where no scheduler answers within about ten seconds, or where it has no worker.
    """
    from distributed import Client

    _greet(address)
    try:
        client = Client(address, timeout=REACH_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise _unreachable(address, error) from error

    def on_close(prompt: bool) -> None:  # noqa: ARG001  (somebody else's workers finish what they run)
        with contextlib.suppress(TimeoutError, OSError):
            client.close()

    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
    except TimeoutError as error:
        on_close(prompt=True)
        raise EngineError(
            f"the Dask scheduler at {address} has no workers; start some with `dask worker {address} --nthreads 1`."
        ) from error
    return DaskEngine(client, lambda: _count(client, n_workers), on_close)


def _greet(address: str) -> None:
    """EngineError unless a scheduler answers: before a silent or foreign server, Client itself waits or fails oddly."""
    from distributed.core import rpc

    async def ask() -> str:
        async with rpc(address, timeout=REACH_S) as remote:
            return str((await remote.identity())["type"])

    async def ask_in_time() -> str:
        return await asyncio.wait_for(ask(), REACH_S + 1)

    # A thread of its own, because a notebook already runs an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        try:
            kind = thread.submit(asyncio.run, ask_in_time()).result()
        except Exception as error:
            raise _unreachable(address, error) from error
    if kind != "Scheduler":
        raise EngineError(f"{address} is the address of a Dask {kind.lower()}; give that of its scheduler.")


def _unreachable(address: str, error: Exception) -> EngineError:
    return EngineError(
        f"no Dask scheduler answers at {address} ({type(error).__name__}); start one with `dask scheduler`, or give "
        "the address that it prints, as tcp://HOST:PORT."
    )


def _count(client: Any, at_most: int | None) -> int:
    threads = int(sum(client.nthreads().values()))
    return threads if at_most is None else min(threads, at_most)
