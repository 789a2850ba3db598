"""The SLURM engine on a real SLURM: a controller and two nodes on this machine, all in a temporary folder.

On Debian: `apt-get install --no-install-recommends slurmctld slurmd slurm-client munge`.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from dynashape.engine import Engine, Outcome, Unit, open_engine
from dynashape.errors import EngineError

_PROGRAMS = ("slurmctld", "slurmd", "sbatch", "scancel", "squeue", "sinfo", "munged")
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
_MISSING = [program for program in _PROGRAMS if shutil.which(program, path=_PATH) is None]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.skipif(bool(_MISSING), reason=f"SLURM is not installed here (missing: {', '.join(_MISSING)})"),
]

LIMIT_S = 180
OPTIONS = {"interface": "lo", "memory": "900MB", "walltime": "00:30:00"}


def wait_until(condition: Callable[[], bool], what: str, report: Callable[[], str] = str) -> None:
    end = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {LIMIT_S} s\n{report()}"
        time.sleep(0.2)


def ask(*command: str) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout if answer.returncode == 0 else ""


def jobs() -> set[str]:
    """The numbers of the jobs that run."""
    return set(ask("squeue", "--noheader", "--states=RUNNING", "--format=%i").split())


def free_ports(n: int) -> list[int]:
    with ExitStack() as held:
        servers = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(n)]
        return [server.getsockname()[1] for server in servers]


@contextmanager
def daemon(*command: str, log: Path) -> Iterator[None]:
    """A program that stays in the foreground, ended with everything it started."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            yield
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def configuration(folder: Path, ports: list[int]) -> str:
    host = socket.gethostname()
    user = "root" if os.getuid() == 0 else ask("id", "-un").strip()
    return f"""
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool_%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd_%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
MpiDefault=none
SlurmdParameters=config_overrides
KillWait=2
SchedulerParameters=sched_interval=1,bf_interval=1
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=2 RealMemory=2000
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2 RealMemory=2000
PartitionName=debug Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
"""


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A SLURM of two nodes with two cores each; its folder, which also takes the jobs' logs."""
    folder = tmp_path_factory.mktemp("slurm")
    for name in ("state", "spool_n1", "spool_n2"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o400)
    folder.chmod(0o755)
    config = folder / "slurm.conf"
    config.write_text(configuration(folder, free_ports(3)))

    def logs() -> str:
        return "\n".join(f"== {log.name}\n{log.read_text(errors='replace')[-2000:]}" for log in folder.glob("*.log"))

    with pytest.MonkeyPatch.context() as patch, ExitStack() as running:
        patch.setenv("PATH", _PATH)
        patch.setenv("SLURM_CONF", str(config))
        munge = [
            f"--{name}={folder}/munge.{name.split('-')[0]}"
            for name in ("pid-file", "log-file", "seed-file", "key-file")
        ]
        running.enter_context(
            daemon(
                "munged",
                "--foreground",
                "--force",
                f"--socket={folder}/munge.socket",
                *munge,
                log=folder / "munged.log",
            )
        )
        wait_until((folder / "munge.socket").exists, "munge's socket", logs)
        running.enter_context(daemon("slurmctld", "-D", "-f", str(config), log=folder / "slurmctld.log"))
        for node in ("n1", "n2"):
            running.enter_context(
                daemon("slurmd", "-D", "-f", str(config), "-N", node, log=folder / f"slurmd_{node}.log")
            )
        wait_until(
            lambda: ask("sinfo", "--noheader", "--Node", "--format=%T").split() == ["idle", "idle"],
            "two idle nodes",
            logs,
        )
        yield folder


@pytest.fixture
def engine(slurm: Path) -> Iterator[Engine]:
    with open_engine("slurm", 2, log_directory=slurm, **OPTIONS) as engine:
        yield engine
    wait_until(lambda: not ask("squeue", "--noheader").strip(), "the end of all jobs", lambda: ask("squeue"))


def work(folder: Path) -> Callable[[int], tuple[str, int]]:
    """A unit that leaves a mark for each of its executions and returns its job and process (it travels by value)."""

    def work(number: int) -> tuple[str, int]:
        (folder / f"{number}-{uuid.uuid4().hex}").write_text("")
        time.sleep(0.2)
        return os.environ["SLURM_JOB_ID"], os.getpid()

    return work


def values(outcomes: list[Outcome]) -> list[Any]:
    assert [str(outcome.status) for outcome in outcomes] == ["ok"] * len(outcomes)
    return [outcome.value for outcome in outcomes]


def test_two_jobs_run_twenty_units(engine: Engine, tmp_path: Path) -> None:
    assert engine.n_workers == 2
    wait_until(lambda: len(jobs()) == 2, "two running jobs", lambda: ask("squeue"))
    places = values(engine.run([Unit(f"work {i}", work(tmp_path), {"number": i}) for i in range(20)]))
    assert {job for job, _ in places} <= jobs()
    assert len(list(tmp_path.iterdir())) == 20


