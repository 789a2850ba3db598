"""Artifacts by step and key: arrays and JSON in plain files that are whole or missing.

Arrays are stored as .npz, with a checksum of every array. Safetensors would be quicker, but it refuses or scrambles
complex and text arrays and transposed views.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from dynashape.errors import InputError, StoreError
from dynashape.records import Array
from dynashape.store.atomic import atomic_path, remove_leftovers, write_atomic
from dynashape.store.keys import plain_json

_ARRAYS, _JSON = ".npz", ".json"
_META = "meta.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError)


@dataclass(frozen=True)
class Store:
    """A folder of artifacts, one file each: ``root/<step>/<key>.npz`` or ``.json``.

    One artifact belongs to one step and key, so what belongs together is written in one call. Any number of processes
    may read and write at once: two that write the same key write the same content, and the last one stays. The store
    itself is a small value that can be pickled.

    Parameters
    ----------
    root : Path
        The folder. `create` makes it where it is missing.
    """

    root: Path

    @classmethod
    def create(cls, root: str | Path) -> Store:
        """Make the folder where it is missing, remove what killed writers left there, and return its store.

        Parameters
        ----------
        root : str or Path
            The folder.

        Returns
        -------
        Store
            The store in that folder.

        Raises
        ------
        StoreError
            Where the folder cannot be made or written.
        """
        root = Path(root).absolute()
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the folder {root} cannot be made ({error.strerror}); choose another one that you may write to."
            ) from error
        write_atomic(root / "writable", b"").unlink(missing_ok=True)
        remove_leftovers(root)
        return cls(root)

    def path(self, step: str, key: str, suffix: str) -> Path:
        """Tell where the artifact of this step and key lies, whether it exists or not."""
        for kind, name in (("step", step), ("key", key)):
            if not _NAME.fullmatch(name):
                raise InputError(f"{kind} must be made of letters, digits, '.', '_' and '-'; got {name!r}.")
        return self.root / step / f"{key}{suffix}"

    def has(self, step: str, key: str) -> bool:
        """Tell whether the artifact is there and whole; its checksums are computed once for each process and file.

        A file that is empty, truncated or damaged counts as missing, so the unit that makes it runs again.
        """
        return any(_is_whole(self.path(step, key, suffix)) for suffix in (_ARRAYS, _JSON))

    def save_arrays(
        self, step: str, key: str, arrays: Mapping[str, Array], meta: Mapping[str, Any] | None = None
    ) -> Path:
        """Write arrays and plain values into one file.

        Parameters
        ----------
        step, key : str
            Which artifact it is.
        arrays : mapping of str to array
            The arrays by name; names, shapes and dtypes are kept.
        meta : mapping of str to JSON values, optional
            What is stored beside them.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InputError
            For arrays of Python objects, since nothing is pickled, and names that cannot be stored.
        """
        text = json.dumps(plain_json(meta or {}, "meta"), allow_nan=False)
        for name, array in arrays.items():
            if array.dtype.hasobject:
                raise InputError(
                    f"array {name!r} of step {step!r} holds Python objects; convert it to numbers or text."
                )
            if not name or name == _META or name.startswith("/") or "\\" in name:
                raise InputError(f"array {name!r} of step {step!r} has a name that cannot be stored; rename it.")
        path = self.path(step, key, _ARRAYS)
        # Not np.savez: it takes the names as keyword arguments, so an array cannot be called "file".
        with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_META, text)
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)  # type: ignore[no-untyped-call]
        return path

    def load_arrays(self, step: str, key: str) -> tuple[dict[str, Array], dict[str, Any]]:
        """Read the arrays and the meta that `save_arrays` wrote; StoreError where they are missing or damaged."""
        path = self.path(step, key, _ARRAYS)
        try:
            return _read_arrays(path)
        except _UNREADABLE as error:
            raise _missing(step, path, error) from error

    def save_json(self, step: str, key: str, value: Any) -> Path:
        """Write a JSON value and return the file; numpy scalars and tuples are converted, and NaN is an InputError."""
        text = json.dumps(plain_json(value), indent=1, allow_nan=False)
        path = self.path(step, key, _JSON)
        return write_atomic(path, f'{{"crc32": {zlib.crc32(text.encode())}, "value":\n{text}\n}}\n')

    def load_json(self, step: str, key: str) -> Any:
        """Read the value that `save_json` wrote; StoreError where it is missing or damaged."""
        path = self.path(step, key, _JSON)
        try:
            return _read_json(path)
        except _UNREADABLE as error:
            raise _missing(step, path, error) from error


def _read_arrays(path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    # zipfile compares the checksum of a member when its last byte has been read.
    arrays: dict[str, Array] = {}
    with zipfile.ZipFile(path) as archive:
        meta = dict(json.loads(archive.read(_META)))
        for name in archive.namelist():
            if name != _META:
                with archive.open(name) as member:
                    array = np.lib.format.read_array(member, allow_pickle=False)  # type: ignore[no-untyped-call]
                    if member.read(1):
                        raise ValueError(f"{name} is longer than its header says")
                arrays[name.removesuffix(".npy")] = array
    return arrays, meta


def _read_json(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition("\n")
    body, _, tail = rest.rpartition("\n}")
    checksum = re.fullmatch(r'\{"crc32": (\d+), "value":', head)
    if checksum is None or tail != "\n" or zlib.crc32(body.encode()) != int(checksum[1]):
        raise ValueError("the checksum does not fit the content")
    return json.loads(body)


def _is_whole(path: Path) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return _check(path, found.st_ino, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=65536)
def _check(path: Path, inode: int, size: int, changed_ns: int) -> bool:  # noqa: ARG001  (they identify the version)
    try:
        if path.suffix == _JSON:
            _read_json(path)
        else:
            with zipfile.ZipFile(path) as archive:
                return archive.testzip() is None and _META in archive.namelist()
    except _UNREADABLE:
        return False
    return True


def _missing(step: str, path: Path, error: Exception) -> StoreError:
    why = "is missing" if isinstance(error, FileNotFoundError) else f"is damaged ({error})"
    return StoreError(
        f"the result of step {step!r} {why} at {path}; run the study again: only what is missing is computed."
    )
