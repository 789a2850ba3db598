"""The planned seeds of a study as its report shows them: a figure and two tables, where there are any."""

from __future__ import annotations

from functools import partial

import pandas as pd

from dynashape import figures
from dynashape.report.captions import Section, figure, table

_VERDICTS = (
    " and, on the right, the true pooled difference of the shares of input and training (0: the chance of a false "
    "verdict; * this study's own). At infinity only the spread between architectures, phases and task pairs is left, "
    "which no number of seeds removes"
)


def tell_power(effects: pd.DataFrame, verdicts: pd.DataFrame) -> Section:
    """The chances in single comparisons and of the pooled verdict; empty where no seeds have been planned."""
    if effects.empty:
        return Section()
    first = next(effects.itertuples())
    drawn = figure(
        "power",
        partial(figures.plot_power, effects, verdicts),
        effects,
        n_studies=first.n_studies,
        error=0.5 / first.n_studies**0.5,
        target=first.target,
        verdicts=_VERDICTS if len(verdicts) else "",
    )
    single = table("power", effects, alpha=first.alpha, target=first.target)
    return Section((drawn,), (single, table("verdict_power", verdicts)) if len(verdicts) else (single,))
