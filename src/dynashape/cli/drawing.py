"""One trial of a task as a picture."""

from __future__ import annotations

from pathlib import Path

from dynashape.errors import InputError, SpecError, unknown_name
from dynashape.figures import plot_task_structure, to_bytes
from dynashape.figures.style import FORMATS
from dynashape.seeds import stream
from dynashape.store import write_atomic
from dynashape.tasks import TASKS, example_trial, make_task


def draw_task(name: str, path: Path, seed: int) -> None:
    """Draw one sampled trial of a task (inputs, target, phases) into a PNG, SVG or PDF file."""
    kind = path.suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        raise InputError(f"--plot draws .{', .'.join(FORMATS)}; got {path.name!r}.")
    if name not in TASKS:
        raise SpecError(unknown_name("task", name, TASKS))
    figure = plot_task_structure([example_trial(make_task(name), stream("trial to draw", name, seed))])
    write_atomic(path, to_bytes(figure, kind))
