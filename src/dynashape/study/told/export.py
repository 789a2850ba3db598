"""Write a study's results: tables, labelled matrices, weights, curves, figures, the summary and the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Any

import numpy as np
from safetensors.numpy import save as to_safetensors

from dynashape import __version__
from dynashape.engine import kinds_of_processor
from dynashape.figures import to_bytes
from dynashape.figures.style import FORMATS
from dynashape.report import FigureElement, ReportContent, render_report
from dynashape.report.captions import Drawing, Section
from dynashape.steps import Reader
from dynashape.store import atomic_path, write_atomic
from dynashape.store.plain_files import read_json, read_table, write_json, write_tables
from dynashape.study.found.learning import Learning, read_learning
from dynashape.study.found.results import Results, read_networks, read_results
from dynashape.study.found.summary import StudySummary, summarise
from dynashape.study.told.figures import study_figures
from dynashape.study.told.report import compose_report, tell_learning, tell_power, tell_sensitivity
from dynashape.study.work.plan import Plan

_TABLES = ["networks", "psychometric", "operators", "eigenvalues", "alignments", "bounds", "scale"]
_TABLES += ["separability", "embeddings"]
SENSITIVITY = ("sensitivity", "sensitivity_dimensions", "sensitivity_stability")
"""The tables of a sensitivity analysis."""
_PACKAGES = ("numpy", "scipy", "scikit-learn", "torch", "neurogym", "distributed", "pandas", "xarray", "matplotlib")


def export(
    plan: Plan, read: Reader, directory: Path, failures: Mapping[str, str], run: Mapping[str, object] | None
) -> Path:
    """Write every result into the study's folder and return the report's path.

    Each file is replaced whole, so a reader never meets half of one. `run` (times and counts) is added to those of
    earlier runs, where there is one.
    """
    results = read_results(plan, read)
    learning = read_learning(plan, read, results)
    provenance = _provenance(plan, directory / "provenance.json", run)
    summary = summarise(plan.spec, results, failures, provenance["processors"])
    _write_tables(results, learning, directory)
    _write_distances(results, directory / "distances")
    _write_networks(plan, read, results, directory)
    write_json(directory / "summary.json", summary.as_dict())
    write_json(directory / "provenance.json", provenance)
    sections = [tell_learning(learning), *read_sections(directory)]
    figures = [*study_figures(plan, read, results), *(figure for section in sections for figure in section.figures)]
    tables = [table for section in sections for table in section.tables]
    drawn = write_figures(figures, directory / "figures")
    content = compose_report(summary, provenance, drawn, tables)
    return write_atomic(directory / "report.html", render_report(content).encode())


def read_sections(directory: Path) -> tuple[Section, Section]:
    """What the sensitivity analysis and the planning of seeds left in the study's folder."""
    return (
        tell_sensitivity(*(read_table(directory, name) for name in SENSITIVITY)),
        tell_power(read_table(directory, "power"), read_table(directory, "verdict_power")),
    )


def read_content(summary: StudySummary, directory: Path) -> ReportContent:
    """What the report of the study in a folder says, without its figures; nothing is written."""
    tables = [table for section in read_sections(directory) for table in section.tables]
    return compose_report(summary, read_json(directory / "provenance.json"), (), tables)


def write_figures(drawings: Iterable[Drawing], directory: Path) -> list[FigureElement]:
    """Draw figures, write each as PNG, SVG and PDF into the folder, and return them for the report."""
    directory.mkdir(exist_ok=True)
    elements = []
    for drawing in drawings:
        picture = drawing.draw()
        content = {suffix: to_bytes(picture, suffix) for suffix in FORMATS}
        for suffix, written in content.items():
            write_atomic(directory / f"{drawing.name}.{suffix}", written)
        elements.append(drawing.as_element(content["svg"].decode()))
    return elements


def _write_tables(results: Results, learning: Learning, directory: Path) -> None:
    tables = {name: getattr(results, name) for name in _TABLES} | {
        "embeddings": results.embeddings,
        "meta_clustering": results.meta_points,
    }
    if results.selection is not None:
        tables |= {"selection": results.selected}
    if len(learning.separability):
        tables |= {"learning": learning.separability, "learning_shares": learning.shares}
    write_tables(tables, directory)


def _write_distances(results: Results, directory: Path) -> None:
    directory.mkdir(exist_ok=True)
    for (architecture, phase), distances in results.distances.items():
        with atomic_path(directory / f"{architecture}-{phase}.nc") as path:
            distances.write(path)


def _write_networks(plan: Plan, read: Reader, results: Results, directory: Path) -> None:
    """The weights of every network, and how it learned, each in a file of its own."""
    (directory / "weights").mkdir(exist_ok=True)
    for network in read_networks(plan, read):
        kept = {"initial": network.initial, "final": network.final}
        kept |= {f"update_{update}": weights for update, weights in network.snapshots.items()}
        arrays = {f"{when}.{name}": np.ascontiguousarray(a) for when, w in kept.items() for name, a in w.items()}
        name = f"{network.architecture}-{network.task}-{network.seed}.safetensors"
        write_atomic(directory / "weights" / name, to_safetensors(arrays))
    (directory / "training").mkdir(exist_ok=True)
    if len(results.training):
        labels = ["architecture", "task", "seed"]
        for (architecture, task, seed), curve in results.training.groupby(labels, sort=False):
            lines = curve.drop(columns=labels).to_json(orient="records", lines=True)
            write_atomic(directory / "training" / f"{architecture}-{task}-{seed}.jsonl", lines.encode())


def _provenance(plan: Plan, path: Path, run: Mapping[str, object] | None) -> dict[str, Any]:
    known: Any = read_json(path)
    earlier = known.get("runs", [])
    return {
        "dynashape": __version__,
        "python": python_version(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "seeds": list(plan.spec.seeds),
        "streams": "every random stream is seeded by SHA-256 of its names (purpose, task, seed): see dynashape.seeds",
        "keys": {f"{step.kind} {step.name}": step.key for step in plan.steps()},
        "processors": list(kinds_of_processor(known.get("processors", []))),
        "runs": earlier if run is None else [*earlier, dict(run)],
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
