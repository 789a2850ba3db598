"""Data frames as activity: rows are steps and columns are units, unless their names say otherwise."""

from __future__ import annotations

from typing import Any

from dynashape.arguments import real_array
from dynashape.dissimilarity.activity.axes import TIME, TRIAL, UNIT, arrange, meant_by
from dynashape.dissimilarity.activity.times import check_times
from dynashape.errors import InputError
from dynashape.records import Array


def is_frame(part: object) -> bool:
    """Whether this is a table of pandas, or one like it."""
    return hasattr(part, "columns") and hasattr(part, "to_numpy")


def open_frame(frame: Any, label: str) -> list[Array]:
    """The trials of a table: one, or as many as a level of its index that is named as trials tells apart.

    InputError where a column is no unit, as in a long table with a row for each trial, step and unit.
    """
    named = [str(column) for column in frame.columns if meant_by(column) is not None]
    if named:
        columns = ", ".join(map(repr, named[:3]))
        remedy = "pivot it, x.pivot(index=['trial', 'time'], columns='unit', values='rate')"
        if UNIT not in map(meant_by, named):
            remedy = f"make them the index, x.set_index([{columns}])"
        raise InputError(f"{label} is a table with columns {columns}, which are no units; {remedy}.")
    levels = [meant_by(name) for name in getattr(getattr(frame, "index", None), "names", [None])]
    across = [meant_by(name) for name in getattr(frame.columns, "names", [None])]
    if len(levels) == 2 and TRIAL in levels and set(levels) <= {TRIAL, TIME, None}:
        trials = frame.index.get_level_values(levels.index(TRIAL))
        parts = [frame[trials == trial] for trial in trials.unique()]
        if TIME in levels:
            for part in parts:
                check_times(part.index.get_level_values(levels.index(TIME)), label, "x.sort_index()")
        return [real_array(label, part) for part in parts]
    if across == [TIME]:
        check_times(frame.columns, label, "x.sort_index(axis=1)")
    if levels == [TIME]:
        check_times(frame.index, label, "x.sort_index()")
    if (levels == [UNIT] and across in ([None], [TIME])) or (levels == [None] and across == [TIME]):
        return [arrange(real_array(label, frame), (UNIT, TIME), label)]
    if (set(levels) - {TIME, None}) or (set(across) - {UNIT, None}) or len(levels) > 1:
        raise InputError(
            f"{label} is a table whose rows and columns are named {_names(frame.index)} and {_names(frame.columns)}; "
            "give steps by units: name rows 'time', or 'trial' and 'time', and columns 'unit'"
        )
    return [real_array(label, frame)]


def _names(labels: Any) -> str:
    return ", ".join(repr(name) for name in labels.names)
