"""The chances of effects and verdicts as tables, from the comparisons of a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import pandas as pd

from dynashape.errors import InputError
from dynashape.inference.comparison.records import Comparison, ComparisonKey
from dynashape.inference.planning.power import compute_power, pool_components
from dynashape.inference.planning.verdict_power import compute_verdict_power, measure_verdict_pilot
from dynashape.records import ANALYSES, HEADLINE, Labelling, Verdict

# What the chances of a verdict are called in a table: by the verdict.
_VERDICTS = {
    "first": str(Verdict.of(HEADLINE.first.labelling)),
    "second": str(Verdict.of(HEADLINE.second.labelling)),
    "neither": str(Verdict.CANNOT_BE_TOLD),
}


def tabulate_effect(
    comparisons: Mapping[ComparisonKey, Comparison],
    labelling: Labelling,
    share: float,
    alpha: float,
    n_studies: int,
    seed: int,
) -> pd.DataFrame:
    """The chance to find an effect of this share in one comparison, after the share that was found."""
    terms = {analysis.number: analysis.term(labelling) for analysis in ANALYSES if labelling in analysis.labellings}
    term = next(iter(terms.values()))
    components = pool_components([found.contrasts for key, found in comparisons.items() if key.analysis in terms])
    power = asdict(compute_power(components, term, share, alpha=alpha, n_studies=n_studies, seed=seed))
    # What the study itself has found stands before the share that is asked for.
    first = {"term": "", "found": components.shares[term]}
    return pd.DataFrame(first | power | {"term": str(labelling), "seed": seed})


def tabulate_verdicts(
    comparisons: Mapping[ComparisonKey, Comparison], differences: Sequence[float], n_studies: int, seed: int
) -> tuple[pd.DataFrame, str]:
    """The chance of each verdict at these true differences and at the measured one, or why there is none."""
    try:
        pilot = measure_verdict_pilot(comparisons, HEADLINE)
    except InputError as error:
        return pd.DataFrame(), str(error)
    asked = [*dict.fromkeys(differences), pilot.difference]
    simulated = compute_verdict_power(pilot, asked, n_studies=n_studies, seed=seed)
    more = {"contrast": str(HEADLINE), "cell_spread": pilot.cell_spread, "pair_spread": pilot.pair_spread, "seed": seed}
    parts = [
        pd.DataFrame({"contrast": "", "difference": 0.0, "measured": power is simulated[-1]} | asdict(power) | more)
        for power in simulated
    ]
    return pd.concat(parts, ignore_index=True).astype({"needed": "Int64"}).rename(columns=_VERDICTS), ""
