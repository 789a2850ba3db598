"""Workers as SLURM jobs, replaced when the queue or a node takes them away."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from dynashape.engine.dask_engine import DaskEngine
from dynashape.engine.threads import THREAD_VARIABLES
from dynashape.errors import EngineError


def open_slurm(
    n_workers: int | None,
    *,
    partition: str | None = None,
    account: str | None = None,
    walltime: str = "04:00:00",
    memory: str = "4GB",
    cores: int = 1,
    interface: str | None = None,
    job_extra_directives: Sequence[str] = (),
    log_directory: str | Path | None = None,
) -> DaskEngine:
    """An engine of `n_workers` single-threaded workers in SLURM jobs of `cores` workers and `memory` each.

    Run it on a login node (its scheduler lives in this process) with `interface` naming a network that the nodes reach.
    A job that ends or is cancelled is replaced; its units run again elsewhere. The job's output goes to
    `log_directory` (nowhere by default). Raises EngineError where dask-jobqueue or sbatch is missing, or where SLURM
    would refuse the job, with SLURM's own words.
    """
    if n_workers is None:
        raise EngineError("the engine 'slurm' needs the number of workers, since it cannot guess it; give --workers N.")
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
    logs = {"log_directory": str(log_directory)} if log_directory is not None else {}
    discard = [] if log_directory is not None else ["--output=/dev/null", "--error=/dev/null"]
    try:
        with dask.config.set({"distributed.scheduler.allowed-failures": 1}):
            cluster = SLURMCluster(
                queue=partition,
                account=account,
                walltime=walltime,
                memory=memory,
                cores=cores,
                processes=cores,
                interface=interface,
                job_extra_directives=[*discard, *job_extra_directives],
                job_script_prologue=[f"export {name}=1" for name in THREAD_VARIABLES],
                scheduler_options={"dashboard_address": None},
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

    return DaskEngine(client, lambda: n_workers, on_close)


def _ask_slurm(script: str) -> None:
    """EngineError where SLURM would refuse this job: in the cluster's own loop that would be a silent wait for ever."""
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
        file.write(script)
        file.flush()
        answer = subprocess.run(["sbatch", "--test-only", file.name], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        reason = " ".join(answer.stderr.split()) or f"exit code {answer.returncode}"
        raise EngineError(f"SLURM refuses the job ({reason}); check partition, account, walltime, memory and cores.")
