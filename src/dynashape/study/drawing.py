"""Draw the study's figures from its tables and write each as PNG, SVG and PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from dynashape import figures
from dynashape.distances import Distances
from dynashape.records import CONDITIONS, Array, Code, Status
from dynashape.report import FigureElement
from dynashape.seeds import stream
from dynashape.store import Store, write_atomic
from dynashape.study.conclusions import pooled_table, shares_table
from dynashape.study.measures import DISSIMILARITIES, METHODS, distance_label, distance_unit
from dynashape.study.plan import Plan
from dynashape.study.results import Results
from dynashape.study.samples import project, sample_of, tabulate_paths, tabulate_samples

FORMATS = ("png", "svg", "pdf")


def draw_figures(plan: Plan, store: Store, results: Results, directory: Path) -> list[FigureElement]:
    """Write every figure whose data exist into `directory` and return them for the report."""
    directory.mkdir(exist_ok=True)
    return [write_figure(directory, *wish) for wish in _wanted(plan, store, results)]


def write_figure(
    directory: Path,
    name: str,
    title: str,
    caption: str,
    alternative: str,
    make: Callable[[], Figure],
    table: pd.DataFrame | None,
) -> FigureElement:
    """Draw one figure, write it in every format and return it for the report."""
    figure = make()
    for suffix in FORMATS:
        write_atomic(directory / f"{name}.{suffix}", figures.to_bytes(figure, suffix))
    svg = (directory / f"{name}.svg").read_text()
    return FigureElement(name, title, svg, caption, alternative, table)


_Wish = tuple[str, str, str, str, Callable[[], Figure], pd.DataFrame | None]


def _wanted(plan: Plan, store: Store, results: Results) -> list[_Wish]:
    spec = plan.spec
    n_seeds = len(spec.seeds)
    trials = [sample_of(spec.task(name), stream("trial to draw", name)) for name in spec.task_names]
    wishes: list[_Wish] = [
        (
            "figure1_tasks",
            "The tasks, in four aligned phases",
            f"One sampled trial of each task: inputs (with input noise of s.d. {spec.input_noise:g}), the target, and "
            "the phases, which begin and end at the same steps in every task. The darker part of the decision is the "
            "response window in which accuracy is scored.",
            "For each task, its input channels over time above its target, with the four phases shaded.",
            lambda: figures.plot_task_structure(trials),
            tabulate_samples(trials),
        )
    ]
    paths = _paths(plan, store)
    if paths:
        wishes.append(_scheme(plan, results, *paths))
    if len(results.meta_points):
        wishes.append(_meta(results))
    if len(results.separability):
        wishes.append(
            (
                "separability",
                "How well each labelling separates the dynamics",
                "In-sample accuracy of a logistic regression in the MDS plane of each comparison "
                f"(2 tasks x {n_seeds} seeds x 2 conditions). The mark on the colour bar is the mean over relabelled "
                "systems: chance in this procedure is well above one half. A dot marks an exact permutation p (or, "
                "where corrected, q) of at most .05.",
                "Maps of accuracy by task pair, phase and architecture, one for each analysis and labelling.",
                lambda: figures.plot_separability_map(results.separability),
                results.separability,
            )
        )
    if results.conclusions.get("cells"):
        wishes.append(_shares(results))
    if len(results.embeddings):
        for analysis in sorted(results.embeddings["analysis"].unique()):
            own = results.embeddings[results.embeddings["analysis"] == analysis]
            wishes.append(
                (
                    f"mds_analysis{analysis}",
                    f"MDS maps of all comparisons of analysis {analysis}",
                    f"Each point is one network in one condition, laid out by {spec.separability.mds} MDS of the "
                    f"{DISSIMILARITIES[spec.dissimilarity]}, with a classical start. The number is normalised "
                    "stress-1.",
                    "Small maps, one for each task pair, architecture and phase.",
                    lambda analysis=analysis: figures.plot_mds_maps(results.embeddings, int(analysis)),  # type: ignore[misc]
                    own,
                )
            )
    if results.distances:
        labelled = label_distances(results, spec.dissimilarity)
        bounds = results.bounds if len(results.bounds) else None
        wishes.append(
            (
                "distances",
                "Distances between all systems",
                f"Every two systems, ordered by task and condition: {distance_label(spec.dissimilarity)}. Below each "
                "matrix: the floor (mean distance between two halves of the same network's trials) and the ceiling "
                "(between networks of the same task and condition, other seeds).",
                "A square matrix for each architecture and phase.",
                lambda: figures.plot_distance_matrices(labelled, bounds, label=DISSIMILARITIES[spec.dissimilarity]),
                results.bounds,
            )
        )
        wishes.append(
            (
                "distance_scale",
                "How far is far?",
                "Distances between two systems that differ in one thing only: the seed of two trained networks of one "
                "task; a network before and after training; a trained network on task and on random input; trained "
                "networks of two tasks. Dot: median; thick: quartiles; thin: 5 to 95 %. The band reaches from the "
                "floor (two halves of the same network's trials, which hold half of the data each) to the ceiling "
                f"(same task and condition, other seeds), averaged over tasks and conditions; {n_seeds} seeds.",
                "Spreads of four kinds of distance by architecture and phase, on a band from floor to ceiling.",
                lambda: figures.plot_distance_scale(labelled, bounds),
                results.bounds,
            )
        )
    if len(results.eigenvalues):
        wishes.append(
            (
                "spectra",
                "Eigenvalues of the operators",
                "Each point is an eigenvalue of one system's operator (upper half plane; the lower mirrors it), all "
                f"tasks and {n_seeds} seeds together. A mode on the circle neither grows nor decays from one step "
                f"({spec.timing.dt_ms} ms) to the next; its angle is how far it turns.",
                "Half planes by architecture and phase with the eigenvalues of all operators, coloured by condition.",
                lambda: figures.plot_spectra(results.eigenvalues),
                results.eigenvalues[results.eigenvalues["imag"] >= 0].round(4),
            )
        )
    if len(results.training):
        wishes.append(
            (
                "training",
                "How the networks learned",
                f"Accuracy of the response on held-out trials. The line is the ideal observer on the same trials; a "
                f"network counts as having learned at {spec.training.criterion:.0%} of it.",
                "Accuracy against updates for each architecture and task, one line a seed.",
                lambda: figures.plot_training_curves(results.training, results.networks, spec.training.criterion),
                results.training,
            )
        )
    if len(results.psychometric):
        wishes.append(_psychometric(results, n_seeds))
    return wishes


def label_distances(results: Results, dissimilarity: str) -> dict[tuple[str, str], Distances]:
    """The distances of each architecture and phase, with the labels of their systems."""
    labels = {name: results.systems[name].to_numpy() for name in results.systems}
    unit = distance_unit(dissimilarity)
    return {place: Distances(square, labels, dissimilarity, unit) for place, square in results.distances.items()}


def _psychometric(results: Results, n_seeds: int) -> _Wish:
    table = results.psychometric
    split = table["context"].notna()
    named = table.assign(task=table["task"].where(~split, table["task"] + ", context " + table["context"].astype(str)))
    per_task = table.groupby(["architecture", "task", "seed"])["n_trials"].sum()
    return (
        "psychometric",
        "Choices against evidence",
        "How often the second response (go in GNG) was chosen at each strength of evidence for it. Thin lines are "
        f"networks ({n_seeds} seeds), thick ones the mean of an architecture; dashed is the ideal observer of the same "
        "trials. All networks "
        f"of a task saw the same {per_task.min()} to {per_task.max()} trials. Evidence: coherence of the cued modality "
        "(CDM), difference of the two stimuli, also weaker ones than in training (DC), summed weights up to 3.5 (PR), "
        "the cue (GNG). A task whose trials carry no evidence has no panel.",
        "One panel a task and context: share of the second response against evidence, with the ideal observer's.",
        lambda: figures.plot_psychometric(named),
        table,
    )


def _shares(results: Results) -> _Wish:
    table, pooled = shares_table(results.conclusions), pooled_table(results.conclusions)
    return (
        "variance_shares",
        "How much input, training and task account for",
        "Share of the variance of dissimilarities (omega-squared), averaged over task pairs, with 95 % jackknife "
        f"intervals over seeds{_covered(results)}; training in analysis 1, input in analysis 2, task in both. Right: "
        "differences of two shares pooled over architectures and phases, with the interval from which the verdict "
        "follows.",
        "Shares by phase, one panel an architecture and one line a cause, and the pooled differences.",
        lambda: figures.plot_variance_shares(table, pooled),
        table,
    )


def _covered(results: Results) -> str:
    found = [cell["first"] for cell in results.conclusions["cells"]]
    fewest = min(found, key=lambda one: int(one["n_seeds"]))
    return f" (measured to cover {fewest['coverage']:.1%} with {fewest['n_seeds']} seeds)"


def _scheme(
    plan: Plan,
    results: Results,
    paths: Mapping[tuple[str, str], Array | Status],
    choices: Mapping[tuple[str, str], Array],
    who: str,
) -> _Wish:
    spec = plan.spec
    pair = spec.task_pairs[_favourite(spec.task_pairs)]
    embeddings = results.embeddings if len(results.embeddings) else None
    return (
        "figure2_comparisons",
        "The two comparisons",
        f"Activity of a {who} (seed {spec.seeds[0]}) in its first two principal components, coloured by phase: thin "
        "paths are trials, thick ones their mean for each right choice. Analysis 1 compares networks before and after "
        "training on task input; analysis 2 compares trained networks on task input and on random input.",
        "Two schemes: tasks by training, and tasks by input, with trajectories and an MDS map.",
        lambda: figures.plot_comparison_scheme(
            paths,
            spec.timing.phases,
            choices=choices,
            embeddings=embeddings,
            tasks=pair,
            architecture=who,
            method=METHODS[spec.dissimilarity],
        ),
        tabulate_paths({key: path for key, path in paths.items() if not isinstance(path, Status)}, choices),
    )


def _favourite(pairs: tuple[tuple[str, str], ...]) -> int:
    return pairs.index(("CDM", "PR")) if ("CDM", "PR") in pairs else 0


def _paths(
    plan: Plan, store: Store
) -> tuple[dict[tuple[str, str], Array | Status], dict[tuple[str, str], Array], str] | None:
    """Projected activity and choices of the first seed in the pair that figure 2 draws, first architecture done."""
    spec = plan.spec
    pair = spec.task_pairs[_favourite(spec.task_pairs)]
    for architecture in spec.architectures:
        units = [plan.unit("record", f"{architecture} {task}") for task in pair]
        if not all(store.has("record", unit.key) for unit in units):
            continue
        paths: dict[tuple[str, str], Array | Status] = {}
        choices: dict[tuple[str, str], Array] = {}
        for task, unit in zip(pair, units, strict=True):
            arrays, meta = store.load_arrays("record", unit.key)
            for condition in CONDITIONS:
                name = f"{spec.seeds[0]}/{condition}"
                status = Status(Code(meta["status"][name][0]), meta["status"][name][1])
                paths[task, condition] = project(arrays[name]) if status.ok else status
                if status.ok:
                    choices[task, condition] = np.array(meta["choices"][str(spec.seeds[0])])
        if choices:
            return paths, choices, architecture
    return None


def _meta(results: Results) -> _Wish:
    explained = pd.DataFrame(results.meta["explained"]) if results.meta.get("explained") else None
    several = results.meta_points["group"].nunique() > 1
    groups = "groups outlined, their number chosen by silhouette" if several else "which fall into no groups"
    stable, same = results.meta.get("stable"), results.meta.get("same_number")
    confidence = (
        "" if stable is None else f"Grouping again after resampling seeds agrees by {stable:.2f} (adjusted Rand). "
    )
    if same is not None:
        confidence += f"The rule finds as many groups in {same:.0%} of the resamplings. "
    return (
        "figure3_meta_clustering",
        "What organises the comparisons",
        f"Each of the {len(results.meta_points)} points is one row of the combined results of both analyses; its "
        f"features are the separations named in the specification. (a) MDS of their distances, {groups}. {confidence}"
        "(b) The same map coloured by each factor. (c) The share of variance that each factor explains, with its "
        "permutation p.",
        "A map of all comparisons, and how much of it each factor explains.",
        lambda: figures.plot_meta_clustering(results.meta_points, explained, stable=stable),
        results.meta_points,
    )
