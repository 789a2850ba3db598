"""The dissimilarities that a study can use: what each reduces a system's activity to, and how it compares two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from dynashape.dissimilarity import align_all, cka_distance, fit_operator, procrustes_distance, spectral_distance
from dynashape.records import OK, Array, Code, Status

DISSIMILARITIES: Mapping[str, str] = {
    "dsa": "angular DSA distance",
    "spectral": "distance between the operators' eigenvalues",
    "procrustes": "Procrustes distance between average activities",
    "cka": "CKA distance between average activities",
}
# The same in a word, for schemes.
METHODS: Mapping[str, str] = {"dsa": "DSA", "spectral": "eigenvalues", "procrustes": "Procrustes", "cka": "CKA"}
# Distances between eigenvalues are plain numbers; all others are angles.
_NO_ANGLES = ("spectral",)
# These compare shapes, blind to time; the others compare operators.
GEOMETRIC = ("procrustes", "cka")
_BETWEEN: Mapping[str, Callable[[Any, Any], float]] = {
    "spectral": spectral_distance,
    "procrustes": procrustes_distance,
    "cka": cka_distance,
}
# An average that varies less than this many rounding units of its size has no shape.
_ROUNDING = 10


def distance_unit(dissimilarity: str) -> str:
    """The unit of a dissimilarity as netCDF writes it: radians, or 1 for plain numbers.

    >>> distance_unit("dsa"), distance_unit("spectral")
    ('rad', '1')
    """
    return "1" if dissimilarity in _NO_ANGLES else "rad"


def distance_label(dissimilarity: str) -> str:
    """The name of a dissimilarity with its unit, for captions and axes.

    >>> distance_label("cka")
    'CKA distance between average activities (rad)'
    """
    return f"{DISSIMILARITIES[dissimilarity]}{unit_of(dissimilarity)}"


def unit_of(dissimilarity: str) -> str:
    """The unit to write after the name of a dissimilarity; none where it is no angle.

    >>> unit_of("cka"), unit_of("spectral")
    (' (rad)', '')
    """
    return "" if dissimilarity in _NO_ANGLES else " (rad)"


@dataclass(frozen=True)
class Reduced:
    """What is kept of one system's activity in one phase: arrays to compare (none unless `status` is ok), and facts."""

    status: Status
    compared: Array | None
    arrays: Mapping[str, Array]
    facts: Mapping[str, Any]


def reduce_to_operator(activity: Float[Array, "trials steps units"], dsa: Mapping[str, Any], name: str) -> Reduced:
    """The system's operator; an operator that is no estimate has a status and nothing to compare."""
    operator = fit_operator(activity, **dsa, name=name)
    facts = {
        "explained_variance": operator.explained_variance,
        "effective_rank": operator.effective_rank,
        "one_step_error": operator.one_step_error,
        "persistence_error": operator.persistence_error,
    }
    arrays = {"singular_values": operator.singular_values}
    # An operator padded with zeros is no estimate: a system without enough rank has a status, not distances.
    return Reduced(operator.status, operator.matrix if operator.status.ok else None, arrays, facts)


def reduce_to_averages(
    activity: Float[Array, "trials steps units"], choices: Int[Array, " trials"], name: str
) -> Reduced:
    """Activity averaged over the trials of each right choice, (choices, steps, units), the choices in their order.

    Trials of different networks are different trials, so only averages correspond.
    """
    averages = np.stack([activity[choices == choice].mean(axis=0) for choice in np.unique(choices)])
    flat = averages.reshape(-1, averages.shape[-1]).astype(np.float64)
    spread = float(np.linalg.norm(flat - flat.mean(axis=0)))
    if not spread > _ROUNDING * float(np.finfo(averages.dtype).eps) * float(np.linalg.norm(flat)):
        return Reduced(Status(Code.UNVARYING, f"the average of {name} never varies, so it has no shape"), None, {}, {})
    return Reduced(OK, averages, {}, {})


def measure_pairs(
    dissimilarity: str, compared: Sequence[Array], pairs: Int[Array, "pairs 2"], effort: str | None = None
) -> tuple[Float[Array, " pairs"], Float[Array, " pairs"], Bool[Array, " pairs"]]:
    """Distance, spread over starts and convergence of each pair; only the alignment of DSA has starts to spread over.

    >>> measure_pairs("spectral", [np.diag([0.9, 0.5]), np.diag([0.5, 0.9])], np.array([[0, 1]]))[0]
    array([0.])
    """
    if dissimilarity == "dsa":
        found = align_all(list(compared), pairs=pairs, effort=effort or "standard")
        return found.values, found.spread, found.converged
    if dissimilarity in GEOMETRIC:
        compared = _corresponding(compared)
    between = _BETWEEN[dissimilarity]
    values = np.array([between(compared[i], compared[j]) for i, j in pairs.tolist()])
    return values, np.zeros(len(pairs)), np.ones(len(pairs), dtype=bool)


def _corresponding(averages: Sequence[Array]) -> list[Array]:
    """The averages as they are where all systems have as many choices, else over all choices: steps still match."""
    if len({len(average) for average in averages}) == 1:
        return list(averages)
    return [average.mean(axis=0, keepdims=True) for average in averages]
