"""Whether a study's conclusions hang on its choices: one field varied at a time, everything that exists reused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from dynashape.engine import Engine
from dynashape.errors import SpecError
from dynashape.inference import SEPARATED as LABELLINGS
from dynashape.store import Store, atomic_path
from dynashape.study.archive import load_comparisons
from dynashape.study.load import parse_spec
from dynashape.study.measures import DISSIMILARITIES
from dynashape.study.plan import Plan, make_plan
from dynashape.study.run import Progress, Silent, compute, rewrite_report
from dynashape.study.spec import StudySpec
from dynashape.study.status import open_study
from dynashape.study.steps.compare import ANALYSES
from dynashape.study.summary import ALPHA
from dynashape.tasks import INPUT_CONDITIONS

NO_CONCLUSION = "no conclusion"
# What a conclusion needs; meta-clustering and the like are not asked again.
_STEPS = ("train", "record", "fit", "align", "compare", "conclude")
# Values of these may be more than a phase holds, which is a finding and no mistake.
_CAPACITY = ("dsa.n_delays", "dsa.delay_interval", "dsa.rank")


@dataclass(frozen=True)
class Variant:
    """The study with one field replaced; `spec` is None where the data cannot carry the value, and `reason` says why.

    `chosen` marks the study's own value.
    """

    setting: str
    value: str
    spec: StudySpec | None
    chosen: bool
    reason: str = ""


@dataclass(frozen=True)
class Sensitivity:
    """Every conclusion at every setting, how often tests flip with the dimension of the MDS plane, and what failed."""

    table: pd.DataFrame
    dimensions: pd.DataFrame
    failures: Mapping[str, str]
    report: Path


def default_grid(spec: StudySpec) -> dict[str, list[Any]]:
    """Delays and ranks around the study's own, every random input, every dissimilarity.

    >>> default_grid(StudySpec())["dsa.n_delays"]
    [3, 6, 12]
    """
    n_delays, rank = spec.dsa.n_delays, spec.dsa.rank
    return {
        "dsa.n_delays": sorted({max(1, n_delays // 2), n_delays, 2 * n_delays}),
        "dsa.rank": sorted({max(1, rank // 2), rank, rank + max(1, rank // 2)}),
        "activity.noise": [name for name in INPUT_CONDITIONS if name != "task"],
        "dissimilarity": list(DISSIMILARITIES),
    }


def read_grid(path: Path) -> dict[str, list[Any]]:
    """The grid of a YAML file, such as `dsa.rank: [8, 15]`; SpecError where it is not one."""
    try:
        raw = yaml.safe_load(path.read_text())
    except OSError as error:
        raise SpecError(f"the grid {path} cannot be read ({error.strerror}); give a YAML file that exists.") from None
    except yaml.YAMLError as error:
        raise SpecError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict) or not raw or not all(isinstance(values, list) and values for values in raw.values()):
        raise SpecError(f"{path} must hold lines `field: [value, value]`, such as `dsa.rank: [8, 15]`.")
    return {str(setting): values for setting, values in raw.items()}


def make_variants(spec: StudySpec, grid: Mapping[str, Sequence[Any]]) -> list[Variant]:
    """One variant for each setting and value, the study's own value among them.

    Values of delays and ranks that the data cannot carry are variants without a spec. Raises SpecError for a field or
    value that no study has.
    """
    variants = []
    for setting, values in grid.items():
        own = _value(spec, setting)
        for value in values if own in values else [own, *values]:
            try:
                replaced = spec if value == own else _replaced(spec, setting, value)
                variants.append(Variant(setting, _text(value), replaced, value == own))
            except SpecError as error:
                if setting not in _CAPACITY or not isinstance(value, int) or value < 1:
                    raise
                variants.append(Variant(setting, _text(value), None, False, str(error)))
    return variants


def run_sensitivity(
    directory: Path,
    open_engine: Callable[[], Engine],
    grid: Mapping[str, Sequence[Any]] | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Draw the study's conclusions again at every value of the grid and write them beside its results.

    What the store holds is reused, so a new rank trains nothing. Interrupt it at any moment and call it again. Raises
    StoreError where there is no study, SpecError where the grid names a field or value that no study has.
    """
    progress = progress or Silent()
    plan, store = open_study(directory)
    variants = make_variants(plan.spec, default_grid(plan.spec) if grid is None else grid)
    plans = {
        (one.setting, one.value): plan if one.chosen else make_plan(one.spec)
        for one in variants
        if one.spec is not None
    }
    done = compute(_union(plan, plans), store, open_engine, progress)
    table = _tabulate(variants, plans, plan, store)
    dimensions = _dimensions(plan, store)
    for name, one in (("sensitivity", table), ("sensitivity_dimensions", dimensions)):
        with atomic_path(directory / f"{name}.parquet") as path:
            one.to_parquet(path, index=False)
    progress.stage("writing the report", 1, 0)
    report = rewrite_report(directory)
    progress.unit("report.html", True, "")
    progress.end()
    return Sensitivity(table, dimensions, done.failures, report)


