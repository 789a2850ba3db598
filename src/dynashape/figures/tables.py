"""What the figures ask of the tables they draw: the columns they need, and names in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from dynashape.errors import InputError
from dynashape.records import CONDITIONS, PHASES

READING_ORDER: tuple[str, ...] = (
    *("V-RNN", "GRU", "LSTM"),
    *PHASES,
    *("CDM", "GNG", "DC", "PR"),
    *CONDITIONS,
    *("task", "training", "input"),
)
# The order in which the study lists its task pairs.
PAIR_ORDER: tuple[str, ...] = ("CDM-PR", "CDM-DC", "CDM-GNG", "DC-PR", "DC-GNG", "PR-GNG")


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


def in_reading_order(names: Iterable[object]) -> list[str]:
    """The distinct names: known ones (also with words after a comma) as the study lists them, then others as they come.

    >>> in_reading_order(["delay", "Mine", "fixation", "delay"])
    ['fixation', 'delay', 'Mine']
    """
    distinct = list(dict.fromkeys(str(name) for name in names))
    known = [*READING_ORDER, *PAIR_ORDER]

    def place(name: str) -> int:
        # "CDM, context 1" stands where CDM does.
        return next((known.index(word) for word in (name, name.split(",")[0]) if word in known), len(known))

    return sorted(distinct, key=place)


def task_pair(task_a: str, task_b: str) -> str:
    """The name of a pair of tasks, the same for either order.

    >>> task_pair("PR", "CDM"), task_pair("GNG", "PR")
    ('CDM-PR', 'PR-GNG')
    """
    forward, backward = f"{task_a}-{task_b}", f"{task_b}-{task_a}"
    return backward if backward in PAIR_ORDER else forward


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


def format_p(value: float) -> str:
    """A p-value as it is printed in a figure.

    >>> format_p(0.0004), format_p(0.03), format_p(0.2)
    ('p < .001', 'p = .030', 'p = .20')
    """
    if value != value:
        return "p unknown"
    if value < 0.001:
        return "p < .001"
    return f"p = {value:.3f}".replace("0.", ".") if value < 0.1 else f"p = {value:.2f}".replace("0.", ".")


def significance(table: pd.DataFrame) -> tuple[pd.Series, str]:
    """The q-values where the table has them, otherwise the p-values, and the letter to print for them.

    >>> significance(pd.DataFrame({"p_value": [0.01], "q_value": [0.04]}))[1]
    'q'
    """
    for name in ("q_value", "q_accuracy"):
        if name in table and table[name].notna().any():
            return pd.to_numeric(table[name]), "q"
    return table["p_value"], "p"
