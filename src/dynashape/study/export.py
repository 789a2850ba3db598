"""Write a study's results: tables, labelled matrices, weights, curves, figures, the summary and the report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Any

import numpy as np
import xarray as xr
from safetensors.numpy import save as to_safetensors

from dynashape import __version__
from dynashape.records import Array
from dynashape.report import render_report
from dynashape.store import Store, atomic_path, write_atomic
from dynashape.study.drawing import draw_figures
from dynashape.study.learning_report import Learning, draw_learning, learning_tables, read_learning
from dynashape.study.measures import DISSIMILARITIES, distance_unit
from dynashape.study.plan import Plan
from dynashape.study.power_report import draw_power
from dynashape.study.reporting import compose_report
from dynashape.study.results import Results, read_results
from dynashape.study.sensitivity_report import draw_sensitivity
from dynashape.study.summary import summarise

_PACKAGES = ("numpy", "scipy", "scikit-learn", "torch", "neurogym", "distributed", "pandas", "xarray", "matplotlib")


def export(
    plan: Plan, store: Store, directory: Path, failures: Mapping[str, str], times: Mapping[str, Any] | None
) -> Path:
    """Write every result into the study's folder and return the report's path.

    Each file is replaced whole, so a reader never meets half of one. `times` is kept from the last run where None.
    """
    results = read_results(plan, store)
    learning = read_learning(plan, store, results)
    _tables(results, learning, directory)
    _distances(plan, results, directory / "distances")
    _weights(plan, store, directory / "weights")
    _curves(results, directory / "training")
    _json(directory / "summary.json", summarise(plan.spec, results, failures))
    provenance = _provenance(plan, directory / "provenance.json", times)
    _json(directory / "provenance.json", provenance)
    drawn = [
        *draw_figures(plan, store, results, directory / "figures"),
        *draw_learning(learning, directory / "figures"),
        *draw_sensitivity(directory),
        *draw_power(directory),
    ]
    content = compose_report(plan.spec, results, directory, failures, provenance, drawn, learning_tables(learning))
    return write_atomic(directory / "report.html", render_report(content).encode())


def _tables(results: Results, learning: Learning, directory: Path) -> None:
    tables = {
        "networks": results.networks,
        "psychometric": results.psychometric,
        "operators": results.operators,
        "eigenvalues": results.eigenvalues,
        "alignments": results.alignments,
        "bounds": results.bounds,
        "separability": results.separability,
        "embeddings": results.embeddings,
        "meta_clustering": results.meta_points,
    }
    if len(learning.separability):
        tables |= {"learning": learning.separability, "learning_shares": learning.shares}
    for name, table in tables.items():
        with atomic_path(directory / f"{name}.parquet") as path:
            table.to_parquet(path, index=False)


def _distances(plan: Plan, results: Results, directory: Path) -> None:
    directory.mkdir(exist_ok=True)
    systems = results.systems
    names = [f"{s.task}/{s.seed}/{s.condition}" for s in systems.itertuples()]
    for (architecture, phase), square in results.distances.items():
        coordinates: dict[str, Any] = {"system": names, "other": names}
        for side in ("system", "other"):
            prefix = "" if side == "system" else "other_"
            for column in systems.columns:
                coordinates[f"{prefix}{column}"] = (side, systems[column].to_numpy())
        kind = plan.spec.dissimilarity
        named = {"units": distance_unit(kind), "long_name": DISSIMILARITIES[kind]}
        data = xr.Dataset(
            {"distance": (("system", "other"), square, named)},
            coords=coordinates,
            attrs={"architecture": architecture, "phase": phase, "dissimilarity": kind, **plan.spec.as_dict()["dsa"]},
        )
        with atomic_path(directory / f"{architecture}-{phase}.nc") as path:
            data.to_netcdf(path, engine="h5netcdf")


def _weights(plan: Plan, store: Store, directory: Path) -> None:
    directory.mkdir(exist_ok=True)
    for unit in plan.stages["train"]:
        if not store.has("train", unit.key):
            continue
        arrays, _ = store.load_arrays("train", unit.key)
        for seed in unit.params["seeds"]:
            own: dict[str, Array] = {
                name.removeprefix(f"{seed}/").replace("/", "."): np.ascontiguousarray(value)
                for name, value in arrays.items()
                if name.startswith(f"{seed}/")
            }
            name = f"{unit.params['architecture']}-{unit.params['task']['name']}-{seed}.safetensors"
            write_atomic(directory / name, to_safetensors(own))


def _curves(results: Results, directory: Path) -> None:
    directory.mkdir(exist_ok=True)
    if results.training.empty:
        return
    for (architecture, task, seed), curve in results.training.groupby(["architecture", "task", "seed"], sort=False):
        lines = curve.drop(columns=["architecture", "task", "seed"]).to_json(orient="records", lines=True)
        write_atomic(directory / f"{architecture}-{task}-{seed}.jsonl", lines.encode())


def _provenance(plan: Plan, path: Path, times: Mapping[str, Any] | None) -> dict[str, Any]:
    before = json.loads(path.read_text()) if path.exists() else {}
    runs = [*before.get("runs", []), dict(times)] if times is not None else before.get("runs", [])
    return {
        "dynashape": __version__,
        "python": python_version(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "seeds": list(plan.spec.seeds),
        "streams": "every random stream is seeded by SHA-256 of its names (purpose, task, seed): see dynashape.seeds",
        "keys": {f"{unit.step} {unit.name}": unit.key for unit in plan.units()},
        "runs": runs,
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _json(path: Path, value: Mapping[str, Any]) -> None:
    write_atomic(path, (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode())
