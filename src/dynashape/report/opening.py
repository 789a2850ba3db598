"""How a report opens: the verdict, what it rests on, and how far each labelling separates the systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dynashape.inference import Headline
from dynashape.inference.study.meta_clustering import Explained
from dynashape.inference.study.scale import ALIKE
from dynashape.records import ALL, ALPHA, HEADLINE, Labelling, Verdict, analysis_numbered
from dynashape.report.elements import KeyNumber

_SENTENCES = {
    Verdict.INPUT: "Input dominates training.",
    Verdict.TRAINING: "Training dominates input.",
}


@dataclass(frozen=True)
class Trained:
    """How many networks and groups (architecture and task) there are, and how many reached their criterion."""

    n_networks: int = 0
    n_reached: int = 0
    n_groups: int = 0
    n_groups_reached: int = 0


@dataclass(frozen=True)
class Separated:
    """How often a labelling was told apart (p at most .05) in the comparisons of a phase, or (`all`) of every phase."""

    analysis: int
    labelling: str
    phase: str
    n_comparisons: int
    mean_accuracy: float | None
    mean_chance: float | None
    n_told_apart: int


def count_networks(networks: pd.DataFrame) -> Trained:
    """How many of the networks in this table, and of their groups, reached their criterion."""
    if networks.empty:
        return Trained()
    reached = networks["reached"].astype(bool)
    groups = reached.groupby([networks["architecture"], networks["task"]]).all()
    return Trained(len(networks), int(reached.sum()), len(groups), int(groups.sum()))


def count_separated(table: pd.DataFrame) -> list[Separated]:
    """Each analysis and labelling in the table of separability, over all phases and in every phase."""
    rows: list[Separated] = []
    if table.empty:
        return rows
    for (analysis, labelling), part in table.groupby(["analysis", "labelling"], sort=True):
        rows.append(_tally(int(analysis), str(labelling), ALL, part))
        phases = part.groupby("phase", sort=False)
        rows += [_tally(int(analysis), str(labelling), str(phase), compared) for phase, compared in phases]
    return rows


def _tally(analysis: int, labelling: str, phase: str, part: pd.DataFrame) -> Separated:
    usable = part.dropna(subset=["accuracy", "p_value"])
    accuracy, chance = (float(usable[name].mean()) if len(usable) else None for name in ("accuracy", "chance"))
    told_apart = int((usable["p_value"] <= ALPHA).sum())
    return Separated(analysis, labelling, phase, len(part), accuracy, chance, told_apart)


def say_verdict(headline: Headline | None, overall: Sequence[Separated], scale: pd.DataFrame) -> str:
    """The answer of the study in one sentence, or what was told apart where nothing could be concluded.

    Where the distance of some cell (`scale` has a row each) is blind, another sentence says of how many.
    """
    pooled = None if headline is None else headline.of(HEADLINE)
    said = _counted(overall)
    if pooled is not None:
        said = _SENTENCES.get(pooled.verdict, "Whether input or training dominates cannot be told.")
    return f"{said} {say_blind(scale)}".strip()


def say_blind(scale: pd.DataFrame) -> str:
    """In how many cells the distance hardly tells tasks from halves of one network; nothing where it does in all."""
    if scale.empty or not scale["blind"].any():
        return ""
    return (
        f"In {int(scale['blind'].sum())} of {len(scale)} cells (architecture and phase) the distance hardly tells "
        "tasks from halves of one network."
    )


def say_alike(scale: pd.DataFrame) -> str:
    """Where networks of other seeds are no farther apart than halves of one; nothing where they are in all cells."""
    if scale.empty or not scale["seeds_alike"].any():
        return ""
    alike = scale[scale["seeds_alike"]]
    cells = "; ".join(
        f"{architecture}: {', '.join(own['phase'])}" for architecture, own in alike.groupby("architecture", sort=False)
    )
    return (
        f"In {len(alike)} of {len(scale)} cells, networks of one task and other seeds are no farther apart than two "
        f"halves of one network's units (AUC below {ALIKE:g}): {cells}."
    )


def _counted(overall: Sequence[Separated]) -> str:
    rows = {row.labelling: row for row in overall if row.mean_accuracy is not None}
    if not {Labelling.TRAINING, Labelling.INPUT} <= set(rows):
        return "Too little of the study is done to say what shapes the dynamics."
    training, drive = rows[Labelling.TRAINING], rows[Labelling.INPUT]
    return (
        f"Input was told apart in {drive.n_told_apart} of {drive.n_comparisons} comparisons, training in "
        f"{training.n_told_apart} of {training.n_comparisons} (exact permutation test at .05, uncorrected)."
    )


def say_details(
    headline: Headline | None,
    overall: Sequence[Separated],
    networks: Trained,
    explained: Sequence[Explained],
    scale: pd.DataFrame,
) -> list[str]:
    """What the verdict rests on: its numbers, how training went, and what organises the comparisons."""
    said = []
    if headline is not None and headline.of(HEADLINE) is not None:
        cells = [cell.difference for cell in headline.cells if cell.contrast is HEADLINE]
        fewest = min(cells, key=lambda difference: difference.n_seeds)
        said = [
            f"{headline.sentence} Intervals are over seeds, nominally 95 %; those of single cells were "
            f"measured to cover {fewest.coverage:.1%} with {fewest.n_seeds} seeds.",
            _counted(overall),
        ]
    said.append(
        f"{networks.n_reached} of {networks.n_networks} networks solved their task; all networks of a group did "
        f"so in {networks.n_groups_reached} of {networks.n_groups} groups of architecture and task."
    )
    said += [alike] if (alike := say_alike(scale)) else []
    if explained:
        shares = ", ".join(f"{factor.factor.replace('_', ' ')} {factor.share:.0%}" for factor in explained)
        said.append(f"Share of the meta-clustering's variance that each factor explains: {shares}.")
    return said


def show_separated(row: Separated) -> KeyNumber:
    """How well one labelling of one analysis separates, as a number with which the report opens."""
    question = analysis_numbered(row.analysis).question(Labelling(row.labelling))
    return KeyNumber(
        f"{row.mean_accuracy:.2f}",
        f"{row.labelling} separation, analysis {row.analysis}",
        f"{question} Mean in-sample accuracy; chance {row.mean_chance:.2f}; told apart in "
        f"{row.n_told_apart} of {row.n_comparisons}.",
    )
