from __future__ import annotations

import builtins
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dynashape.engine import open_engine
from dynashape.errors import EngineError


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("locl", "unknown engine 'locl'; did you mean 'local'? Known: serial, local, slurm, tcp://HOST:PORT."),
        ("http://host:80", "unknown engine 'http://host:80';"),
        ("", "unknown engine '';"),
    ],
)
def test_an_unknown_engine(kind: str, sentence: str) -> None:
    with pytest.raises(EngineError) as caught:
        open_engine(kind)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("kind", ["serial", "local", "slurm", "tcp://127.0.0.1:8786"])
@pytest.mark.parametrize("n_workers", [0, -1])
def test_fewer_than_one_worker(kind: str, n_workers: int) -> None:
    with pytest.raises(EngineError, match=f"n_workers must be at least 1; got {n_workers}"):
        open_engine(kind, n_workers)


def test_options_that_do_not_exist() -> None:
    with pytest.raises(EngineError, match="'local' takes no option 'memory'"):
        open_engine("local", 1, memory="4GB")
    with pytest.raises(EngineError, match="partion"):
        open_engine("slurm", 1, partion="debug")


def test_slurm_needs_a_number_of_workers() -> None:
    with pytest.raises(EngineError, match="give --workers N"):
        open_engine("slurm")


def test_slurm_without_sbatch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("dask_jobqueue")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="`sbatch`, which is not on the PATH"):
        open_engine("slurm", 2)


@pytest.mark.parametrize(
    ("kind", "package", "remedy"),
    [
        ("slurm", "dask_jobqueue", r"pip install 'dynashape\[slurm\]'"),
        ("local", "dask", r"pip install 'dynashape\[study\]'"),
        ("tcp://127.0.0.1:8786", "distributed", r"pip install 'dynashape\[study\]'"),
    ],
)
def test_packages_that_are_not_installed(kind: str, package: str, remedy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    really_import = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return really_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EngineError, match=remedy):
        open_engine(kind, 2)


@pytest.fixture(params=["silent", "http"])
def foreign_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """Something that accepts connections and is no Dask scheduler."""
    connections = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connections.append(connection)
                if request.param == "http":
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\nwhat do you want?")

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    for connection in connections:
        connection.close()


def test_an_address_where_something_else_answers(foreign_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dynashape.engine.attach.REACH_S", 1)  # without it this waits for ever
    with pytest.raises(EngineError, match=f"no Dask scheduler answers at tcp://{foreign_server} .*`dask scheduler`"):
        open_engine(foreign_server)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "tcp://127.0.0.1", "tcp://nowhere.invalid:8786"])
def test_an_address_where_nobody_answers(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dynashape.engine.attach.REACH_S", 1)
    with pytest.raises(EngineError, match=f"no Dask scheduler answers at {address} "):
        open_engine(address)


def test_dask_is_imported_only_by_the_engines_that_need_it() -> None:
    code = (
        "import sys, dynashape.engine as e\n"
        "with e.open_engine('serial') as engine: engine.run([e.Unit('a', len, {})])\n"
        "print([name for name in ('dask', 'distributed', 'dask_jobqueue', 'torch') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
