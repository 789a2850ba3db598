"""From the word of the command line to an engine."""

from __future__ import annotations

import re
from typing import Any

from dynashape.engine.serial import SerialEngine
from dynashape.engine.units import Engine
from dynashape.errors import EngineError, unknown_name

ENGINES: tuple[str, ...] = ("serial", "local", "slurm", "tcp://HOST:PORT")
"""What `open_engine` takes."""

_ADDRESS = re.compile(r"(tcp|tls)://\S+")
_HOST_AND_PORT = re.compile(r"[\w.-]+:\d+")


def open_engine(kind: str, n_workers: int | None = None, **options: Any) -> Engine:
    """Open an engine, ready to run units of work.

    Parameters
    ----------
    kind : str
        ``"serial"`` (this process), ``"local"`` (worker processes on this machine), ``"slurm"`` (workers in SLURM jobs)
        or the address of a running Dask scheduler, ``"tcp://HOST:PORT"``.
    n_workers : int, optional
        The number of units that run at a time. By default the usable cores for ``"local"`` and all threads of the
        scheduler at an address; required for ``"slurm"``; ignored by ``"serial"``.
    **options
        Options of ``"slurm"``: partition (or queue), account, walltime, memory, cores, interface,
        job_extra_directives and log_directory.

    Returns
    -------
    Engine
        The engine; close it, or use it in a ``with`` statement.

    Raises
    ------
    EngineError
        For an unknown kind or option, for fewer than one worker, and where workers cannot be had.

    Examples
    --------
    >>> with open_engine("serial") as engine:
    ...     engine.n_workers
    1
    """
    if n_workers is not None and n_workers < 1:
        raise EngineError(f"n_workers must be at least 1; got {n_workers}.")
    if options and kind != "slurm":
        raise EngineError(f"the engine {kind!r} takes no option {sorted(options)[0]!r}; only 'slurm' has options.")
    if kind == "serial":
        return SerialEngine()
    try:
        if kind == "local":
            from dynashape.engine.local import open_local

            return open_local(n_workers)
        if kind == "slurm":
            from dynashape.engine.slurm import open_slurm

            try:
                return open_slurm(n_workers, **options)
            except TypeError as error:
                raise EngineError(f"the engine 'slurm' does not take these options ({error}).") from error
        if _ADDRESS.fullmatch(kind) or _HOST_AND_PORT.fullmatch(kind):
            from dynashape.engine.attach import open_attached

            return open_attached(kind if "://" in kind else f"tcp://{kind}", n_workers)
    except ModuleNotFoundError as error:
        raise EngineError(
            f"the engine {kind!r} needs {error.name}, which is not installed; run `pip install 'dynashape[study]'`, "
            "or use the engine 'serial'."
        ) from error
    raise EngineError(unknown_name("engine", kind, ENGINES))
