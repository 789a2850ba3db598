"""The figures of a study, each where its data exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial

import pandas as pd

from dynashape import figures
from dynashape.figures.samples import tabulate_paths, tabulate_samples
from dynashape.inference import Headline, MetaClustering
from dynashape.inference.study.rows import pooled_rows, share_rows
from dynashape.report.captions import Drawing, figure, words
from dynashape.seeds import stream
from dynashape.steps import Reader
from dynashape.study.ask.spec import StudySpec
from dynashape.study.found.results import Results
from dynashape.study.told.paths import find_paths
from dynashape.study.work.meta_cluster import MetaClustered
from dynashape.study.work.plan import Plan
from dynashape.tasks import example_trial


def study_figures(plan: Plan, read: Reader, results: Results) -> Iterator[Drawing]:
    """Every figure whose data exist."""
    spec, n_seeds = plan.spec, len(plan.spec.seeds)
    trials = [example_trial(spec.task(name), stream("trial to draw", name)) for name in spec.task_names]
    samples = tabulate_samples(trials)
    yield figure("figure1_tasks", partial(figures.plot_task_structure, trials), samples, input_noise=spec.input_noise)
    yield from _comparison_scheme(plan, read, results)
    if isinstance(results.meta, MetaClustered):
        yield _meta_clustering(results.meta.found, results.meta_points)
    if len(results.separability):
        draw = partial(figures.plot_separability_map, results.separability)
        yield figure("separability", draw, results.separability, n_seeds=n_seeds)
    if results.conclusions is not None and results.conclusions.headline.cells:
        yield _variance_shares(results.conclusions.headline)
    if len(results.embeddings):
        yield from _mds_maps(spec, results.embeddings)
    if results.distances:
        bounds = results.bounds if len(results.bounds) else None
        draw = partial(figures.plot_distance_matrices, results.distances, bounds, label=spec.measure.label)
        yield figure("distances", draw, results.bounds, dissimilarity=spec.measure.label)
        scale = results.scale if len(results.scale) else None
        draw = partial(figures.plot_distance_scale, results.distances, bounds, scale)
        yield figure("distance_scale", draw, results.scale, n_seeds=n_seeds)
    if len(results.eigenvalues):
        upper = results.eigenvalues[results.eigenvalues["imag"] >= 0].round(4)
        draw = partial(figures.plot_spectra, results.eigenvalues)
        yield figure("spectra", draw, upper, n_seeds=n_seeds, dt_ms=spec.timing.dt_ms)
    if len(results.training):
        criterion = spec.training.criterion
        draw = partial(figures.plot_training_curves, results.training, results.networks, criterion)
        yield figure("training", draw, results.training, criterion=criterion)
    if len(results.psychometric):
        yield _psychometric(results.psychometric, n_seeds)


def _comparison_scheme(plan: Plan, read: Reader, results: Results) -> Iterator[Drawing]:
    found, spec = find_paths(plan, read), plan.spec
    if found is not None:
        draw = partial(
            figures.plot_comparison_scheme,
            found.paths,
            spec.timing.phases,
            choices=found.choices,
            embeddings=results.embeddings if len(results.embeddings) else None,
            tasks=found.tasks,
            architecture=found.architecture,
            method=spec.measure.method,
        )
        table = tabulate_paths(found.paths, found.choices)
        yield figure("figure2_comparisons", draw, table, seed=spec.seeds[0], architecture=found.architecture)


def _meta_clustering(found: MetaClustering, points: pd.DataFrame) -> Drawing:
    said = [
        words("figure3_meta_clustering", name, {name: value})
        for name, value in (("stable", found.stable), ("same_number", found.same_number))
        if value is not None
    ]
    explained = pd.DataFrame([asdict(factor) for factor in found.explained]) if found.explained else None
    return figure(
        "figure3_meta_clustering",
        partial(figures.plot_meta_clustering, points, explained, stable=found.stable),
        points,
        n_points=len(points),
        groups=words("figure3_meta_clustering", "several" if found.n_groups > 1 else "none", {}),
        confidence="".join(said),
    )


def _variance_shares(headline: Headline) -> Drawing:
    shares, pooled = (pd.DataFrame(rows(headline)) for rows in (share_rows, pooled_rows))
    fewest = min((cell.first for cell in headline.cells), key=lambda share: share.n_seeds)
    draw = partial(figures.plot_variance_shares, shares, pooled)
    return figure("variance_shares", draw, shares, coverage=fewest.coverage, n_seeds=fewest.n_seeds)


def _mds_maps(spec: StudySpec, embeddings: pd.DataFrame) -> Iterator[Drawing]:
    facts = {"mds": spec.separability.mds, "dissimilarity": spec.measure.words}
    for analysis, maps in embeddings.groupby("analysis"):
        draw = partial(figures.plot_mds_maps, embeddings, int(analysis))
        yield figure("mds_analysis", draw, maps, suffix=str(analysis), analysis=analysis, **facts)


def _psychometric(points: pd.DataFrame, n_seeds: int) -> Drawing:
    contexts = ", context " + points["context"].astype(str)
    named = points.assign(task=points["task"].where(points["context"].isna(), points["task"] + contexts))
    per_task = points.groupby(["architecture", "task", "seed"])["n_trials"].sum()
    facts = {"n_seeds": n_seeds, "fewest": per_task.min(), "most": per_task.max()}
    return figure("psychometric", partial(figures.plot_psychometric, named), points, **facts)
