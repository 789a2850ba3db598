"""A comparison as the rows of a table."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from dynashape.inference.comparison.intervals import measured_coverage
from dynashape.inference.comparison.records import SEPARATED, Compared, Comparison, ComparisonKey, LeftOut, Separation
from dynashape.records import Term

_COLUMNS = tuple(name for name in Separation.__dataclass_fields__ if name not in ("accuracies", "p_values"))


def comparison_rows(key: ComparisonKey, compared: Compared) -> list[dict[str, object]]:
    """Make one row for each of the two labellings of a comparison, ready for a table.

    Parameters
    ----------
    key : ComparisonKey
        Which comparison it is.
    compared : Comparison or LeftOut
        What came of it.

    Returns
    -------
    list of dict
        The fields of `key`; `labelling`, in the words of its analysis; the fields of `Separation`; `stress`,
        `n_systems`, `n_left_out`, `status` and `message`; `n_seeds` and `omega_coverage`, the measured coverage of the
        nominal 95 % interval at that number of seeds; `interaction_share`, `interaction_omega_squared` and
        `interaction_p`, the same in both rows; `stress_1d`, `accuracy_1d` and `p_value_1d` for each MDS dimension
        tried. Where the comparison was left out, its numbers are None and the columns from `n_seeds` on are missing.

    Examples
    --------
    >>> from dynashape.records import Code, Status
    >>> lost = LeftOut(Status(Code.TOO_FEW_NETWORKS), 0, 4)
    >>> task, condition = comparison_rows(ComparisonKey(2, "GRU", "delay", "CDM", "PR"), lost)
    >>> condition["labelling"], condition["accuracy"], condition["status"]
    ('input', None, 'too_few_networks')
    """
    rows = []
    for term in SEPARATED:
        row: dict[str, object] = {**asdict(key), "labelling": str(key.labelling(term))}
        if isinstance(compared, LeftOut):
            rows.append({**row, **dict.fromkeys((*_COLUMNS, "stress")), **_counts(compared)})
        else:
            separation = compared.separations[term]
            row |= {name: getattr(separation, name) for name in _COLUMNS}
            row["stress"] = compared.embedding.stress
            rows.append({**row, **_counts(compared), **_more(compared, separation)})
    return rows


def _counts(compared: Compared) -> dict[str, object]:
    return {
        "n_systems": compared.n_systems,
        "n_left_out": compared.n_left_out,
        "status": str(compared.status.code),
        "message": compared.status.message,
    }


def _more(comparison: Comparison, separation: Separation) -> dict[str, object]:
    n_seeds = len(np.unique(comparison.seeds))
    row: dict[str, object] = {
        "n_seeds": n_seeds,
        "omega_coverage": None if separation.omega_low is None else measured_coverage(n_seeds),
        "interaction_share": comparison.shares.share[Term.INTERACTION],
        "interaction_omega_squared": comparison.shares.omega_squared[Term.INTERACTION],
        "interaction_p": comparison.interaction_p,
    }
    for name, values in (
        ("stress", comparison.stresses),
        ("accuracy", separation.accuracies),
        ("p_value", separation.p_values),
    ):
        row |= {f"{name}_{k}d": value for k, value in zip(comparison.dimensions, values, strict=True)}
    return row