def test_a_cancelled_job_is_replaced_and_everything_finishes(engine: Engine, tmp_path: Path) -> None:
    wait_until(lambda: len(jobs()) == 2, "two running jobs", lambda: ask("squeue"))
    cancelled: list[str] = []
    others: set[str] = set()

    def cancel_once(outcome: Outcome) -> None:
        job = outcome.value[0]
        if not cancelled:
            others.update(jobs() - {job})
            cancelled.append(job)
            subprocess.run(["scancel", job], check=True)

    outcomes = engine.run([Unit(f"work {i}", work(tmp_path), {"number": i}) for i in range(20)], cancel_once)
    assert len(values(outcomes)) == 20
    executions = [file.name.split("-")[0] for file in tmp_path.iterdir()]
    assert set(executions) == {str(i) for i in range(20)}
    assert len(executions) <= 22  # only what was under way when the job died ran again

    # scale() alone would never bring the second job back
    wait_until(lambda: len(jobs() - set(cancelled)) == 2, "a replacement of the cancelled job", lambda: ask("squeue"))
    assert jobs() - set(cancelled) - others


def test_a_job_cancelled_in_the_queue_is_replaced(slurm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dynashape.engine.slurm.ASK_S", 1)
    waiting = {**OPTIONS, "job_extra_directives": ["--begin=now+3600"]}

    def queued() -> set[str]:
        return set(ask("squeue", "--noheader", "--states=PENDING", "--format=%i").split())

    with ThreadPoolExecutor(1) as thread, open_engine("slurm", 2, **waiting) as engine:
        wait_until(lambda: len(queued()) == 2, "two waiting jobs", lambda: ask("squeue"))
        first = queued()
        running = thread.submit(engine.run, [Unit("echo", lambda: 1)])
        subprocess.run(["scancel", *first], check=True)
        wait_until(lambda: len(queued() - first) == 2, "two new jobs", lambda: ask("squeue"))
        for job in queued():
            subprocess.run(["scontrol", "update", f"JobId={job}", "StartTime=now"], check=True)
        assert values(running.result(timeout=LIMIT_S)) == [1]


def test_jobs_compute_on_one_thread(engine: Engine) -> None:
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")

    def environment() -> list[str | None]:
        return [os.environ.get(name) for name in names]

    assert values(engine.run([Unit("environment", environment)])) == [["1", "1", "1"]]


def test_a_job_that_slurm_refuses_is_an_error_with_slurms_reason(slurm: Path) -> None:
    with pytest.raises(EngineError, match=r"SLURM refuses the job \(.*invalid partition"):
        open_engine("slurm", 1, partition="nowhere", **OPTIONS)
    with pytest.raises(EngineError, match=r"SLURM refuses the job \("):
        open_engine("slurm", 1, **{**OPTIONS, "memory": "900GB"})
    assert not ask("squeue", "--noheader").strip()


def test_what_the_command_line_makes_of_the_options_reaches_slurm(slurm: Path) -> None:
    options = {**OPTIONS, "walltime": 12 * 3600, "queue": "debug", "job_extra_directives": "--comment=shapes"}
    with open_engine("slurm", 2, cores=2, **options) as engine:
        wait_until(lambda: len(jobs()) == 1, "one running job", lambda: ask("squeue"))
        assert ask("squeue", "--noheader", "--Format=TimeLimit,Partition,Comment,NumCPUs").split() == [
            "12:00:00",
            "debug",
            "shapes",
            "2",
        ]
        (places,) = {tuple(values(engine.run([Unit("place", work(slurm), {"number": 0})])))}
        assert {places[0][0]} == jobs()
    with pytest.raises(EngineError, match="two words for one thing"):
        open_engine("slurm", 1, partition="debug", **options)


def test_jobs_that_cannot_work_end_the_run(slurm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import dask

    monkeypatch.setattr("dynashape.engine.slurm.ASK_S", 1)
    with (
        dask.config.set({"jobqueue.slurm.python": "/nowhere/python"}),
        open_engine("slurm", 1, log_directory=slurm / "jobs", **OPTIONS) as engine,
        pytest.raises(EngineError, match=r"SLURM jobs ended before .* see their output in .*/jobs"),
    ):
        engine.run([Unit("echo", lambda: 1)])
    assert any("/nowhere/python" in log.read_text() for log in (slurm / "jobs").iterdir())


def test_an_interface_that_does_not_exist(slurm: Path) -> None:
    with pytest.raises(EngineError, match="check its options, above all `interface`"):
        open_engine("slurm", 1, **{**OPTIONS, "interface": "ib7"})