def _value(spec: StudySpec, setting: str) -> Any:
    value: Any = spec.as_dict()
    for name in setting.split("."):
        if not isinstance(value, Mapping) or name not in value:
            raise SpecError(f"the grid varies {setting!r}, which is no field of a study; such as dsa.rank.")
        value = value[name]
    return value


def _replaced(spec: StudySpec, setting: str, value: Any) -> StudySpec:
    raw = spec.as_dict()
    place = raw
    *folders, last = setting.split(".")
    for folder in folders:
        place = place[folder]
    place[last] = value
    return parse_spec(raw)


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _union(base: Plan, plans: Mapping[tuple[str, str], Plan]) -> Plan:
    """All units of all variants, each once, under names that say where they are needed first."""
    stages = {step: {unit.key: unit for unit in base.stages[step]} for step in _STEPS}
    for (setting, value), plan in plans.items():
        for step in _STEPS:
            for unit in plan.stages[step]:
                label = f"{setting}={value}: {unit.name}"
                stages[step].setdefault(unit.key, replace(unit, name=label))
    return Plan(base.spec, {step: tuple(units.values()) for step, units in stages.items()})


def _conclusions(plan: Plan, store: Store) -> dict[tuple[str, str], dict[str, Any]]:
    """The difference, interval and verdict of each (contrast, place); empty where the study has not concluded."""
    (unit,) = plan.stages["conclude"]
    if not store.has("conclude", unit.key):
        return {}
    found = store.load_json("conclude", unit.key)
    places = [(f"{cell['architecture']} {cell['phase']}", cell) for cell in found["cells"]]
    places = [(one["group"], one) for one in (*found["pooled"], *found["by_architecture"])] + places
    return {
        (one["contrast"], place): {
            **{name: one["difference"][name] for name in ("estimate", "low", "high")},
            "verdict": one["verdict"],
        }
        for place, one in places
    }


def _tabulate(
    variants: Iterable[Variant], plans: Mapping[tuple[str, str], Plan], base: Plan, store: Store
) -> pd.DataFrame:
    own = _conclusions(base, store)
    rows = []
    for variant in variants:
        name = variant.setting, variant.value
        found = _conclusions(plans[name], store) if name in plans else {}
        message = variant.reason or "too few systems can be compared; see dsa.rank and the status of the operators"
        nothing = {"estimate": None, "low": None, "high": None, "verdict": NO_CONCLUSION, "message": message}
        names = {"setting": variant.setting, "value": variant.value, "chosen": variant.chosen}
        for contrast, place in own | found:
            one = found.get((contrast, place))
            before = own.get((contrast, place))
            flips = one is not None and before is not None and one["verdict"] != before["verdict"]
            rows.append(
                {
                    **names,
                    "contrast": contrast,
                    "place": place,
                    "flips": flips,
                    **({"message": ""} | one if one else nothing),
                }
            )
    columns = (
        "setting",
        "value",
        "contrast",
        "place",
        "estimate",
        "low",
        "high",
        "verdict",
        "chosen",
        "flips",
        "message",
    )
    return pd.DataFrame(rows, columns=list(columns)).astype(dict.fromkeys(("estimate", "low", "high"), "float64"))


def _dimensions(plan: Plan, store: Store) -> pd.DataFrame:
    """How the tests of the study itself come out in MDS planes of other dimensions."""
    keys = {unit.name: unit.key for unit in plan.stages["compare"] if store.has("compare", unit.key)}
    named = {analysis.number: analysis.labelling for analysis in ANALYSES}
    rows = [
        {
            "analysis": place.analysis,
            "labelling": kind if kind == "task" else named[place.analysis],
            "n_components": dimension,
            "accuracy": accuracy,
            "told_apart": p_value <= ALPHA,
            "flips": (p_value <= ALPHA) != (comparison.separations[kind].p_value <= ALPHA),
        }
        for place, comparison in load_comparisons(store, keys)
        for kind in LABELLINGS
        if kind in comparison.separations
        for dimension, accuracy, p_value in zip(
            comparison.dimensions,
            comparison.separations[kind].accuracies,
            comparison.separations[kind].p_values,
            strict=True,
        )
    ]
    columns = ["analysis", "labelling", "n_components", "accuracy", "told_apart", "flips"]
    grouped = pd.DataFrame(rows, columns=columns).groupby(["analysis", "labelling", "n_components"], as_index=False)
    return grouped.agg(
        mean_accuracy=("accuracy", "mean"),
        n_told_apart=("told_apart", "sum"),
        n_flips=("flips", "sum"),
        n_comparisons=("flips", "size"),
    )
