from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dynashape.errors import StoreError
from dynashape.store import atomic_path, remove_leftovers, write_atomic


def test_the_file_appears_only_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "new" / "figure.png"
    with atomic_path(path) as temporary:
        temporary.write_bytes(b"half")
        assert not path.exists()
        assert temporary.parent == path.parent
        assert temporary.suffix == ".png"
    assert path.read_bytes() == b"half"
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_keeps_the_old_file_and_leaves_nothing(tmp_path: Path) -> None:
    path = write_atomic(tmp_path / "table.csv", "old")
    with pytest.raises(ZeroDivisionError), atomic_path(path) as temporary:
        temporary.write_text("new")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_ordinary_permissions(tmp_path: Path) -> None:
    # A temporary file of the tempfile module would be private, and a group could not read its own study.
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    assert write_atomic(tmp_path / "atomic", b"").stat().st_mode == plain.stat().st_mode


def test_writing_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing was written"), atomic_path(tmp_path / "x"):
        pass


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        write_atomic(tmp_path / "file" / "below", b"x")


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    def fill(path: Path) -> None:
        with atomic_path(path) as temporary:
            temporary.write_bytes(b"begun")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StoreError, match=r"x\.npz cannot be written \(No space left on device\); free"):
        fill(tmp_path / "x.npz")
    assert list(tmp_path.iterdir()) == []


def test_other_errors_of_the_writer_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "x.npz"):
        (tmp_path / "input").read_text()


def test_a_writer_killed_in_the_middle_leaves_the_old_file_and_a_leftover(tmp_path: Path) -> None:
    path = write_atomic(tmp_path / "table.csv", "old")
    code = (
        "import os, signal, sys\nfrom dynashape.store import atomic_path\n"
        "with atomic_path(sys.argv[1]) as temporary:\n"
        "    temporary.write_text('new')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    writer = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert writer.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    (leftover,) = set(tmp_path.iterdir()) - {path}

    assert remove_leftovers(tmp_path) == 0  # it is young: its writer might live
    an_hour_ago = time.time() - 3700
    os.utime(leftover, (an_hour_ago, an_hour_ago))
    assert remove_leftovers(tmp_path) == 1
    assert list(tmp_path.iterdir()) == [path]
