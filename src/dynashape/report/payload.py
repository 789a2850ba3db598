"""Tables and matrices as one block of JSON: every number is in the page once, so plots, tables and CSV agree."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from dynashape.errors import InputError
from dynashape.records import Array
from dynashape.report.elements import Explorer, ReportContent
from dynashape.report.vocabulary import build_vocabulary

NEEDED = ("analysis", "architecture", "phase", "task_a", "task_b", "labelling", "accuracy")
# Distances are drawn as colours and read to two digits; more would only make the file larger.
DISTANCE_DIGITS = 4


class TableRegister:
    """Names for tables, one for each distinct table, whoever shows it.

    >>> register, table = TableRegister(), pd.DataFrame({"x": [1.0, float("nan")]})
    >>> register.name_of(table, "first"), register.name_of(table, "second")
    ('first', 'first')
    >>> register.as_json()
    {'first': {'columns': ['x'], 'values': [[1.0, None]]}}
    """

    def __init__(self) -> None:
        self.tables: dict[str, pd.DataFrame] = {}

    def name_of(self, table: pd.DataFrame, wish: str) -> str:
        """The name under which this table is kept: the wished one unless it, or the same table, is there already."""
        for name, known in self.tables.items():
            if known is table or known.equals(table):
                return name
        name, number = wish, 2
        while name in self.tables:
            name, number = f"{wish}-{number}", number + 1
        self.tables[name] = table
        return name

    def as_json(self) -> dict[str, object]:
        """Every table by columns."""
        return {
            name: {
                "columns": [str(column) for column in table.columns],
                "values": [plain_value(table[column].tolist()) for column in table],
            }
            for name, table in self.tables.items()
        }


def plain_value(value: Any) -> Any:
    """A value that JSON holds: numpy scalars as Python's, what is not finite as None, the unknown as text.

    >>> plain_value(np.float64("inf")), plain_value(np.bool_(True)), plain_value(None), plain_value((1, 2))
    (None, True, None, [1, 2])
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, list | tuple):
        return [plain_value(entry) for entry in value]
    if isinstance(value, dict):
        return {str(key): plain_value(entry) for key, entry in value.items()}
    return str(value)


def build_payload(content: ReportContent) -> tuple[dict[str, object], dict[str, str]]:
    """The page's data, and for each figure or table of the report the name of its data."""
    register = TableRegister()
    explorer = _explorer(content.explorer, register) if content.explorer is not None else None
    shown: dict[str, str] = {}
    for table in content.tables:
        shown[table.name] = register.name_of(table.table, table.name)
    for figure in content.figures:
        if figure.table is not None:
            shown[figure.name] = register.name_of(figure.table, figure.name)
    words = plain_value(asdict(build_vocabulary(register.tables.values())))
    return {"words": words, "tables": register.as_json(), "explorer": explorer}, shown


def _explorer(explorer: Explorer, register: TableRegister) -> dict[str, object]:
    missing = [name for name in NEEDED if name not in explorer.separability.columns]
    if missing:
        raise InputError(
            f"the explorer's separability table must have the columns {', '.join(NEEDED)}; "
            f"{', '.join(missing)} missing."
        )
    found: dict[str, object] = {"separability": register.name_of(explorer.separability, "separability")}
    for name in ("embeddings", "networks", "meta"):
        table = getattr(explorer, name)
        if table is not None and len(table):
            found[name] = register.name_of(table, name)
    found["distances"] = {
        "|".join(place): {
            "systems": register.name_of(pd.DataFrame(dict(square.labels)), "systems"),
            "unit": "" if square.unit == "1" else square.unit,
            "upper": _upper(square.values),
        }
        for place, square in (explorer.distances or {}).items()
    }
    return found


def _upper(square: Float[Array, "systems systems"]) -> list[float | None]:
    """The upper triangle row by row: the matrix is symmetric with a zero diagonal."""
    rows, columns = np.triu_indices(square.shape[0], k=1)
    return [plain_value(value) for value in np.round(square[rows, columns], DISTANCE_DIGITS).tolist()]


def to_script_json(payload: Any) -> str:
    """JSON that may stand inside a <script> element: no text in it can end the element.

    >>> to_script_json({"a": "</script><!--"})
    '{"a":"\\\\u003c/script>\\\\u003c!--"}'
    """
    return json.dumps(payload, separators=(",", ":"), allow_nan=False, ensure_ascii=False).replace("<", "\\u003c")
