"""The headline numbers of a study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dynashape.study.results import Results
from dynashape.study.spec import StudySpec
from dynashape.study.warnings import find_warnings

# A difference this unlikely by relabelling counts as told apart.
ALPHA = 0.05


def summarise(spec: StudySpec, results: Results, failures: Mapping[str, str]) -> dict[str, Any]:
    """The headline, networks, separability (overall and by phase), meta-clustering, warnings."""
    return {
        "study": spec.name,
        "headline": dict(results.conclusions),
        "networks": _networks(results.networks),
        "separability": _separability(results.separability),
        "alignments": _alignments(results.alignments),
        "meta_clustering": dict(results.meta),
        "failures": dict(failures),
        "warnings": [notice.text for notice in find_warnings(results, failures)],
    }


def _networks(networks: pd.DataFrame) -> dict[str, Any]:
    if networks.empty:
        return {"n_networks": 0, "n_reached": 0, "n_groups": 0, "n_groups_reached": 0}
    reached = networks["reached"].astype(bool)
    groups = reached.groupby([networks["architecture"], networks["task"]]).all()
    return {
        "n_networks": len(networks),
        "n_reached": int(reached.sum()),
        "n_groups": len(groups),
        "n_groups_reached": int(groups.sum()),
    }


def _separability(table: pd.DataFrame) -> list[dict[str, Any]]:
    if table.empty:
        return []
    rows = []
    for (analysis, labelling), part in table.groupby(["analysis", "labelling"], sort=True):
        rows.append({"analysis": int(analysis), "labelling": str(labelling), "phase": "all", **_tally(part)})
        for phase, own in part.groupby("phase", sort=False):
            rows.append({"analysis": int(analysis), "labelling": str(labelling), "phase": str(phase), **_tally(own)})
    return rows


def _tally(part: pd.DataFrame) -> dict[str, Any]:
    usable = part.dropna(subset=["accuracy", "p_value"])
    return {
        "n_comparisons": len(part),
        "mean_accuracy": _mean(usable["accuracy"]),
        "mean_chance": _mean(usable["chance"]),
        "n_told_apart": int((usable["p_value"] <= ALPHA).sum()),
    }


def _mean(values: pd.Series) -> float | None:
    return float(values.mean()) if len(values) else None


def _alignments(table: pd.DataFrame) -> dict[str, int]:
    names = ("n_pairs", "n_aligned", "n_converged")
    return {name: int(table[name].sum()) if len(table) else 0 for name in names}
