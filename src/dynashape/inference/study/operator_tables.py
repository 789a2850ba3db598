"""What is kept of systems as tables: how far each operator can be trusted, and its eigenvalues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dynashape.dissimilarity import Operator
from dynashape.records import Status, System

# How far an operator can be trusted.
_TRUST = ("explained_variance", "effective_rank", "one_step_error", "persistence_error")


def tabulate_operators(summaries: Mapping[System, Any]) -> pd.DataFrame:
    """One row a system: the status of its summary, and of an operator how far it can be trusted."""
    rows: list[dict[str, object]] = []
    for system, summary in summaries.items():
        status: Status = summary if isinstance(summary, Status) else summary.status
        row: dict[str, object] = {**_labels(system), "status": str(status.code), "message": status.message}
        if isinstance(summary, Operator):
            row |= {name: getattr(summary, name) for name in _TRUST}
        rows.append(row)
    return pd.DataFrame(rows)


def tabulate_eigenvalues(summaries: Mapping[System, Any]) -> pd.DataFrame:
    """One row an eigenvalue of every usable operator; empty where the study compares something else."""
    parts = []
    for system, summary in summaries.items():
        if isinstance(summary, Operator) and summary.status.ok:
            values = np.linalg.eigvals(summary.matrix)
            parts.append(pd.DataFrame({**_labels(system), "real": values.real, "imag": values.imag}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _labels(system: System) -> dict[str, str | int]:
    return {
        "architecture": system.architecture,
        "task": system.task,
        "seed": system.seed,
        "condition": str(system.condition),
        "phase": system.phase,
    }
