"""Results in files that need no store to be read: tables as parquet, values as JSON; each is whole or missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

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
