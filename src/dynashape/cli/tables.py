"""What the commands print: tables of tasks, presets and a study's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

from rich.console import Console
from rich.table import Table

from dynashape.study import StudyStatus
from dynashape.tasks import EnvironmentRow, TaskDescription

LONGEST_LINE = 110


def make_table(title: str, *columns: str) -> Table:
    """Make an empty table with these columns."""
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def print_tasks(rows: Sequence[TaskDescription]) -> None:
    """Print the tasks, one row each."""
    table = make_table(
        "Tasks (fixation, stimulus, delay, decision; the same steps in each)",
        "task",
        "inputs",
        "actions",
        "ceiling",
        "asks",
    )
    for row in rows:
        table.add_row(row.task, str(len(row.inputs)), str(len(row.actions)), _ceiling(row), row.description)
    console = Console()
    console.print(table, markup=False)
    console.print(
        "ceiling: the ideal observer of the same noisy inputs. One trial of a task: dynashape tasks CDM --plot cdm.png"
    )


def print_task(row: TaskDescription) -> None:
    """Print one task, with the names of its inputs and actions."""
    console = Console()
    console.print(f"{row.task}: {row.description}", markup=False)
    console.print(f"inputs: {', '.join(row.inputs)}", markup=False)
    console.print(f"actions: {', '.join(row.actions)}", markup=False)
    console.print(f"phases: {', '.join(f'{phase} {length} ms' for phase, length in row.phases.items())}", markup=False)
    start, stop = row.response_ms
    console.print(f"response scored from {start} to {stop} ms; ideal observer {_ceiling(row)}", markup=False)
    for about, words in row.survey.words.items():
        if about != "ideal observer":
            say_wrapped(console, f"{about}: {words}")


def _ceiling(row: TaskDescription) -> str:
    return "not known" if row.ceiling is None else f"{row.ceiling:.3f}"


def print_environments(rows: Sequence[EnvironmentRow]) -> None:
    """Print every NeuroGym environment: those that can be laid on the four phases, what they show, and the others."""
    console = Console()
    alignable = [row for row in rows if row.alignable]
    say_wrapped(
        console,
        f"{len(alignable)} of {len(rows)} NeuroGym environments can be laid over the four phases. What is said of them "
        "was found in trials sampled without noise.",
    )
    for row in alignable:
        console.print(f"\n{row.id}", markup=False, highlight=False, style="bold")
        found = {"periods": f"{', '.join(row.periods)}; {row.n_inputs} inputs, {row.n_actions} actions"}
        for about, words in (found | (row.survey.words if row.survey else {})).items():
            say_wrapped(console, f"{about}: {words}", indent=2)
        for remark in row.remarks:
            say_wrapped(console, f"! {remark}", indent=2)
    console.print("\nThe others, and why not", markup=False, highlight=False, style="bold")
    for row in rows:
        if not row.alignable:
            say_wrapped(console, f"{row.id}: {row.reason}")


def say_wrapped(console: Console, text: str, indent: int = 0) -> None:
    """Print a line broken between words, the rest of it further in; a name that is longer stays whole."""
    before, after = " " * indent, " " * (indent + 2)
    width = min(console.width, LONGEST_LINE)
    lines = wrap(text, width, initial_indent=before, subsequent_indent=after, break_long_words=False)
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def print_presets(known: Mapping[str, str]) -> None:
    """Print the presets, with what each is for."""
    table = make_table("Presets", "preset", "what it is")
    for name, description in known.items():
        table.add_row(name, description)
    Console().print(table, markup=False)


def print_status(status: StudyStatus) -> None:
    """Print what is done of each stage, then the networks that did not reach their criterion."""
    console = Console()
    table = make_table(f"{status.name} in {status.directory}", "stage", "done", "of")
    for stage in status.stages:
        table.add_row(stage.title, str(stage.n_done), str(stage.n_steps))
    console.print(table, markup=False)
    networks = status.networks
    if len(networks):
        reached = int(networks["reached"].sum())
        console.print(f"networks trained: {len(networks)}; at criterion: {reached}")
        for row in networks[~networks["reached"].astype(bool)].itertuples():
            console.print(
                f"  below criterion: {row.architecture} {row.task} seed {row.seed}: accuracy {row.accuracy:.3f} "
                f"({row.status}: {row.message})",
                markup=False,
            )
    console.print(
        "finished" if status.finished else "not finished: `dynashape run` with the same study goes on from here"
    )
