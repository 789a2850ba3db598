"""Artifacts by step and key: one record each, in one file that is whole or missing.

A file is an .npz: the record's arrays, each with a checksum, and its other values as JSON beside them. Unlike
.safetensors, .npz keeps complex and text arrays and transposed views.
"""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np

from dynashape.errors import InputError, StoreError
from dynashape.records import Array
from dynashape.store.atomic import atomic_path, remove_leftovers, write_atomic
from dynashape.store.codec import pack, unpack

T = TypeVar("T")
_SUFFIX, _META = ".npz", "meta.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Store:
    """A folder of artifacts, one file each: `root/<step>/<key>.npz`. It is a small value, which can be pickled.

    One artifact belongs to one (step, key). Any number of processes may read and write at once; two that write the
    same key write the same content, and the last one stays.
    """

    root: Path

    @classmethod
    def create(cls, root: str | Path) -> Store:
        """Open a store at `root`: make the folder where it is missing, and remove what killed writers left there.

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
        """Tell where the artifact of this step and key lies, whether it exists or not."""
        for kind, name in (("step", step), ("key", key)):
            if not _NAME.fullmatch(name):
                raise InputError(f"{kind} must be made of letters, digits, '.', '_' and '-'; got {name!r}.")
        return self.root / step / f"{key}{_SUFFIX}"

    def has(self, step: str, key: str) -> bool:
        """Tell whether the artifact is there and whole: its checksums are computed, once per process and file.

        A file that is empty, truncated or damaged counts as missing, so the step that makes it runs again.
        """
        path = self.path(step, key)
        try:
            found = path.stat()
        except OSError:
            return False
        return _is_whole(path, found.st_ino, found.st_size, found.st_mtime_ns)

    def save(self, step: str, key: str, record: Any, kind: Any = None) -> Path:
        """Write a record (see `dynashape.store.codec`) and return the file.

        Shapes and dtypes of arrays are kept. Nothing is pickled: InputError for arrays of Python objects, and for
        numbers that JSON does not have (NaN, infinities) outside arrays; and where `kind` is given, for a record that
        `load` could not read as this type.
        """
        arrays: dict[str, Array] = {}
        value = pack(record, arrays)
        try:
            meta = {"step": step, "key": key, "arrays": len(arrays), "value": value}
            text = json.dumps(meta, allow_nan=False)
        except ValueError:
            raise InputError(f"the record of step {step!r} holds a NaN or an infinity outside its arrays.") from None
        if any(array.dtype.hasobject for array in arrays.values()):
            raise InputError(f"the record of step {step!r} has an array of Python objects; use numbers or text.")
        if kind is not None:
            try:
                unpack(kind, value, arrays)
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"the record of step {step!r} cannot be read as its type {kind}: {error}.") from error
        path = self.path(step, key)
        with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_META, text)
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)  # type: ignore[no-untyped-call]
        return path

    @overload
    def load(self, step: str, key: str, kind: type[T]) -> T: ...

    @overload
    def load(self, step: str, key: str, kind: Any) -> Any: ...

    def load(self, step: str, key: str, kind: Any) -> Any:
        """Read the record that `save` wrote; StoreError where it is missing, damaged or of another type."""
        path = self.path(step, key)
        try:
            arrays, value = _read(path)
        except Exception as error:  # damaged bytes can raise anything
            why = "is missing" if isinstance(error, FileNotFoundError) else f"is damaged ({error})"
            raise StoreError(
                f"the result of step {step!r} {why} at {path}; run the study again: only what is missing is computed."
            ) from error
        try:
            return unpack(kind, value, arrays)
        except (ValueError, KeyError, TypeError) as error:
            # The file is whole, so it counts as done: to run the study again would not help.
            raise StoreError(
                f"the result of step {step!r} at {path} was written by another version of the code ({error}); "
                "remove this file and run the study again."
            ) from error

    def remove(self, step: str, key: str) -> None:
        """Forget an artifact, if it is there."""
        self.path(step, key).unlink(missing_ok=True)


def _read(path: Path) -> tuple[dict[str, Array], Any]:
    # zipfile compares the checksum of a member when its last byte has been read.
    arrays: dict[str, Array] = {}
    with zipfile.ZipFile(path) as archive:
        value = _read_value(archive, path)
        for name in archive.namelist():
            if name != _META:
                with archive.open(name) as member:
                    array = np.lib.format.read_array(member, allow_pickle=False)  # type: ignore[no-untyped-call]
                    if member.read(1):
                        raise ValueError(f"{name} is longer than its header says")
                arrays[name.removesuffix(".npy")] = array
    return arrays, value


def _read_value(archive: zipfile.ZipFile, path: Path) -> Any:
    """The record without its arrays; ValueError where one is missing, or the path says another step or key."""
    meta = json.loads(archive.read(_META))
    if (meta["step"], meta["key"]) != (path.parent.name, path.name.removesuffix(_SUFFIX)):
        raise ValueError(f"it holds the result of step {meta['step']!r} with key {meta['key']!r}")
    if len(archive.namelist()) != meta["arrays"] + 1:
        # The directory of the archive has no checksum.
        raise ValueError(f"it should hold {meta['arrays']} arrays, not {len(archive.namelist()) - 1}")
    return meta["value"]


@lru_cache(maxsize=65536)
def _is_whole(path: Path, inode: int, size: int, changed_ns: int) -> bool:  # noqa: ARG001  (they identify the version)
    try:
        with zipfile.ZipFile(path) as archive:
            _read_value(archive, path)
            return archive.testzip() is None
    except Exception:  # noqa: BLE001  (damaged bytes can raise anything)
        return False
