"""Whether training stopped alike everywhere, as a report's table: what it left of each architecture and task."""

from __future__ import annotations

import pandas as pd

_FOOTING = (
    ("share of the ceiling", "share", "{:.3f}"),
    ("fixation", "fixation", "{:.3f}"),
    ("updates", "updates", "{:.0f}"),
    ("norm of recurrent weights", "recurrent_norm", "{:.2f}"),
    ("activity", "activity_rms", "{:.2f}"),
)


def tabulate_footing(networks: pd.DataFrame) -> pd.DataFrame:
    """One row an architecture and task: number at criterion, then median (smallest to largest) of what training left.

    >>> one = {"architecture": "GRU", "task": "PR", "seed": 0, "accuracy": 0.9, "ceiling": 0.9, "fixation": 1.0,
    ...        "updates": 300, "reached": True}
    >>> table = tabulate_footing(pd.DataFrame([one, one | {"seed": 1, "updates": 400}]))
    >>> table.loc[0, ["at criterion", "updates"]].tolist()
    ['2 of 2', '350 (300 to 400)']
    """
    if networks.empty:
        return networks
    table = networks.assign(share=networks["accuracy"] / networks["ceiling"])
    rows = []
    for (architecture, task), group in table.groupby(["architecture", "task"], sort=False):
        at_criterion = f"{int(group['reached'].astype(bool).sum())} of {len(group)}"
        row = {"architecture": architecture, "task": task, "at criterion": at_criterion}
        rows.append(row | {title: _spread(group[name], form) for title, name, form in _FOOTING if name in group})
    return pd.DataFrame(rows)


def _spread(values: pd.Series, form: str) -> str:
    known = values.dropna()
    if known.empty:
        return "unknown"
    median, low, high = (form.format(float(value)) for value in (known.median(), known.min(), known.max()))
    return f"{median} ({low} to {high})"
