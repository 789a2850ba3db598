"""Workers as SLURM jobs, replaced when the queue or a node takes them away."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dynashape.engine.dask_engine import DaskEngine
from dynashape.engine.threads import THREAD_VARIABLES
from dynashape.errors import EngineError

ASK_S = 15.0  # the queue of a cluster is everybody's; only asked while a worker is missing


def open_slurm(
    n_workers: int | None,
    *,
    partition: str | None = None,
    queue: str | None = None,
    account: str | None = None,
    walltime: str | int = "04:00:00",
    memory: str = "4GB",
    cores: int = 1,
    interface: str | None = None,
    job_extra_directives: str | Sequence[str] = (),
    log_directory: str | Path | None = None,
) -> DaskEngine:
    """Open an engine of `n_workers` single-threaded workers in SLURM jobs of `cores` workers and `memory` each.

    Run it on a login node (its scheduler lives in this process) with `interface` naming a network that the nodes reach.
    `queue` is another word for `partition`. `walltime` is SLURM's text, or a number of seconds (what YAML makes of
    12:00:00). A job that ends or is cancelled is replaced; its units run again elsewhere. The jobs' output goes to
    `log_directory` (nowhere by default).

    Raises EngineError where dask-jobqueue or sbatch is missing, and where SLURM would refuse the job, with SLURM's own
    words; a run raises it where job after job ends before its worker has arrived.
    """
    if n_workers is None:
        raise EngineError("the engine 'slurm' needs the number of workers, since it cannot guess it; give --workers N.")
    if partition is not None and queue is not None:
        raise EngineError(
            f"partition and queue are two words for one thing; got {partition!r} and {queue!r}, give one."
        )
    if cores < 1:
        raise EngineError(f"cores must be at least 1 (the workers in one SLURM job); got {cores}.")
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError as error:
        raise EngineError(
            "the engine 'slurm' needs dask-jobqueue, which is not installed; run `pip install 'dynashape[slurm]'`."
        ) from error
    if shutil.which("sbatch") is None:
        raise EngineError(
            "the engine 'slurm' needs SLURM's `sbatch`, which is not on the PATH; run this on a login node."
        )
    import dask
    from distributed import Client

    n_jobs = -(-n_workers // cores)
    directives = [job_extra_directives] if isinstance(job_extra_directives, str) else list(job_extra_directives)
    logs = {"log_directory": str(log_directory)} if log_directory is not None else {}
    discard = [] if log_directory is not None else ["--output=/dev/null", "--error=/dev/null"]
    try:
        with dask.config.set({"distributed.scheduler.allowed-failures": 1}):
            cluster = SLURMCluster(
                queue=partition if queue is None else queue,
                account=account,
                walltime=_clock(walltime),
                memory=memory,
                cores=cores,
                processes=cores,
                interface=interface,
                job_extra_directives=[*discard, *directives],
                job_script_prologue=[f"export {name}=1" for name in THREAD_VARIABLES],
                scheduler_options={"dashboard": False, "dashboard_address": ":0"},
                silence_logs="critical",
                **logs,
            )
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        raise EngineError(
            f"the SLURM engine could not be set up ({type(error).__name__}: {error}); check its options, "
            "above all `interface` (see `ip link`)."
        ) from error
    try:
        _ask_slurm(cluster.job_script())
        # scale(n) would not replace a lost job.
        cluster.adapt(minimum_jobs=n_jobs, maximum_jobs=n_jobs, interval="1s", wait_count=1)
        client = Client(cluster, set_as_default=False)
    except BaseException:
        cluster.close()
        raise

    def on_close(prompt: bool) -> None:  # noqa: ARG001  (closing cancels the jobs either way)
        with contextlib.suppress(TimeoutError, OSError):
            client.close()
        with contextlib.suppress(TimeoutError, OSError):
            cluster.close()

    return DaskEngine(client, lambda: n_workers, on_close, _Watch(cluster, n_jobs, log_directory).check)


class _Watch:
    """Jobs that end before their worker arrives: they are replaced, and given up where no job ever brings a worker.

    Dask replaces workers that it has seen. A job that ended earlier (cancelled in the queue, a node without this
    Python) it would wait for without end.
    """

    def __init__(self, cluster: Any, n_jobs: int, log_directory: str | Path | None) -> None:
        self._cluster = cluster
        self._most_failures = max(4, 2 * n_jobs)
        self._logs = log_directory
        self._arrived: set[str] = set()
        self._failures = 0
        self._asked = time.monotonic()

    def check(self) -> None:
        """Have lost jobs replaced; EngineError where only lost ones were seen, too many of them."""
        for worker in list(self._cluster.scheduler.workers.values()):
            # A job of several workers numbers them: JOB-0, JOB-1, ...
            self._arrived |= {str(worker.name), str(worker.name).rpartition("-")[0]}
        expected = {name: job.job_id for name, job in list(self._cluster.workers.items()) if name not in self._arrived}
        if not expected or time.monotonic() - self._asked < ASK_S:
            return
        self._asked = time.monotonic()
        known = _queued_jobs()
        lost = [name for name, job in expected.items() if known is not None and str(job) not in known]
        if lost:
            self._failures += len(lost)
            self._cluster.sync(self._cluster.scale_down, lost)  # adapt() then asks for new ones
        if self._failures >= self._most_failures and not self._arrived:
            where = (
                f"see their output in {self._logs}" if self._logs else "give log_directory=FOLDER to see their output"
            )
            raise EngineError(
                f"{self._failures} SLURM jobs ended before their worker arrived; {where} (is this Python on the nodes, "
                "and do they reach `interface`?)."
            )


def _queued_jobs() -> set[str] | None:
    """The numbers of this user's jobs that wait or run; None where SLURM does not answer just now."""
    command = ["squeue", "--noheader", "--format=%i", f"--user={os.getuid()}"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return set(answer.stdout.split()) if answer.returncode == 0 else None


def _clock(walltime: str | int) -> str:
    if isinstance(walltime, str):
        return walltime
    return f"{walltime // 3600:02d}:{walltime // 60 % 60:02d}:{walltime % 60:02d}"


def _ask_slurm(script: str) -> None:
    """EngineError where SLURM would refuse this job: in the cluster's own loop that would be a silent wait for ever."""
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
        file.write(script)
        file.flush()
        answer = subprocess.run(["sbatch", "--test-only", file.name], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        reason = " ".join(answer.stderr.split()) or f"exit code {answer.returncode}"
        raise EngineError(f"SLURM refuses the job ({reason}); check partition, account, walltime, memory and cores.")
