"""What the report of a study says: the verdict, everything behind it, and what further analyses add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from dynashape import figures
from dynashape.inference import MEASURED_BIAS
from dynashape.records import ALL
from dynashape.report import (
    ClaimElement,
    Explorer,
    FigureElement,
    ReportContent,
    TableElement,
    describe_methods,
)
from dynashape.report.captions import Drawing, Section, figure, table, words
from dynashape.report.footing import tabulate_footing
from dynashape.report.opening import say_details, say_verdict, show_separated
from dynashape.study.ask.spec import StudySpec
from dynashape.study.found.learning import Learning
from dynashape.study.found.results import Results
from dynashape.study.found.summary import StudySummary
from dynashape.study.work.meta_cluster import MetaClustered
from dynashape.study.work.train import pool_size


def compose_report(
    summary: StudySummary,
    provenance: Mapping[str, object],
    drawn: Sequence[FigureElement] = (),
    more_tables: Sequence[TableElement] = (),
) -> ReportContent:
    """The content of a study's report, from its summary; nothing is read or written."""
    spec, results, overall = summary.spec, summary.results, summary.overall
    meta, conclusions = results.meta, results.conclusions
    headline = None if conclusions is None else conclusions.headline
    claims = () if conclusions is None else conclusions.claims
    explained = meta.found.explained if isinstance(meta, MetaClustered) else ()
    distances, maps = results.distances, results.embeddings
    explorer = Explorer(results.separability, maps, distances, results.networks, results.meta_points)
    return ReportContent(
        title=f"{spec.name}: what shapes the dynamics?",
        verdict=say_verdict(headline, overall, results.scale),
        details=say_details(headline, overall, summary.networks, explained, results.scale),
        key_numbers=[show_separated(row) for row in overall if row.mean_accuracy is not None],
        claims=[ClaimElement(said.claim, said.outcome.words, said.finding, said.rule) for said in claims],
        explorer=explorer if len(results.separability) else None,
        figures=drawn,
        tables=[*_tables(spec, results), *more_tables],
        methods=describe_methods(spec.as_dict(), pool_size(spec.training), results.selection),
        notices=summary.warnings,
        parameters=spec.as_dict(),
        provenance=provenance,
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
        table("scale", results.scale),
        table("selection", results.selected, criterion=spec.dsa.criterion),
        table("alignments", results.alignments, pairs, dissimilarity=spec.measure.words),
    )
    return [wish for wish in wishes if len(wish.table)]


def tell_learning(learning: Learning) -> Section:
    """Separability against updates, and the pooled verdict at each update; empty where there is nothing to tell."""
    found, shares = learning.separability, learning.shares
    usable = found.dropna(subset=["omega_squared"]) if len(found) else found
    drawn = () if usable.empty else (_figure(found, usable),)
    if shares.empty:
        return Section(drawn)
    pooled = shares[shares["architecture"] == ALL].drop(columns=["architecture", "phase"])
    return Section(drawn, (table("learning_shares", pooled),))


def _figure(found: pd.DataFrame, usable: pd.DataFrame) -> Drawing:
    names = ["updates", "analysis", "architecture", "phase", "task_a", "task_b"]
    n_lost = len(found.drop_duplicates(names)) - len(usable.drop_duplicates(names))
    lost = words("learning", "lost", {"n_lost": n_lost}) if n_lost else ""
    n_pairs, n_systems = len(found.drop_duplicates(["task_a", "task_b"])), int(usable["n_systems"].max())
    band = words("learning", "pairs" if n_pairs > 1 else "pair", {"n_pairs": n_pairs})
    draw = partial(figures.plot_learning, usable)
    return figure("learning", draw, found, band=band, n_systems=n_systems, lost=lost)


def tell_sensitivity(conclusions: pd.DataFrame, dimensions: pd.DataFrame, stability: pd.DataFrame) -> Section:
    """The conclusions that flip or cannot be drawn, tests by dimension, and whether orders agree; empty without any."""
    if conclusions.empty:
        return Section()
    n_flips, n_others = int(conclusions["flips"].sum()), int((~conclusions["chosen"]).sum())
    tables = [table("sensitivity", conclusions.drop(columns="chosen"), n_flips=n_flips, n_others=n_others)]
    if len(dimensions):
        tables.append(table("sensitivity_dimensions", dimensions))
    if len(stability):
        tables.append(table("sensitivity_stability", stability))
    pooled = conclusions[(conclusions["architecture"] == ALL) & conclusions["estimate"].notna()]
    drawn = (figure("sensitivity", partial(figures.plot_sensitivity, pooled), pooled),) if len(pooled) else ()
    return Section(drawn, tuple(tables))


def tell_power(effects: pd.DataFrame, verdicts: pd.DataFrame) -> Section:
    """The chances in single comparisons and of the pooled verdict; empty where no seeds have been planned."""
    if effects.empty:
        return Section()
    first = next(effects.itertuples())
    drawn = figure(
        "power",
        partial(figures.plot_power, effects, verdicts),
        effects,
        n_studies=first.n_studies,
        error=0.5 / first.n_studies**0.5,
        target=first.target,
        verdicts=words("power", "verdicts", {}) if len(verdicts) else "",
    )
    single = table("power", effects, alpha=first.alpha, target=first.target)
    return Section((drawn,), (single, table("verdict_power", verdicts)) if len(verdicts) else (single,))
