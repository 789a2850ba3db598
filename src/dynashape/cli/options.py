"""Options that several commands share: where and on how many workers a study is computed."""

from __future__ import annotations

from typing import Annotated

import typer

Engine = Annotated[
    str, typer.Option(help="serial, local, slurm, or the ADDRESS of a running Dask scheduler (tcp://...).")
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, help="Number of workers.  [default: the cores of this machine]", show_default=False),
]
SlurmOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--slurm",
        help="Option of the SLURM engine, such as partition=short or memory=4GB; can be repeated. There are partition "
        "(or queue), account, walltime, memory, cores, interface, job_extra_directives and log_directory. A walltime "
        "that is a plain number is in seconds; otherwise write HH:MM:SS.",
        metavar="NAME=VALUE",
    ),
]
