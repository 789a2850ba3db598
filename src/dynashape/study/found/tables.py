"""Records as tables: one function a table, each from the records alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import pandas as pd

from dynashape.study.work.align import AlignmentCounts
from dynashape.study.work.meta_cluster import MetaClustered, TooFewPoints

Cell = tuple[str, str]
"""Architecture and phase."""


def tabulate_alignments(counts: Mapping[Cell, AlignmentCounts]) -> pd.DataFrame:
    """One row an architecture and phase: pairs aligned and converged, and the median spread over starts."""
    return pd.DataFrame(
        [{"architecture": cell[0], "phase": cell[1], **asdict(tally)} for cell, tally in counts.items()]
    )


def tabulate_meta(meta: MetaClustered | TooFewPoints | None) -> pd.DataFrame:
    """One row a point of the map: the levels of its factors, where it lies and its group; empty without a map."""
    if not isinstance(meta, MetaClustered):
        return pd.DataFrame()
    table = pd.DataFrame(list(meta.levels))
    if "task_pair" in table:
        table[["task_a", "task_b"]] = table["task_pair"].str.split("-", n=1).to_list()
    table[["x", "y"]] = meta.found.embedding.points
    return table.assign(group=meta.found.groups)
