"""Whether a study's conclusions hang on its choices: one field varied at a time, everything that exists reused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dynashape.engine import Engine
from dynashape.inference import Comparison, Conclusion, Place
from dynashape.records import ALPHA, Contrast
from dynashape.steps import Progress, Reader, Silent, compute, stages_under
from dynashape.study.ask.variants import Variant, default_grid, make_variants
from dynashape.study.found.folder import open_study
from dynashape.study.run import rewrite_report
from dynashape.study.told.export import write_tables
from dynashape.study.work.compare import read_comparisons
from dynashape.study.work.plan import Plan, make_plan

NO_CONCLUSION = "no conclusion"
_TOO_FEW = "too few systems can be compared; see dsa.rank and the status of the operators"
_COLUMNS = (
    *("setting", "value", "contrast", "architecture", "phase"),
    *("estimate", "low", "high", "verdict", "chosen", "flips", "message"),
)


@dataclass(frozen=True)
class Sensitivity:
    """Whether a study's conclusions hang on its settings.

    Attributes
    ----------
    table : DataFrame
        A row for each setting, value, contrast, architecture and phase: the estimated difference with its interval, the
        verdict, and whether it `flips` the study's own. `chosen` marks the rows of the study's own value.
    dimensions : DataFrame
        For each analysis, labelling and number of dimensions of the MDS plane, how many tests flip.
    failures : mapping of str to str
        For each step that failed or was skipped, why.
    report : Path
        The study's report, which holds these results.
    """

    table: pd.DataFrame
    dimensions: pd.DataFrame
    failures: Mapping[str, str]
    report: Path


def run_sensitivity(
    directory: Path,
    open_engine: Callable[[], Engine],
    grid: Mapping[str, Sequence[Any]] | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Draw the conclusions of a study again with one setting changed at a time, and write them beside its results.

    Whatever the store holds is reused, so a new rank trains nothing. Interrupt it at any moment and call it again.

    Parameters
    ----------
    directory : Path
        The study's folder.
    open_engine : callable
        Opens the engine on which steps run; called only if something is missing.
    grid : mapping of str to sequence, optional
        The values that each field takes in turn, such as ``{"dsa.rank": [8, 15]}``; see `read_grid`. By default the
        delays, the rank, the random input and the dissimilarity are varied.
    progress : Progress, optional
        Is told what happens.

    Returns
    -------
    Sensitivity
        All conclusions, and what failed.

    Raises
    ------
    StoreError
        Where the folder holds no study.
    SpecError
        Where the grid names a field or value that no study has.
    """
    progress = progress or Silent()
    plan, read = open_study(directory)
    variants = make_variants(plan.spec, default_grid(plan.spec) if grid is None else grid)
    plans = {
        (one.setting, one.value): plan if one.chosen else make_plan(one.spec)
        for one in variants
        if one.spec is not None
    }
    last = {"": [plan.final.conclude]}
    last |= {f"{setting}={value}: ": [own.final.conclude] for (setting, value), own in plans.items()}
    done = compute(stages_under(last), read.store, open_engine, progress)
    table, dimensions = _tabulate(variants, plans, plan, read), _dimensions(plan, read)
    write_tables({"sensitivity": table, "sensitivity_dimensions": dimensions}, directory)
    progress.stage("writing the report", 1, 0)
    report = rewrite_report(directory)
    progress.unit("report.html", True, "")
    progress.end()
    return Sensitivity(table, dimensions, done.failures, report)


def _conclusions(plan: Plan, read: Reader) -> dict[tuple[Contrast, Place], Conclusion]:
    """What is concluded of each contrast in each place; empty where the study has not concluded."""
    last = plan.final.conclude
    return dict(read(last).headline.conclusions()) if read.has(last) else {}


def _tabulate(
    variants: Iterable[Variant], plans: Mapping[tuple[str, str], Plan], base: Plan, read: Reader
) -> pd.DataFrame:
    own = _conclusions(base, read)
    rows = []
    for variant in variants:
        name = variant.setting, variant.value
        found = _conclusions(plans[name], read) if name in plans else {}
        for contrast, place in own | found:
            one, before = found.get((contrast, place)), own.get((contrast, place))
            rows.append(
                {
                    "setting": variant.setting,
                    "value": variant.value,
                    "contrast": str(contrast),
                    "architecture": place.architecture,
                    "phase": place.phase,
                    **{name: None if one is None else getattr(one, name) for name in ("estimate", "low", "high")},
                    "verdict": NO_CONCLUSION if one is None else str(one.verdict),
                    "chosen": variant.chosen,
                    "flips": one is not None and before is not None and one.verdict != before.verdict,
                    "message": "" if one is not None else variant.reason or _TOO_FEW,
                }
            )
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(dict.fromkeys(("estimate", "low", "high"), "float64"))


def _dimensions(plan: Plan, read: Reader) -> pd.DataFrame:
    """How the tests of the study itself come out in MDS planes of other dimensions."""
    done = tuple(step for step in plan.final.compares if read.has(step))
    rows = []
    for key, comparison in read_comparisons(done, read).items():
        if not isinstance(comparison, Comparison):
            continue
        for term, separation in comparison.separations.items():
            labelling = str(key.labelling(term))
            tried = zip(comparison.dimensions, separation.accuracies, separation.p_values, strict=True)
            for dimension, accuracy, p_value in tried:
                flips = (p_value <= ALPHA) != (separation.p_value <= ALPHA)
                rows.append((key.analysis, labelling, dimension, accuracy, p_value <= ALPHA, flips))
    names = ["analysis", "labelling", "n_components"]
    table = pd.DataFrame(rows, columns=[*names, "accuracy", "told_apart", "flips"])
    return table.groupby(names, as_index=False).agg(
        mean_accuracy=("accuracy", "mean"),
        n_told_apart=("told_apart", "sum"),
        n_flips=("flips", "sum"),
        n_comparisons=("flips", "size"),
    )
