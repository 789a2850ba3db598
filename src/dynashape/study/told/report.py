"""What the report of a study says: the verdict and its numbers, then everything behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dynashape.inference import MEASURED_BIAS
from dynashape.report import (
    ClaimElement,
    Explorer,
    FigureElement,
    ReportContent,
    TableElement,
    describe_methods,
)
from dynashape.report.captions import table
from dynashape.report.footing import tabulate_footing
from dynashape.report.opening import say_details, say_verdict, show_separated
from dynashape.study.ask.spec import StudySpec
from dynashape.study.found.results import Results
from dynashape.study.found.summary import StudySummary
from dynashape.study.work.meta_cluster import MetaClustered
from dynashape.study.work.train import pool_size


def compose_report(
    summary: StudySummary,
    provenance: Mapping[str, object],
    figures: Sequence[FigureElement] = (),
    more_tables: Sequence[TableElement] = (),
) -> ReportContent:
    """The content of a study's report, from its summary; nothing is read or written."""
    spec, results, overall = summary.spec, summary.results, summary.overall
    meta, conclusions = results.meta, results.conclusions
    headline = None if conclusions is None else conclusions.headline
    claims = () if conclusions is None else conclusions.claims
    explained = meta.found.explained if isinstance(meta, MetaClustered) else ()
    return ReportContent(
        title=f"{spec.name}: what shapes the dynamics?",
        verdict=say_verdict(headline, overall),
        details=say_details(headline, overall, summary.networks, explained),
        key_numbers=[show_separated(row) for row in overall if row.mean_accuracy is not None],
        claims=[ClaimElement(said.claim, said.outcome.words, said.finding, said.rule) for said in claims],
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


def _tables(spec: StudySpec, results: Results) -> list[TableElement]:
    omega, plain = MEASURED_BIAS["omega_squared"], MEASURED_BIAS["share"]
    pairs = "alignments" if spec.measure.searched else "pairs"
    wishes = (
        table("networks", results.networks),
        table("footing", tabulate_footing(results.networks)),
        table("separability", results.separability, omega=omega, plain=plain),
        table("bounds", results.bounds),
        table("alignments", results.alignments, pairs, dissimilarity=spec.measure.words),
    )
    return [wish for wish in wishes if len(wish.table)]
