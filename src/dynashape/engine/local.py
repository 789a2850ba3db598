"""Workers on this machine: one process a worker, one thread a process, all gone when the engine is closed."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
from typing import Any

from dynashape.engine.dask_engine import DaskEngine
from dynashape.engine.threads import THREAD_VARIABLES, one_thread_environment
from dynashape.errors import EngineError

# A unit holds nothing that Dask could spill, so a paused worker would wait for ever; at the limit the process ends.
_MEMORY = {
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
}
# Two deaths in company and two alone make a unit "killed". Workers are watched as processes, so one that computes
# for minutes without a heartbeat (or slept with the laptop) is not given up.
_SCHEDULER = {"distributed.scheduler.allowed-failures": 1, "distributed.scheduler.worker-ttl": None}


def open_local(n_workers: int | None) -> DaskEngine:
    """An engine of `n_workers` processes on this machine (default: the cores that this process may use).

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
        with dask.config.set({**_MEMORY, **_SCHEDULER}), one_thread_environment():
            cluster = LocalCluster(
                n_workers=n_workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address=None,
                memory_limit=max(1, int(MEMORY_LIMIT // n_workers)),
                silence_logs=logging.CRITICAL,
                env=dict.fromkeys(THREAD_VARIABLES, "1"),
            )
            client = Client(cluster, set_as_default=False)
    except (OSError, RuntimeError, TimeoutError) as error:
        raise EngineError(
            f"{n_workers} local workers could not be started ({type(error).__name__}: {error}); ask for fewer, use the "
            "engine 'serial', and in a script keep what it does under `if __name__ == '__main__':`."
        ) from error
    client.run(_ignore_interrupts)

    def on_close(prompt: bool) -> None:
        if prompt:
            _kill_workers(cluster)
        with contextlib.suppress(TimeoutError, OSError):
            client.close()
        with contextlib.suppress(TimeoutError, OSError):
            cluster.close()

    return DaskEngine(client, lambda: n_workers, on_close)


def _ignore_interrupts() -> None:
    # A terminal sends Ctrl-C to the workers too; the driver alone decides, and ends them without their tracebacks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _kill_workers(cluster: Any) -> None:
    # Files are written atomically, so nothing is lost but the running units; a polite stop waits seconds for each.
    for nanny in list(cluster.workers.values()):
        nanny.auto_restart = False
        with contextlib.suppress(ProcessLookupError, TypeError):
            os.kill(nanny.pid, signal.SIGKILL)
