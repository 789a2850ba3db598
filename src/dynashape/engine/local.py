"""Workers on this machine: one process a worker, one thread a process, all gone when the engine is closed."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
from contextlib import ExitStack
from typing import Any

from dynashape.engine.dask_engine import DaskEngine
from dynashape.engine.threads import THREAD_VARIABLES, one_thread_environment
from dynashape.errors import EngineError

_SETTINGS: dict[str, object] = {
    # A unit holds nothing that Dask could spill, so a paused worker would wait for ever; at the limit the process ends.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    # Two deaths in company and two alone make a unit "killed".
    "distributed.scheduler.allowed-failures": 1,
    # Workers are watched as processes, so one that computes for minutes without a heartbeat is not given up.
    "distributed.scheduler.worker-ttl": None,
    # Set before a worker's interpreter starts, also when it is replaced. The outcome says what went wrong, so the
    # workers' log would only break the progress bars.
    "distributed.nanny.pre-spawn-environ": {
        **dict.fromkeys(THREAD_VARIABLES, "1"),
        "MALLOC_TRIM_THRESHOLD_": 65536,
        "DASK_LOGGING__DISTRIBUTED": "critical",
    },
}

# Each worker's nanny replaces it. Dask's cluster would also look once, this long after a death, and dismiss for good a
# worker that is just being replaced again, so that two deaths can leave no worker. It is read at each death.
_WHILE_OPEN = {"distributed.deploy.lost-worker-timeout": "1 day"}


def open_local(n_workers: int | None) -> DaskEngine:
    """Open an engine of `n_workers` processes on this machine (default: the cores that this process may use).

    The machine's memory (or the container's) is divided among the workers; one that takes 95 % of its share is ended.
    Workers start fresh interpreters (spawn), so nothing of this process leaks into them. No port is opened beyond
    the loopback interface and there is no dashboard. Raises EngineError where the workers do not start.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise EngineError(
            "workers are being started while a worker imports your script; put what the script does under "
            "`if __name__ == '__main__':`."
        )
    import dask
    from dask.system import CPU_COUNT
    from distributed import Client, LocalCluster
    from distributed.system import MEMORY_LIMIT

    n_workers = int(CPU_COUNT) if n_workers is None else n_workers
    try:
        # The environment as well: Dask lets a variable that is set here win over its settings.
        with dask.config.set(_SETTINGS), one_thread_environment():
            cluster = LocalCluster(
                n_workers=n_workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                memory_limit=max(1, int(MEMORY_LIMIT // n_workers)),
                silence_logs=logging.CRITICAL,
                preload="dynashape.engine.preload",
            )
            client = Client(cluster, set_as_default=False)
    except (OSError, RuntimeError, TimeoutError) as error:
        raise EngineError(
            f"{n_workers} local workers could not be started ({type(error).__name__}: {error}); ask for fewer, use the "
            "engine 'serial', and in a script keep what it does under `if __name__ == '__main__':`."
        ) from error

    settings = ExitStack()
    settings.enter_context(dask.config.set(_WHILE_OPEN))

    def on_close(prompt: bool) -> None:
        settings.close()
        _kill_workers(cluster, all_of_them=prompt)
        with contextlib.suppress(TimeoutError, OSError):
            client.close()
        with contextlib.suppress(TimeoutError, OSError):
            cluster.close()

    return DaskEngine(client, lambda: n_workers, on_close, lambda: _replace_lost(cluster, n_workers))


def _replace_lost(cluster: Any, n_workers: int) -> None:
    # A nanny that could not start its worker again has given up; the cluster opens what it finds missing.
    from distributed.core import Status

    for name, nanny in list(cluster.workers.items()):
        if nanny.status in (Status.closed, Status.failed):
            cluster.workers.pop(name, None)
    if len(cluster.workers) < n_workers:
        cluster.scale(n_workers)


def _kill_workers(cluster: Any, all_of_them: bool) -> None:
    # Files are written atomically, so nothing is lost but the running units; a polite stop waits seconds for each.
    # One that is just being replaced cannot stop politely: it complains on the terminal.
    from distributed.core import Status

    for nanny in list(cluster.workers.values()):
        process = nanny.process
        if process is not None and (all_of_them or process.status is not Status.running):
            nanny.status = Status.closing_gracefully  # else its watcher replaces the worker at once
            with contextlib.suppress(ProcessLookupError, TypeError):
                os.kill(process.pid, signal.SIGKILL)
