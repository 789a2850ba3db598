"""Artifacts by step and key: one record each, in one file that is whole or missing.

A file is an .npz: the record's arrays, each with a checksum, and its other values as JSON beside them. Unlike
.safetensors, .npz keeps complex and text arrays and transposed views.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from dynashape.errors import InputError, StoreError
from dynashape.records import Array
from dynashape.store.atomic import atomic_path, remove_leftovers, write_atomic
from dynashape.store.codec import pack, unpack

T = TypeVar("T")
_SUFFIX, _META = ".npz", "meta.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_UNREADABLE = (
    *(OSError, ValueError, KeyError, TypeError, EOFError),
    *(zipfile.BadZipFile, zlib.error, NotImplementedError),
)


@dataclass(frozen=True)
class Store:
    """A folder of artifacts, one file each: `root/<step>/<key>.npz`. A small value that can be pickled.

    One artifact belongs to one (step, key). Any number of processes may read and write at once; two that write the
    same key write the same content, and the last one stays.
    """

    root: Path

    @classmethod
    def create(cls, root: str | Path) -> Store:
        """A store at `root`; the folder is made where it is missing, and what killed writers left there is removed.

        Raises StoreError where the folder cannot be made or written.
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

    def path(self, step: str, key: str) -> Path:
        """Where the artifact of this step and key lies, whether it exists or not."""
        for kind, name in (("step", step), ("key", key)):
            if not _NAME.fullmatch(name):
                raise InputError(f"{kind} must be made of letters, digits, '.', '_' and '-'; got {name!r}.")
        return self.root / step / f"{key}{_SUFFIX}"

    def has(self, step: str, key: str) -> bool:
        """Whether the artifact is there and whole: its checksums are computed, once per process and file.

        A file that is empty, truncated or damaged counts as missing, so the step that makes it runs again.
        """
        path = self.path(step, key)
        try:
            found = path.stat()
        except OSError:
            return False
        return _is_whole(path, found.st_ino, found.st_size, found.st_mtime_ns)

    def save(self, step: str, key: str, record: Any) -> Path:
        """Write a record (see `dynashape.store.codec`) and return the file.

        Shapes and dtypes of arrays are kept. Nothing is pickled: InputError for arrays of Python objects, and for
        numbers that JSON does not have (NaN, infinities) outside arrays.
        """
        arrays: dict[str, Array] = {}
        value = pack(record, arrays)
        try:
            text = json.dumps({"step": step, "key": key, "value": value}, allow_nan=False)
        except ValueError:
            raise InputError(f"the record of step {step!r} holds a NaN or an infinity outside its arrays.") from None
        if any(array.dtype.hasobject for array in arrays.values()):
            raise InputError(f"the record of step {step!r} has an array of Python objects; use numbers or text.")
        path = self.path(step, key)
        with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_META, text)
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)  # type: ignore[no-untyped-call]
        return path

    def load(self, step: str, key: str, kind: type[T]) -> T:
        """The record of this type that `save` wrote; StoreError where it is missing, damaged or of another type."""
        path = self.path(step, key)
        try:
            arrays, meta = _read(path)
            if (meta["step"], meta["key"]) != (step, key):
                raise ValueError(f"it holds the result of step {meta['step']!r} with key {meta['key']}")
            return cast(T, unpack(kind, meta["value"], arrays))
        except _UNREADABLE as error:
            why = "is missing" if isinstance(error, FileNotFoundError) else f"is damaged ({error})"
            raise StoreError(
                f"the result of step {step!r} {why} at {path}; run the study again: only what is missing is computed."
            ) from error

    def remove(self, step: str, key: str) -> None:
        """Forget an artifact, if it is there."""
        self.path(step, key).unlink(missing_ok=True)


def _read(path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
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


@lru_cache(maxsize=65536)
def _is_whole(path: Path, inode: int, size: int, changed_ns: int) -> bool:  # noqa: ARG001  (they identify the version)
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None and _META in archive.namelist()
    except _UNREADABLE:
        return False
