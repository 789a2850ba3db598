"""What the figures ask of the tables they draw: the columns they need, and one name for each pair of tasks."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dynashape.distances import Distances
from dynashape.distances.labelled import Labels
from dynashape.errors import InputError
from dynashape.records import task_pair


def require_columns(table: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    """Nothing where the table holds these columns; an InputError that lists every missing one otherwise.

    >>> require_columns(pd.DataFrame({"x": [1]}), ["x", "y"], "the embeddings")
    Traceback (most recent call last):
    dynashape.errors.InputError: the embeddings must have the columns x, y; got x, so y is missing.
    """
    missing = [column for column in columns if column not in table.columns]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise InputError(
            f"{what} must have the columns {', '.join(columns)}; got {', '.join(map(str, table.columns))}, "
            f"so {', '.join(missing)} {verb} missing."
        )
    if table.empty:
        raise InputError(f"{what} must have at least one row; got an empty table.")


def system_labels(distances: Distances) -> Labels:
    """The labels of the systems; an InputError where they do not say the task, the condition and the seed of each.

    >>> import numpy as np
    >>> system_labels(Distances(np.zeros((1, 1)), {"task": np.array(["PR"])}))
    Traceback (most recent call last):
    dynashape.errors.InputError: distances must have the labels task, condition, seed; got task.
    """
    needed = ("task", "condition", "seed")
    if not set(needed) <= set(distances.labels):
        raise InputError(f"distances must have the labels {', '.join(needed)}; got {', '.join(distances.labels)}.")
    return distances.labels


def unit_of(distances: Distances) -> str:
    """The unit as it is written after a name; nothing for plain numbers.

    >>> import numpy as np
    >>> unit_of(Distances(np.zeros((1, 1)), {}, unit="rad")), unit_of(Distances(np.zeros((1, 1)), {}, unit="1"))
    (' (rad)', '')
    """
    return "" if distances.unit == "1" else f" ({distances.unit})"


def with_pair(table: pd.DataFrame) -> pd.DataFrame:
    """A copy with a column `pair` made from `task_a` and `task_b` or `task_pair`, and `analysis` as text.

    >>> with_pair(pd.DataFrame({"task_a": ["PR"], "task_b": ["CDM"], "analysis": [1]}))[["pair", "analysis"]].values
    array([['CDM-PR', '1']], dtype=object)
    """
    copy = table.copy()
    if "pair" not in copy and "task_pair" in copy:
        copy["pair"] = [
            task_pair(*str(name).split("-", 1)) if "-" in str(name) else str(name) for name in copy["task_pair"]
        ]
    if "pair" not in copy and {"task_a", "task_b"} <= set(copy.columns):
        copy["pair"] = [task_pair(str(a), str(b)) for a, b in zip(copy["task_a"], copy["task_b"], strict=True)]
    if "analysis" in copy:
        copy["analysis"] = copy["analysis"].astype(str)
    return copy
