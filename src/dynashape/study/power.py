"""How many seeds an effect and a verdict need, planned from the variances of a finished study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pandas as pd

from dynashape.errors import InputError, StoreError, unknown_name
from dynashape.inference.comparison.records import usable_comparisons
from dynashape.inference.planning.tables import tabulate_effect, tabulate_verdicts
from dynashape.records import ALPHA, Labelling
from dynashape.steps import Progress, Silent
from dynashape.store.plain_files import write_tables
from dynashape.study.found.folder import open_study
from dynashape.study.told.export import write_figures
from dynashape.study.told.report import tell_power
from dynashape.study.work.compare import read_comparisons

SHARES = (0.1, 0.2, 0.4)
# Without any difference every verdict is false: the first row says how often that happens.
DIFFERENCES = (0.0, 0.1, 0.2)


@dataclass(frozen=True)
class SeedPlan:
    """The chance to find effects, by the number of seeds.

    Attributes
    ----------
    comparisons : DataFrame
        For each effect and number of seeds, the chance (`power`) to find the effect in one comparison of two tasks.
    verdicts : DataFrame
        For each difference of shares and number of seeds, the chance of each pooled verdict. It is empty where the
        study cannot carry a pooled verdict.
    message : str
        Why `verdicts` is empty.
    """

    comparisons: pd.DataFrame
    verdicts: pd.DataFrame
    message: str


def plan_seeds(
    directory: Path,
    shares: Sequence[float] = SHARES,
    terms: Sequence[str] = tuple(Labelling),
    alpha: float = ALPHA,
    n_studies: int = 400,
    *,
    differences: Sequence[float] = DIFFERENCES,
    seed: int = 0,
    progress: Progress | None = None,
) -> SeedPlan:
    """Simulate how many seeds an effect of a given size, and a verdict, need, from the variances of a finished study.

    The results are written into the study's folder: `power.parquet`, `verdict_power.parquet` and their figure.

    Parameters
    ----------
    directory : Path
        The study's folder.
    shares : sequence of float, default (0.1, 0.2, 0.4)
        Shares of variance in [0, 1) that the effects in single comparisons have.
    terms : sequence of str
        The effects: some of "task", "training" and "input"; all by default.
    alpha : float, default 0.05
        The level of the tests of single comparisons.
    n_studies : int, default 400
        How often comparisons, and whole studies, are simulated.
    differences : sequence of float, default (0, 0.1, 0.2)
        Differences in [-1, 1] between the shares of input and training, for the pooled verdict. The difference that the
        study found is added to them.
    seed : int, default 0
        Equal seeds give equal numbers.
    progress : Progress, optional
        Is told what happens.

    Returns
    -------
    SeedPlan
        The chances, by the number of seeds.

    Raises
    ------
    StoreError
        Where the study has no comparisons.
    InputError
        Where a share, a difference or a term is none.

    Notes
    -----
    Comparisons are simulated with the noise of the study's own comparisons, studies with its spread between cells and
    task pairs and with the covariance of its seeds.
    """
    progress = progress or Silent()
    for term in terms:
        if term not in tuple(Labelling):
            raise InputError(unknown_name("term", term, Labelling))
    for difference in differences:
        if not -1.0 <= difference <= 1.0:
            raise InputError(f"difference must lie in [-1, 1], as one of two shares does; got {difference}.")
    plan, read = open_study(directory)
    done = tuple(step for step in plan.final.compares if read.has(step))
    comparisons = usable_comparisons(read_comparisons(done, read))
    if not comparisons:
        raise StoreError(
            f"{directory} holds no comparisons yet; `dynashape run` with the same study goes on from here."
        )
    progress.stage("simulating studies", len(terms) * len(shares) + 1, 0)
    parts = []
    for term, share in product(terms, shares):
        parts.append(tabulate_effect(comparisons, Labelling(term), share, alpha, n_studies, seed))
        progress.unit(f"{term} {share:g}", True, "")
    effects = pd.concat(parts, ignore_index=True).astype({"needed": "Int64"})
    verdicts, message = tabulate_verdicts(comparisons, differences, n_studies, seed)
    progress.unit("verdict", True, "")
    progress.end()
    write_tables({"power": effects, "verdict_power": verdicts}, directory)
    write_figures(tell_power(effects, verdicts).figures, directory / "figures")
    return SeedPlan(effects, verdicts, message)
