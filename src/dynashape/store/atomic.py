"""Files that are either there in full or not there: written beside their place, flushed to disk, then renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dynashape.errors import StoreError

_MARK = ".writing-"
_HOUR = 3600.0
# What the writer between may also meet (a missing input, say) is not the disk's fault.
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM)


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Give a path to write to; when the block ends without an error, the file takes the place of `path` in one step.

    Whatever happens, a reader sees the old file or the new one.

    Parameters
    ----------
    path : str or Path
        Where the file is to be. Missing folders are made.

    Yields
    ------
    Path
        Where to write. This file lies in the same folder, since a rename across file systems is a copy, and ends like
        `path`, because writers such as ``Figure.savefig`` choose the format by the ending. It is flushed to disk before
        the rename: without that a power cut can leave the new name with empty content.

    Raises
    ------
    StoreError
        Where the folder cannot be written, or the block wrote nothing.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_path(Path(folder) / "note.txt") as temporary:
    ...         _ = temporary.write_text("whole")
    ...     [file.name for file in Path(folder).iterdir()]
    ['note.txt']
    """
    path = Path(path)
    temporary = path.with_name(f"{_MARK}{secrets.token_hex(6)}-{path.name}")
    try:
        with _disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        with _disk_errors(path, _DISK):
            yield temporary
        with _disk_errors(path):
            if not temporary.exists():
                raise StoreError(f"nothing was written to {temporary} for {path}; write to the path that is given.")
            _flush(temporary)
            temporary.replace(path)
            _flush_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_atomic(path: str | Path, content: bytes | str) -> Path:
    """Write `content` (text as UTF-8) to `path` in one step and return the path; see `atomic_path`."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
    return Path(path)


def remove_leftovers(folder: str | Path, older_than_s: float = _HOUR) -> int:
    """Remove what killed writers left under `folder`, and return the number of files.

    Younger files are spared: another process may be writing them (no single write takes an hour).
    """
    removed = 0
    oldest = time.time() - older_than_s
    for leftover in Path(folder).rglob(f"{_MARK}*"):
        with contextlib.suppress(OSError):  # somebody else's, or removed meanwhile
            if leftover.is_file() and leftover.stat().st_mtime <= oldest:
                leftover.unlink()
                removed += 1
    return removed


@contextmanager
def _disk_errors(path: Path, only: tuple[int, ...] | None = None) -> Iterator[None]:
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        if only is not None and error.errno not in only:
            raise
        reason = error.strerror or str(error)
        raise StoreError(
            f"{path} cannot be written ({reason}); free some space or choose a folder that you may write to, "
            "then run the same command again: what is finished is kept."
        ) from error


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    # Some network file systems refuse to sync a folder; the rename itself is still atomic there.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
