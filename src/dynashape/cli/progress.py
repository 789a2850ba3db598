"""Progress of a run: a bar per stage with rate and time left on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import IO, Protocol, cast, runtime_checkable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from dynashape.steps import Progress


@runtime_checkable
class Stream(Protocol):
    """What progress is written to."""

    def write(self, text: str, /) -> int: ...

    def flush(self) -> None: ...

    def isatty(self) -> bool: ...


def make_progress(stream: Stream | None = None) -> Progress:
    """Make bars where `stream` (standard error by default) is a terminal, and plain lines where it is not."""
    stream = stream or sys.stderr
    return Bars(stream) if stream.isatty() else Lines(stream)


class Lines:
    """Progress as lines: for the start and end of a stage, for units now and then, and for each failure at once."""

    def __init__(self, stream: Stream, every_seconds: float = 2.0) -> None:
        self._stream = stream
        self._every = every_seconds
        self._title, self._n, self._done, self._found, self._began, self._told = "", 0, 0, 0, 0.0, 0.0

    def stage(self, title: str, n_units: int, n_done: int) -> None:
        self._title, self._n, self._done, self._found = title, n_units, n_done, n_done
        self._began = self._told = time.monotonic()
        if n_done == n_units:
            self._say(f"{title}: all {n_units} found")
        else:
            self._say(f"{title}: {n_units - n_done} to do" + (f", {n_done} found" if n_done else ""))

    def unit(self, name: str, ok: bool, message: str) -> None:
        self._done += 1
        now = time.monotonic()
        if not ok:
            self._say(f"{self._title}: {name} failed: {message}")
        elif now - self._told >= self._every and self._done < self._n:
            self._told = now
            rate = (self._done - self._found) / (now - self._began)
            left = (self._n - self._done) / rate
            self._say(f"{self._title}: {self._done}/{self._n} ({name}), {_rate(rate)}, about {left:.0f} s left")

    def end(self) -> None:
        if self._done > self._found:
            self._say(f"{self._title}: done in {time.monotonic() - self._began:.1f} s")

    def _say(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()


class Bars:
    """Progress as a bar for each stage, with failures printed above it."""

    def __init__(self, stream: Stream) -> None:
        self._console = Console(file=cast("IO[str]", stream))
        self._bars: RichProgress | None = None
        self._began = 0.0

    def stage(self, title: str, n_units: int, n_done: int) -> None:
        self._began = time.monotonic()
        self._bars = RichProgress(
            TextColumn("{task.description:<40}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[unit]}"),
            console=self._console,
        )
        self._bars.add_task(title, total=n_units, completed=n_done, rate="", unit="")
        self._found = n_done
        self._bars.start()

    def unit(self, name: str, ok: bool, message: str) -> None:
        assert self._bars is not None
        (task,) = self._bars.tasks
        rate = (task.completed + 1 - self._found) / max(time.monotonic() - self._began, 1e-9)
        self._bars.update(task.id, advance=1, rate=_rate(rate), unit=name)
        if not ok:
            self._bars.console.print(f"{name} failed: {message}", style="red", markup=False)

    def end(self) -> None:
        if self._bars is not None:
            self._bars.stop()
            self._bars = None


def _rate(per_second: float) -> str:
    return f"{per_second:.1f}/s" if per_second >= 1 else f"{60 * per_second:.1f}/min"
