"""The delays and rank that were chosen for a study, as a record whose candidates are the columns of a table."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import pandas as pd
from jaxtyping import Float

from dynashape.dissimilarity import Selection
from dynashape.records import Array, Status


@dataclass(frozen=True)
class Choice:
    """The delays and rank that were chosen, by which criterion, and whether the choice is to be trusted.

    `candidates` holds, by name, what is known of every candidate (see `Candidate`), NaN where nothing is.
    """

    n_delays: int
    rank: int
    criterion: str
    status: Status
    candidates: dict[str, Float[Array, " candidates"]]

    @classmethod
    def of(cls, selection: Selection) -> Choice:
        """What was selected."""
        rows = []
        for candidate in selection.candidates:
            row = {name: getattr(candidate, name) for name in ("n_delays", "rank", "gap")}
            for judged in (candidate.reliability, candidate.prediction):
                row |= {} if judged is None else asdict(judged)
            rows.append(row)
        table = pd.DataFrame(rows).astype("float64")
        columns = {str(name): table[name].to_numpy() for name in table}
        return cls(selection.n_delays, selection.rank, selection.criterion, selection.status, columns)

    @property
    def table(self) -> pd.DataFrame:
        """One row a candidate, and whether it was chosen."""
        table = pd.DataFrame(self.candidates).astype({"n_delays": "int64", "rank": "int64"})
        return table.assign(chosen=(table["n_delays"] == self.n_delays) & (table["rank"] == self.rank))
