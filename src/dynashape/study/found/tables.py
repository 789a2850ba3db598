"""Records as tables: one function a table, each from the records alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from dynashape.dissimilarity import Operator
from dynashape.inference import Compared, Comparison, ComparisonKey, Corrected, comparison_rows
from dynashape.records import Array, Status, System, Term
from dynashape.study.work.align import AlignmentCounts
from dynashape.study.work.examine import Examined
from dynashape.study.work.fit import status_of
from dynashape.study.work.meta_cluster import MetaClustered
from dynashape.training import TrainedNetwork

Cell = tuple[str, str]
"""Architecture and phase."""
# How far an operator can be trusted.
_TRUST = ("explained_variance", "effective_rank", "one_step_error", "persistence_error")
_FOOTING = (
    ("share of the ceiling", "share", "{:.3f}"),
    ("fixation", "fixation", "{:.3f}"),
    ("updates", "updates", "{:.0f}"),
    ("norm of recurrent weights", "recurrent_norm", "{:.2f}"),
    ("activity", "activity_rms", "{:.2f}"),
)


def tabulate_networks(
    networks: Iterable[TrainedNetwork], examined: Mapping[tuple[str, str, int], Examined]
) -> pd.DataFrame:
    """One row a network: how training went, and sizes after and before it where the network was examined."""
    rows: list[dict[str, Any]] = []
    for one in networks:
        row = {
            **_network(one),
            **{name: getattr(one, name) for name in ("updates", "accuracy", "ceiling", "fixation", "reached")},
            "status": str(one.status.code),
            "message": one.status.message,
        }
        found = examined.get((one.architecture, one.task, one.seed))
        if found is not None:
            row |= asdict(found.trained)
            row |= {f"untrained_{name}": value for name, value in asdict(found.untrained).items()}
        rows.append(row)
    return pd.DataFrame(rows)


def tabulate_training(networks: Iterable[TrainedNetwork]) -> pd.DataFrame:
    """One row a network and evaluation: loss, accuracy, fixation, ceiling and activity after so many updates."""
    return pd.DataFrame([{**_network(one), **asdict(point)} for one in networks for point in one.curve])


def _network(one: TrainedNetwork) -> dict[str, str | int]:
    return {"architecture": one.architecture, "task": one.task, "seed": one.seed}


def tabulate_psychometric(examined: Mapping[tuple[str, str, int], Examined]) -> pd.DataFrame:
    """One row a network and strength of evidence: how often the last action was chosen, and should have been."""
    rows = [
        {"architecture": architecture, "task": task, "seed": seed, **asdict(part)}
        for (architecture, task, seed), found in examined.items()
        for part in found.psychometric
    ]
    table = pd.DataFrame(rows)
    return table.astype({"context": "Int64", "ideal": "float64"}) if rows else table


def tabulate_operators(summaries: Mapping[System, Any]) -> pd.DataFrame:
    """One row a system: the status of its summary, and of an operator how far it can be trusted."""
    rows: list[dict[str, object]] = []
    for system, summary in summaries.items():
        status: Status = status_of(summary)
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


def tabulate_alignments(counts: Mapping[Cell, AlignmentCounts]) -> pd.DataFrame:
    """One row an architecture and phase: pairs aligned and converged, and the median spread over starts."""
    return pd.DataFrame(
        [{"architecture": cell[0], "phase": cell[1], **asdict(tally)} for cell, tally in counts.items()]
    )


def tabulate_separability(
    comparisons: Mapping[ComparisonKey, Compared], corrected: Sequence[Corrected] = ()
) -> pd.DataFrame:
    """One row a comparison and labelling, with corrected p-values where the study has concluded."""
    found = {(own.key, own.term): own for own in corrected}
    rows: list[dict[str, object]] = []
    for key, compared in comparisons.items():
        for term, row in zip((Term.TASK, Term.CONDITION), comparison_rows(key, compared), strict=True):
            own = found.get((key, term))
            more = (
                {} if own is None else {"q_value": own.q_accuracy, "q_permanova": own.q_permanova, "max_p": own.max_p}
            )
            rows.append(row | more)
    return pd.DataFrame(rows)


def tabulate_embeddings(
    comparisons: Mapping[ComparisonKey, Compared], systems: Mapping[ComparisonKey, Sequence[System]]
) -> pd.DataFrame:
    """One row a point of a comparison's map; `systems` are those of each comparison, in the order of its distances."""
    rows: list[dict[str, object]] = []
    for key, compared in comparisons.items():
        if not isinstance(compared, Comparison):
            continue
        for number, point in zip(compared.systems.tolist(), compared.embedding.points, strict=True):
            system = systems[key][number]
            labels = {"task": system.task, "seed": system.seed, "condition": str(system.condition)}
            rows.append({**asdict(key), **labels, **_coordinates(point), "stress": compared.embedding.stress})
    return pd.DataFrame(rows)


def _coordinates(point: Array) -> dict[str, float]:
    names = ("x", "y", *(f"dimension_{number}" for number in range(3, len(point) + 1)))
    return dict(zip(names, [*point.tolist(), 0.0] if len(point) == 1 else point.tolist(), strict=False))


def tabulate_meta(meta: MetaClustered | None) -> pd.DataFrame:
    """One row a comparison: its place, its point in the map and its group; empty where there is no map."""
    if meta is None or meta.found is None:
        return pd.DataFrame()
    rows: list[dict[str, object]] = []
    for place, (x, y), group in zip(
        meta.places, meta.found.embedding.points.tolist(), meta.found.groups.tolist(), strict=True
    ):
        pair = str(place.get("task_pair", ""))
        tasks = dict(zip(("task_a", "task_b"), pair.split("-", 1), strict=True)) if pair else {}
        rows.append({**place, **tasks, "x": x, "y": y, "group": group})
    return pd.DataFrame(rows)


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
