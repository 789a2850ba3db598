"""The engines with real workers. Waiting is always for an event, with a limit far above what a busy machine needs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from dynashape.engine import Engine, Outcome, Unit, open_engine
from dynashape.errors import EngineError

pytestmark = pytest.mark.alone
LIMIT_S = 120


# Workers cannot import this file, so units are closures: those travel by value.


def echo() -> Callable[[Any], Any]:
    return lambda x: x


def die() -> Callable[[], None]:
    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    return die


def work(folder: Path) -> Callable[[int], int]:
    """A unit that leaves a mark for each of its executions and returns its process."""

    def work(number: int) -> int:
        (folder / f"{number}-{uuid.uuid4().hex}").write_text("")
        time.sleep(0.1)
        return os.getpid()

    return work


def meet(folder: Path) -> Callable[[int], int]:
    """A unit that leaves a mark of its process and waits for that of another; it returns its process."""

    def meet(number: int) -> int:
        (folder / f"{os.getpid()}-{number}-{uuid.uuid4().hex}").write_text("")
        end = time.monotonic() + LIMIT_S
        while len({file.name.split("-")[0] for file in folder.iterdir()}) < 2:
            assert time.monotonic() < end, "one process gets all units"
            time.sleep(0.02)
        return os.getpid()

    return meet


def wait_until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {LIMIT_S} s"
        time.sleep(0.05)


def values(outcomes: list[Outcome]) -> list[Any]:
    assert [str(outcome.status) for outcome in outcomes] == ["ok"] * len(outcomes)
    return [outcome.value for outcome in outcomes]


@pytest.fixture(scope="module")
def two() -> Iterator[Engine]:
    with open_engine("local", 2) as engine:
        yield engine


def test_two_workers_return_in_order_and_report_each_once(two: Engine) -> None:
    seen: list[Outcome] = []
    units = [Unit(f"echo {i}", echo(), {"x": i}) for i in range(60)]
    outcomes = two.run(units, seen.append)
    assert values(outcomes) == list(range(60))
    assert [outcome.name for outcome in outcomes] == [unit.name for unit in units]
    assert sorted(seen, key=lambda outcome: int(outcome.value)) == outcomes
    assert two.n_workers == 2


def test_two_workers_share_the_units_and_neither_is_this_process(two: Engine, tmp_path: Path) -> None:
    pids = set(values(two.run([Unit(f"meet {i}", meet(tmp_path), {"number": i}) for i in range(10)])))
    assert len(pids) == 2
    assert os.getpid() not in pids
    assert len(list(tmp_path.iterdir())) == 10


def test_workers_compute_on_one_thread(two: Engine) -> None:
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")

    def environment() -> dict[str, str | None]:
        from pathlib import Path

        started_with = dict(
            line.split("=", 1) for line in Path("/proc/self/environ").read_text().split("\0") if "=" in line
        )
        return {name: started_with.get(name) for name in names}

    if not Path("/proc/self/environ").exists():
        pytest.skip("the environment that a process was started with is read from Linux's /proc")
    (started_with,) = values(two.run([Unit("environment", environment)]))
    assert started_with == dict.fromkeys(names, "1")


def test_failures_are_outcomes_and_the_others_go_on(two: Engine) -> None:
    def inverse(x: float) -> float:
        return 1 / x

    class Unpicklable:
        def __reduce__(self) -> str:
            raise RuntimeError("stays here")

    units = [Unit(f"inverse {x}", inverse, {"x": x}) for x in (1, 0, 2, 0.0, 4)]
    units.append(Unit("exit", lambda: sys.exit(3)))
    units.append(Unit("unpicklable value", lambda: Unpicklable()))
    outcomes = two.run(units)
    assert [outcome.value for outcome in outcomes] == [1, None, 0.5, None, 0.25, None, None]
    codes = [outcome.status.code for outcome in outcomes]
    assert codes == ["ok", "failed", "ok", "failed", "ok", "failed", "failed"]
    assert outcomes[1].status.message.startswith("ZeroDivisionError: division by zero (")
    assert outcomes[5].status.message.startswith("SystemExit: 3")


def test_one_name_may_run_again_in_a_later_call(two: Engine) -> None:
    for i in range(3):
        assert values(two.run([Unit("same", echo(), {"x": i})])) == [i]


def test_an_error_of_the_callback_leaves_a_usable_engine(two: Engine) -> None:
    def fail(outcome: Outcome) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        two.run([Unit(f"echo {i}", echo(), {"x": i}) for i in range(6)], fail)
    assert values(two.run([Unit("after", echo(), {"x": 1})])) == [1]


def test_a_worker_killed_from_outside_costs_nothing_but_its_unit(two: Engine, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_once(outcome: Outcome) -> None:
        if not killed:
            killed.append(outcome.value)
            os.kill(outcome.value, signal.SIGKILL)

    outcomes = two.run([Unit(f"work {i}", work(tmp_path), {"number": i}) for i in range(30)], kill_once)
    assert len(values(outcomes)) == 30
    executions = [file.name.split("-")[0] for file in tmp_path.iterdir()]
    assert set(executions) == {str(i) for i in range(30)}
    # Released outcomes are not computed again: only what was under way at the death, at most one a worker.
    assert len(executions) <= 32


@pytest.mark.slow
def test_a_unit_that_always_kills_its_worker_is_reported_and_takes_nobody_with_it(two: Engine, tmp_path: Path) -> None:
    units = [Unit("killer", die())]
    units += [Unit(f"work {i}", work(tmp_path), {"number": i}) for i in range(12)]
    units += [Unit("another killer", die())]
    outcomes = two.run(units)
    assert len(values(outcomes[1:-1])) == 12
    for outcome in (outcomes[0], outcomes[-1]):
        assert outcome.status.code == "killed"
        assert "memory" in outcome.status.message
    assert values(two.run([Unit("after", echo(), {"x": 1})])) == [1]


@pytest.mark.slow
def test_workers_that_dask_gives_up_are_replaced(two: Engine) -> None:
    cluster = two.client.cluster  # type: ignore[attr-defined]
    for nanny in list(cluster.workers.values()):
        cluster.sync(nanny.close)
    assert values(two.run([Unit(f"echo {i}", echo(), {"x": i}) for i in range(4)])) == [0, 1, 2, 3]


@pytest.mark.slow
def test_one_worker_starts_units_in_the_given_order(tmp_path: Path) -> None:
    seen: list[Outcome] = []
    units = [Unit(f"work {i}", work(tmp_path), {"number": i}) for i in (5, 3, 9, 0, 7, 1)]
    with open_engine("local", 1) as engine:
        assert engine.n_workers == 1
        engine.run(units, seen.append)
    assert [outcome.name for outcome in seen] == [unit.name for unit in units]
    started = sorted(tmp_path.iterdir(), key=lambda file: file.stat().st_mtime_ns)
    assert [int(file.name.split("-")[0]) for file in started] == [5, 3, 9, 0, 7, 1]


@pytest.mark.slow
def test_a_closed_engine_says_so_and_leaves_no_process() -> None:
    before = set(psutil.Process().children(recursive=True))
    engine = open_engine("local", 1)
    workers = set(psutil.Process().children(recursive=True)) - before
    assert workers
    engine.close()
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        engine.run([])
    # multiprocessing's resource tracker is this process's own and stays
    left = psutil.wait_procs([p for p in workers if "resource_tracker" not in _command(p)], timeout=LIMIT_S)[1]
    assert left == []


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


DRIVER = """
import sys, time
from dynashape.engine import Unit, open_engine

