"""The numbers and names that a `DSA` was given, read once before anything is computed; the estimator keeps its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dynashape.arguments import read_values, shown
from dynashape.dissimilarity.alignment.efforts import find_effort
from dynashape.dissimilarity.selection.candidates import CRITERIA
from dynashape.errors import InputError, unknown_name

DISTANCES_BETWEEN_OPERATORS = ("dsa", "spectral")


@dataclass(frozen=True)
class Parameters:
    """The parameters of a `DSA` (see there), read."""

    n_delays: int | None
    rank: int | float | str | None
    delay_interval: int
    ridge: float
    effort: str
    zero_pad: bool
    progress: Callable[[int, int], None] | None
    criterion: str | None
    center: str | None
    regression: str
    steps_ahead: int
    dissimilarity: str
    corrected: bool
    n_jobs: int | None

    @property
    def fitting(self) -> dict[str, Any]:
        """What `fit_operator` and `select_delays_and_rank` both take."""
        return {
            "delay_interval": self.delay_interval,
            "ridge": self.ridge,
            "center": self.center,
            "regression": self.regression,
            "steps_ahead": self.steps_ahead,
        }


def read_parameters(given: dict[str, Any]) -> Parameters:
    """The parameters of a `DSA` as it keeps them; an InputError for what cannot be one."""
    for name in ("n_delays", "rank"):
        refuse_several(name, given[name])
    read: dict[str, Any] = read_values(Parameters, given)
    if read["dissimilarity"] not in DISTANCES_BETWEEN_OPERATORS:
        raise InputError(unknown_name("dissimilarity", read["dissimilarity"], DISTANCES_BETWEEN_OPERATORS))
    if read["criterion"] is not None and read["criterion"] not in CRITERIA:
        raise InputError(unknown_name("criterion", read["criterion"], CRITERIA))
    if read["progress"] is not None and not callable(read["progress"]):
        raise InputError(f"progress must be a function of done and total, or None; got {shown(read['progress'])}.")
    find_effort(read["effort"])
    return Parameters(**read)


def refuse_several(name: str, given: object) -> None:
    """An InputError where systems, or several numbers, are given for a number of delays or a rank."""
    shape = getattr(given, "shape", None)
    if shape is not None and len(shape) > 0:
        got = f"an array of shape {tuple(shape)}"
    elif isinstance(given, list | tuple | dict | set | range):
        got = f"a {type(given).__name__} of {len(given)}"
    else:
        return
    raise InputError(
        f"{name} of DSA must be one number; got {got}. Systems go to fit: DSA().fit(X), or DSA().fit(X, reference=Y) "
        "for the distances of X to Y. To choose among several numbers, give them to select_delays_and_rank; for one of "
        "its own to each system, fit each with fit_operator and give the operators to fit."
    )
