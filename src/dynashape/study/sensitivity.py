"""Whether a study's conclusions hang on its choices: one field varied at a time, everything that exists reused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dynashape.engine import Engine
from dynashape.inference import Conclusion, Place
from dynashape.inference.study.rows import dimension_rows
from dynashape.records import Contrast, Status
from dynashape.steps import Progress, Reader, Silent, compute, stages_under
from dynashape.store.plain_files import write_tables
from dynashape.study.ask.variants import Variant, default_grid, make_variants
from dynashape.study.found.folder import open_study
from dynashape.study.run import rewrite_report
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
        (variant.setting, variant.value): plan if variant.chosen else make_plan(variant.spec)
        for variant in variants
        if not isinstance(variant.spec, Status)
    }
    last = {"": [plan.final.conclude]}
    last |= {f"{setting}={value}: ": [varied.final.conclude] for (setting, value), varied in plans.items()}
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
    given = _conclusions(base, read)
    rows: list[dict[str, object]] = []
    for variant in variants:
        plan = plans.get((variant.setting, variant.value))
        drawn = {} if plan is None else _conclusions(plan, read)
        lost = variant.spec.message if isinstance(variant.spec, Status) else _TOO_FEW
        for key in given | drawn:
            contrast, where = key
            names = {"setting": variant.setting, "value": variant.value, "contrast": str(contrast), **asdict(where)}
            here, before = drawn.get(key), given.get(key)
            row = {"verdict": NO_CONCLUSION} if here is None else asdict(here) | {"verdict": str(here.verdict)}
            flips = here is not None and before is not None and here.verdict != before.verdict
            message = lost if here is None else ""
            rows.append({**names, **row, "chosen": variant.chosen, "flips": flips, "message": message})
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(dict.fromkeys(("estimate", "low", "high"), "float64"))


def _dimensions(plan: Plan, read: Reader) -> pd.DataFrame:
    """How the tests of the study itself come out in MDS planes of other dimensions."""
    done = tuple(step for step in plan.final.compares if read.has(step))
    table = pd.DataFrame(dimension_rows(read_comparisons(done, read)))
    if table.empty:
        return table
    return table.groupby(["analysis", "labelling", "n_components"], as_index=False).agg(
        mean_accuracy=("accuracy", "mean"),
        n_told_apart=("told_apart", "sum"),
        n_flips=("flips", "sum"),
        n_comparisons=("flips", "size"),
    )
