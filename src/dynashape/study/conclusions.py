"""The conclusions of a study as tables: the shares of each architecture and phase, and the pooled differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

# Each contrast names the two shares it subtracts; task occurs in both analyses.
_SIDES: Mapping[str, tuple[tuple[int, str], tuple[int, str]]] = {
    "input - training": ((2, "input"), (1, "training")),
    "task - training": ((1, "task"), (1, "training")),
    "input - task": ((2, "input"), (2, "task")),
}


def shares_table(conclusions: Mapping[str, Any]) -> pd.DataFrame:
    """One row an architecture, phase, labelling and analysis: share, share_low and share_high."""
    rows: dict[tuple[object, ...], dict[str, object]] = {}
    for cell in conclusions["cells"]:
        for side, (analysis, labelling) in zip(("first", "second"), _SIDES[cell["contrast"]], strict=True):
            names = {"architecture": cell["architecture"], "phase": cell["phase"], "labelling": labelling}
            share = {"share": cell[side]["estimate"], "share_low": cell[side]["low"], "share_high": cell[side]["high"]}
            rows.setdefault((*names.values(), analysis), {**names, "analysis": analysis, **share})
    return pd.DataFrame(list(rows.values()))


def pooled_table(conclusions: Mapping[str, Any]) -> pd.DataFrame:
    """One row a contrast, pooled over all cells: estimate, low and high of the difference, and the verdict."""
    rows = [
        {"contrast": one["contrast"], **one["difference"], "verdict": one["verdict"]} for one in conclusions["pooled"]
    ]
    return pd.DataFrame(rows)
