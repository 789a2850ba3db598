"""Whether a study's conclusions hang on its choices: one field varied at a time, everything that exists reused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dynashape.engine import Engine
from dynashape.errors import StoreError
from dynashape.inference import Conclusion, Place
from dynashape.inference.study.rows import stability_rows, tabulate_dimensions
from dynashape.records import Contrast, Status
from dynashape.steps import Progress, Reader, Silent, compute, stages_under
from dynashape.store.plain_files import write_tables
from dynashape.study.ask.spec import StudySpec
from dynashape.study.ask.variants import Variant, default_grid, make_variants
from dynashape.study.found.folder import open_study
from dynashape.study.found.results import read_distances
from dynashape.study.run import rewrite_report
from dynashape.study.told.export import SENSITIVITY
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
    stability : DataFrame
        For each architecture and phase, Kendall's W of the order of distances over the delays and ranks of the grid.
    failures : mapping of str to str
        For each step that failed or was skipped, why.
    report : Path
        The study's report, which holds these results.
    """

    table: pd.DataFrame
    dimensions: pd.DataFrame
    stability: pd.DataFrame
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
        Where the folder holds no study, or one that has not chosen its delays and rank yet.
    SpecError
        Where the grid names a field or value that no study has.
    """
    progress = progress or Silent()
    plan, read = open_study(directory)
    spec = settle_spec(plan, read)
    variants = make_variants(spec, default_grid(spec) if grid is None else grid)
    plans = {
        (variant.setting, variant.value): plan if variant.chosen else make_plan(variant.spec)
        for variant in variants
        if not isinstance(variant.spec, Status)
    }
    last = {"": [plan.final.conclude]}
    last |= {f"{setting}={value}: ": [varied.final.conclude] for (setting, value), varied in plans.items()}
    done = compute(stages_under(last), read.store, open_engine, progress)
    compared = read_comparisons([step for step in plan.final.compares if read.has(step)], read)
    found = _tabulate(variants, plans, plan, read), tabulate_dimensions(compared), _stability(plan, plans, read)
    write_tables(dict(zip(SENSITIVITY, found, strict=True)), directory)
    progress.stage("writing the report", 1, 0)
    report = rewrite_report(directory)
    progress.unit("report.html", True, "")
    progress.end()
    return Sensitivity(*found, done.failures, report)


def settle_spec(plan: Plan, read: Reader) -> StudySpec:
    """The specification with the delays and rank that the study has chosen, which a grid varies as any others."""
    choice, spec = plan.choice, plan.spec
    if choice is None:
        return spec
    if not read.has(choice):
        raise StoreError("delays and rank are not chosen yet; `dynashape run` with the same study goes on from here.")
    chosen = {name: getattr(read(choice), name) for name in ("n_delays", "rank")}
    return spec.model_copy(update={"dsa": spec.dsa.model_copy(update=chosen)})


def _stability(base: Plan, plans: Mapping[tuple[str, str], Plan], read: Reader) -> pd.DataFrame:
    """Kendall's W of each architecture and phase over the different choices of delays and rank."""
    varied = [plan for (setting, _), plan in plans.items() if setting in ("dsa.n_delays", "dsa.rank")]
    found = [read_distances(plan, read) for plan in (base, *(plan for plan in varied if plan is not base))]
    return pd.DataFrame(stability_rows([{cell: own for cell, (own, _) in joined.items()} for joined in found]))


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
