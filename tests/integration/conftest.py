"""The command line in this process, and a tiny study made once a test run, whatever the number of pytest's workers."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from dynashape.cli import main

# A shell that starts the tests in the background has them ignore SIGINT, and whatever they start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """All of it in one line."""
        return " ".join((self.out + self.err).split())


def call(*arguments: object, cwd: Path | None = None, code: int = 0) -> Said:
    """Call `dynashape ARGUMENTS` in this process, in the folder `cwd`; it must end with this code.

    That spares each call some four seconds of imports. What the command does to this process is undone.
    """
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.object(sys, "argv", ["dynashape", *map(str, arguments)]),
        patch.object(sys, "path", list(sys.path)),
        patch.dict(os.environ),
        chdir(cwd or Path.cwd()),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    said = Said(int(ended.value.code or 0), out.getvalue(), err.getvalue())
    assert said.code == code, said.out + said.err
    return said


@pytest.fixture(scope="session")
def dynashape() -> Callable[..., Said]:
    """The command line in this process: `dynashape("status", folder).out`, with `cwd` and the exit `code` expected."""
    return call


@pytest.fixture(scope="session")
def tiny_options() -> list[str]:
    """What makes the preset `smoke` a study of one architecture, two tasks, two phases and three seeds."""
    fields = (
        "architectures=[V-RNN]",
        "tasks=[GNG, PR]",
        "phases=[stimulus, delay]",
        "training.max_updates=6",
        "training.evaluate_every=3",
        "training.n_evaluation_trials=32",
        "activity.n_trials=12",
    )
    return ["--engine", "serial", *(part for field in fields for part in ("--set", field))]


@pytest.fixture(scope="session")
def tiny_study(made_once: Callable[[str, Callable[[Path], object]], Path], tiny_options: list[str]) -> Path:
    """That study, whole. All tests share it: whoever changes something takes a copy."""

    def make(folder: Path) -> None:
        call("run", "smoke", "--out", folder / "tiny", *tiny_options)

    return made_once("tiny", make) / "tiny"
