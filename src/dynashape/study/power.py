"""How many seeds an effect needs, planned from the variances of a finished study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from dynashape.errors import InputError, StoreError, unknown_name
from dynashape.inference import compute_power, pool_components
from dynashape.store import atomic_path
from dynashape.study.archive import load_comparisons
from dynashape.study.status import open_study

# What is asked: which analyses hold it (1: training, 2: input), and which term of their variance it is.
TERMS = {"task": ((1, 2), "task"), "training": ((1,), "condition"), "input": ((2,), "condition")}


def plan_seeds(
    directory: Path,
    shares: Sequence[float],
    terms: Sequence[str] = tuple(TERMS),
    alpha: float = 0.05,
    n_studies: int = 200,
) -> pd.DataFrame:
    """One row a term, share and number of seeds: the chance to find an effect of that share of the variance.

    A comparison of two tasks is simulated `n_studies` times with the noise of this study's comparisons, whose own share
    is `found`. Written to `power.parquet`. Raises StoreError where the study has no comparisons, InputError where a
    share is not in [0, 1) or a term is none of task, training and input.
    """
    for term in terms:
        if term not in TERMS:
            raise InputError(unknown_name("term", term, TERMS))
    plan, store = open_study(directory)
    keys = {unit.name: unit.key for unit in plan.stages["compare"] if store.has("compare", unit.key)}
    archived = [(place, one) for place, one in load_comparisons(store, keys) if one.contrasts is not None]
    if not archived:
        raise StoreError(
            f"{directory} holds no comparisons yet; `dynashape run` with the same study goes on from here."
        )
    rows = []
    for term in terms:
        analyses, column = TERMS[term]
        pilot = [one.contrasts for place, one in archived if place.analysis in analyses and one.contrasts is not None]
        components = pool_components(pilot)
        for share in shares:
            power = compute_power(components, column, share, alpha=alpha, n_studies=n_studies)
            rows += [
                {
                    "term": term,
                    "found": components.shares[column],
                    "share": share,
                    "alpha": alpha,
                    "n_seeds": n_seeds,
                    "power": chance,
                    "error": error,
                    "needed": power.needed,
                    "target": power.target,
                    "n_studies": n_studies,
                }
                for n_seeds, chance, error in zip(power.n_seeds, power.power, power.errors, strict=True)
            ]
    table = pd.DataFrame(rows).astype({"needed": "Int64"})
    with atomic_path(directory / "power.parquet") as path:
        table.to_parquet(path, index=False)
    return table
