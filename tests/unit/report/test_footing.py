"""What training left, in words: what is not known is said to be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dynashape.report.footing import tabulate_footing


def test_footing_says_unknown_rather_than_nan():
    row = {"architecture": "GRU", "task": "PR", "accuracy": 0.5, "ceiling": 1.0, "fixation": 1.0, "updates": 3}
    table = tabulate_footing(pd.DataFrame([{**row, "reached": False, "activity_rms": np.nan}]))
    assert table.loc[0, "activity"] == "unknown"
    assert table.loc[0, "at criterion"] == "0 of 1"
    assert tabulate_footing(pd.DataFrame()).empty