def main():
    with open_engine("local", 2) as engine:
        units = [Unit("quick", time.time)] + [Unit(f"long {i}", endless) for i in range(6)]
        engine.run(units, lambda outcome: print("RUNNING", flush=True))

def endless():
    import time
    time.sleep(100000)

if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        sys.exit(130)
"""


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[str]]:
    """A process in a session of its own; whatever lives in the session at the end is killed."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["terminal", "driver only", "kill -9"])
def test_ending_the_driver_leaves_no_process(how: str, tmp_path: Path) -> None:
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    with started(sys.executable, str(script)) as driver:
        assert driver.stdout is not None
        assert driver.stdout.readline() == "RUNNING\n"
        family = psutil.Process(driver.pid).children(recursive=True)
        assert len(family) >= 2
        if how == "terminal":
            os.killpg(driver.pid, signal.SIGINT)
        elif how == "driver only":
            driver.send_signal(signal.SIGINT)
        else:
            driver.kill()
        # A polite stop would wait for units that never end.
        output, errors = driver.communicate(timeout=LIMIT_S)
        assert psutil.wait_procs(family, timeout=LIMIT_S)[1] == []
    if how == "kill -9":
        assert driver.returncode == -signal.SIGKILL
    else:
        assert (driver.returncode, output) == (130, "interrupted\n")
        assert "Traceback" not in errors


