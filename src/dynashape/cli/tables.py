"""What the commands print: tables of tasks, presets and a study's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from dynashape.study import StudyStatus


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def print_tasks(rows: Sequence[Mapping[str, Any]]) -> None:
    """The tasks, one row each."""
    table = _table(
        "Tasks (fixation, stimulus, delay, decision; the same steps in each)",
        "task",
        "inputs",
        "actions",
        "ceiling",
        "asks",
    )
    for row in rows:
        table.add_row(
            row["task"], str(len(row["inputs"])), str(len(row["actions"])), f"{row['ceiling']:.3f}", row["description"]
        )
    console = Console()
    console.print(table, markup=False)
    console.print(
        "ceiling: the ideal observer of the same noisy inputs. One trial of a task: dynashape tasks CDM --plot cdm.png"
    )


def print_task(row: Mapping[str, Any]) -> None:
    """One task, with the names of its inputs and actions."""
    console = Console()
    console.print(f"{row['task']}: {row['description']}", markup=False)
    console.print(f"inputs: {', '.join(row['inputs'])}", markup=False)
    console.print(f"actions: {', '.join(row['actions'])}", markup=False)
    console.print(
        "phases: " + ", ".join(f"{phase} {length} ms" for phase, length in row["phases"].items()), markup=False
    )
    start, stop = row["response_ms"]
    console.print(f"response scored from {start} to {stop} ms; ideal observer {row['ceiling']:.3f}", markup=False)


def print_environments(rows: Sequence[Mapping[str, Any]]) -> None:
    """Every NeuroGym environment, and whether its periods can be laid on the four phases."""
    table = _table("NeuroGym environments", "environment", "periods", "inputs", "actions", "can be aligned", "why not")
    for row in rows:
        sizes = (str(row[name]) if row[name] is not None else "" for name in ("n_inputs", "n_actions"))
        table.add_row(row["id"], ", ".join(row["periods"]), *sizes, "yes" if row["alignable"] else "no", row["reason"])
    Console().print(table, markup=False)


def print_presets(known: Mapping[str, str]) -> None:
    """The presets, with what each is for."""
    table = _table("Presets", "preset", "what it is")
    for name, description in known.items():
        table.add_row(name, description)
    Console().print(table, markup=False)


def print_status(status: StudyStatus) -> None:
    """Units done of each stage, then the networks that did not reach their criterion."""
    console = Console()
    table = _table(f"{status.name} in {status.directory}", "stage", "done", "of")
    for title, done, total in status.stages:
        table.add_row(title, str(done), str(total))
    console.print(table, markup=False)
    networks = status.networks
    if len(networks):
        reached = int(networks["reached"].sum())
        console.print(f"networks trained: {len(networks)}; at criterion: {reached}")
        for row in networks[~networks["reached"].astype(bool)].itertuples():
            console.print(
                f"  below criterion: {row.architecture} {row.task} seed {row.seed}: accuracy {row.accuracy:.3f} "
                f"of {row.ceiling:.3f} ({row.status}: {row.message})",
                markup=False,
            )
    console.print(
        "finished" if status.finished else "not finished: `dynashape run` with the same study goes on from here"
    )
