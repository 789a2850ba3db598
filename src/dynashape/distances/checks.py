"""What a matrix of distances and its labels may be: a copy of what was given, or one error that names the place."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from jaxtyping import Float, Shaped

from dynashape.arguments import float_array, refuse_masked
from dynashape.errors import InputError
from dynashape.records import Array

# Of the largest distance: what single precision may be off, both ways of a pair or to oneself.
_ROUNDING = 1e-6


def check_values(given: Any) -> Float[Array, "systems systems"]:
    """A copy of the matrix; InputError that names the place where it is no matrix of distances."""
    values = np.array(float_array("values of Distances", given))
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        raise InputError(f"values of Distances must be (systems, systems); got shape {values.shape}.")
    slack = _ROUNDING * np.abs(values[np.isfinite(values)]).max(initial=0.0)
    unequal = ~np.isclose(values, values.T, rtol=0.0, atol=slack, equal_nan=True)
    for wrong, remedy in (
        (np.isinf(values), "distances must be finite, or NaN where there is none"),
        (values < -slack, "distances must not be negative"),
        (unequal, "distances must be the same in both directions, such as (values + values.T) / 2"),
        (np.diag(np.abs(np.diag(values)) > slack), "distances to oneself must be 0; give distances, not similarities"),
    ):
        if wrong.any():
            row, column = np.argwhere(wrong)[0].tolist()
            raise InputError(f"values[{row}, {column}] of Distances is {values[row, column]:g}; {remedy}.")
    return values


def check_column(name: object, given: Any, n_systems: int) -> Shaped[Array, " systems"]:
    """A copy of a column, text and numbers as numpy has them."""
    if not isinstance(name, str) or not name:
        raise InputError(f"the names of labels must be text; got {name!r}.")
    if isinstance(given, np.ma.MaskedArray):
        refuse_masked(f"the label {name!r}", given, "leave these systems out")
        given = given.data
    column = np.array(given, dtype=None if isinstance(given, np.ndarray) else object)
    if column.shape != (n_systems,):
        raise InputError(
            f"the label {name!r} must have one entry for each of {n_systems} systems; got shape {column.shape}."
        )
    one_kind = (all(isinstance(entry, kind) for entry in column) for kind in (str, int | float | np.number | np.bool_))
    if column.dtype == object and any(one_kind):
        column = np.array(column.tolist())
    if column.dtype.kind not in "biufU":
        raise InputError(
            f"the label {name!r} must be all text, all numbers or all truth values; such as dates as text."
        )
    return column


def check_distinct(where: str, names: list[str]) -> None:
    """InputError where two columns would have one name; `where` says in what."""
    twice = [name for name, n in Counter(names).items() if n > 1]
    if twice:
        raise InputError(f"{where} would have two columns {twice[0]!r}; rename this label.")