def module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"distributed.cli.{name}", "--no-dashboard")


@contextmanager
def scheduler_process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A scheduler as somebody else would start it, and its address."""
    file = folder / "scheduler.json"

    def written() -> bool:
        with suppress(FileNotFoundError, json.JSONDecodeError):  # Dask does not write it in one step
            return "address" in json.loads(file.read_text())
        return False

    command = module("dask_scheduler")
    with started(*command, "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file)) as process:
        wait_until(written, "a scheduler file")
        yield process, json.loads(file.read_text())["address"]


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers, each a process of its own."""
    with scheduler_process(tmp_path_factory.mktemp("scheduler")) as (_, address):
        worker = (*module("dask_worker"), address, "--nthreads", "1")
        with started(*worker), started(*worker):
            yield address


@pytest.mark.slow
def test_attach_to_a_scheduler_and_leave_it_running(scheduler: str, tmp_path: Path) -> None:
    for attempt in range(2):  # the second one finds the scheduler and its workers alive
        folder = tmp_path / str(attempt)
        folder.mkdir()
        with open_engine(scheduler) as engine:
            wait_until(lambda: engine.n_workers == 2, "the second worker's arrival")
            pids = values(engine.run([Unit(f"meet {i}", meet(folder), {"number": i}) for i in range(10)]))
        assert len(set(pids)) == 2
        assert all(psutil.pid_exists(pid) for pid in pids)
        assert len(list(folder.iterdir())) == 10


@pytest.mark.slow
def test_attach_uses_no_more_than_it_was_asked_to(scheduler: str, tmp_path: Path) -> None:
    def alone(number: int) -> bool:
        mark = tmp_path / f"{number}"
        mark.write_text("")
        time.sleep(0.1)
        others = len(list(tmp_path.iterdir())) - 1
        mark.unlink()
        return others == 0

    with open_engine(scheduler, n_workers=1) as engine:
        assert engine.n_workers == 1
        assert values(engine.run([Unit(f"alone {i}", alone, {"number": i}) for i in range(6)])) == [True] * 6


@pytest.mark.slow
def test_attach_survives_the_death_of_a_worker(scheduler: str, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_once(outcome: Outcome) -> None:
        if not killed:
            killed.append(outcome.value)
            os.kill(outcome.value, signal.SIGKILL)

    with open_engine(scheduler) as engine:
        outcomes = engine.run([Unit(f"work {i}", work(tmp_path), {"number": i}) for i in range(20)], kill_once)
    assert len(values(outcomes)) == 20


@pytest.mark.slow
def test_attach_to_a_scheduler_that_dies_says_so(tmp_path: Path) -> None:
    units = [Unit("quick", echo(), {"x": 1}), Unit("long", lambda: time.sleep(100000))]
    with (
        scheduler_process(tmp_path) as (process, address),
        started(*module("dask_worker"), address, "--nthreads", "1"),
        open_engine(address) as engine,
        pytest.raises(EngineError, match="connection to the Dask scheduler was lost"),
    ):
        engine.run(units, lambda outcome: process.kill())


@pytest.mark.slow
def test_attach_to_a_scheduler_without_workers_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dynashape.engine.attach.WORKERS_S", 2)
    with (
        scheduler_process(tmp_path) as (_, address),
        pytest.raises(EngineError, match=f"has no workers; start some with `dask worker {address}"),
    ):
        open_engine(address)


@pytest.mark.slow
def test_a_script_without_a_main_guard_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("from dynashape.engine import open_engine\nopen_engine('local', 1)\n")
    with started(sys.executable, str(script)) as process:
        _, errors = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 1
    assert "put what the script does under `if __name__ == '__main__':`" in errors
