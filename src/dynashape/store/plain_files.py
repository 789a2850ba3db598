"""Results in files that need no store to be read: tables as parquet, values as JSON; each is whole or missing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from dynashape.errors import StoreError
from dynashape.store.atomic import atomic_path, write_atomic


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """Write values that JSON has; ValueError for a NaN or an infinity."""
    write_atomic(path, (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode())


def read_json(path: Path) -> dict[str, object]:
    """Read what `write_json` wrote; nothing where there is no file."""
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def write_tables(tables: Mapping[str, pd.DataFrame], directory: Path) -> None:
    """Write each table as NAME.parquet into the folder."""
    for name, table in tables.items():
        with atomic_path(directory / f"{name}.parquet") as path:
            table.to_parquet(path, index=False)


def read_table(directory: Path, name: str) -> pd.DataFrame:
    """Read the table of this name; an empty one where there is none."""
    path = directory / f"{name}.parquet"
    return pd.read_parquet(path) if path.is_file() else pd.DataFrame()


def differences(old: Mapping[str, object], new: Mapping[str, object], at: str = "") -> list[str]:
    """The fields in which two resolved specifications differ, as dotted names.

    >>> differences({"dsa": {"rank": 10}, "seeds": [0]}, {"dsa": {"rank": 12}, "seeds": [0]})
    ['dsa.rank (10 there, 12 here)']
    """
    found: list[str] = []
    for key in sorted({*old, *new}):
        there, here = old.get(key), new.get(key)
        if isinstance(there, Mapping) and isinstance(here, Mapping):
            found += differences(there, here, f"{at}{key}.")
        elif there != here:
            found.append(f"{at}{key} ({there} there, {here} here)")
    return found


def name_folders(directories: Sequence[Path]) -> dict[str, Path]:
    """The folders by name, in the order given; StoreError where one is given twice.

    >>> list(name_folders([Path("/a/quick"), Path("/b/quick"), Path("/b/paper")]))
    ['a/quick', 'b/quick', 'paper']
    """
    paths = [directory.resolve() for directory in directories]
    twice = [str(given) for given, path in zip(directories, paths, strict=True) if paths.count(path) > 1]
    if twice:
        raise StoreError(f"a study stands beside others, not itself; got the same folder as {' and '.join(twice)}.")
    n_parts = [1] * len(paths)
    names = [path.name or str(path) for path in paths]
    # Different folders differ somewhere on their way from the root, so this ends.
    while len(set(names)) < len(names):
        n_parts = [n + (names.count(name) > 1) for n, name in zip(n_parts, names, strict=True)]
        names = [Path(*path.parts[-n:]).as_posix() for path, n in zip(paths, n_parts, strict=True)]
    return dict(zip(names, directories, strict=True))
