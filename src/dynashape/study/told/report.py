"""What the report of a study says: the verdict and its numbers, then everything behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from dynashape.inference import MEASURED_BIAS
from dynashape.records import HEADLINE, Labelling, Verdict, analysis_numbered
from dynashape.report import (
    ClaimElement,
    Explorer,
    FigureElement,
    KeyNumber,
    ReportContent,
    TableElement,
    describe_methods,
)
from dynashape.report.captions import table
from dynashape.study.ask.spec import StudySpec
from dynashape.study.found.results import Results
from dynashape.study.found.summary import Separated, StudySummary
from dynashape.study.found.tables import tabulate_footing
from dynashape.study.work.train import pool_size

_SENTENCES = {
    Verdict.INPUT: "Input dominates training.",
    Verdict.TRAINING: "Training dominates input.",
}


def compose_report(
    summary: StudySummary,
    provenance: Mapping[str, object],
    figures: Sequence[FigureElement] = (),
    more_tables: Sequence[TableElement] = (),
) -> ReportContent:
    """The content of a study's report, from its summary; nothing is read or written."""
    spec, results = summary.spec, summary.results
    conclusions = results.conclusions
    claims = () if conclusions is None else conclusions.claims
    return ReportContent(
        title=f"{spec.name}: what shapes the dynamics?",
        verdict=_verdict(summary),
        details=_details(summary),
        key_numbers=[_key_number(row) for row in summary.overall if row.mean_accuracy is not None],
        claims=[ClaimElement(own.claim, own.outcome.words, own.finding, own.rule) for own in claims],
        explorer=_explorer(results) if len(results.separability) else None,
        figures=figures,
        tables=[*_tables(spec, results), *more_tables],
        methods=describe_methods(spec.as_dict(), pool_size(spec.training)),
        notices=summary.warnings,
        parameters=spec.as_dict(),
        provenance=provenance,
    )


def _explorer(results: Results) -> Explorer:
    return Explorer(
        separability=results.separability,
        embeddings=results.embeddings if len(results.embeddings) else None,
        distances=results.distances or None,
        networks=results.networks,
        meta=results.meta_points if len(results.meta_points) else None,
    )


def _verdict(summary: StudySummary) -> str:
    conclusions = summary.results.conclusions
    pooled = None if conclusions is None else conclusions.headline.of(HEADLINE)
    if pooled is None:
        return _counted(summary)
    return _SENTENCES.get(pooled.verdict, "Whether input or training dominates cannot be told.")


def _counted(summary: StudySummary) -> str:
    rows = {row.labelling: row for row in summary.overall if row.mean_accuracy is not None}
    if not {Labelling.TRAINING, Labelling.INPUT} <= set(rows):
        return "Too little of the study is done to say what shapes the dynamics."
    training, drive = rows[Labelling.TRAINING], rows[Labelling.INPUT]
    return (
        f"Input was told apart in {drive.n_told_apart} of {drive.n_comparisons} comparisons, training in "
        f"{training.n_told_apart} of {training.n_comparisons} (exact permutation test at .05, uncorrected)."
    )


def _details(summary: StudySummary) -> list[str]:
    networks, conclusions, meta = summary.networks, summary.results.conclusions, summary.results.meta
    said = []
    if conclusions is not None and conclusions.headline.of(HEADLINE) is not None:
        cells = [cell.difference for cell in conclusions.headline.cells if cell.contrast is HEADLINE]
        fewest = min(cells, key=lambda one: one.n_seeds)
        said = [
            f"{conclusions.headline.sentence} Intervals are over seeds, nominally 95 %; those of single cells were "
            f"measured to cover {fewest.coverage:.1%} with {fewest.n_seeds} seeds.",
            _counted(summary),
        ]
    said.append(
        f"{networks.n_reached} of {networks.n_networks} networks solved their task; all networks of a group did "
        f"so in {networks.n_groups_reached} of {networks.n_groups} groups of architecture and task."
    )
    if meta is not None and meta.found is not None and meta.found.explained:
        shares = ", ".join(f"{own.factor.replace('_', ' ')} {own.share:.0%}" for own in meta.found.explained)
        said.append(f"Share of the meta-clustering's variance that each factor explains: {shares}.")
    return said


def _key_number(row: Separated) -> KeyNumber:
    question = analysis_numbered(row.analysis).question(Labelling(row.labelling))
    return KeyNumber(
        f"{row.mean_accuracy:.2f}",
        f"{row.labelling} separation, analysis {row.analysis}",
        f"{question} Mean in-sample accuracy; chance {row.mean_chance:.2f}; told apart in "
        f"{row.n_told_apart} of {row.n_comparisons}.",
    )


def _tables(spec: StudySpec, results: Results) -> list[TableElement]:
    omega, plain = MEASURED_BIAS["omega_squared"], MEASURED_BIAS["share"]
    pairs = "alignments" if spec.measure.searched else "pairs"
    wishes = (
        table("tasks", pd.DataFrame({"task": name, **survey.words} for name, survey in results.surveys.items())),
        table("networks", results.networks),
        table("footing", tabulate_footing(results.networks)),
        table("separability", results.separability, omega=omega, plain=plain),
        table("bounds", results.bounds),
        table("alignments", results.alignments, pairs, dissimilarity=spec.measure.words),
    )
    return [wish for wish in wishes if len(wish.table)]
