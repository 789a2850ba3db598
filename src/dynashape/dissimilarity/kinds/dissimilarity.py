"""What a dissimilarity is: it reduces the activity of one system to a summary, and compares pairs of summaries."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Generic, Protocol, TypeVar, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float, Int

from dynashape.cores import on_one_blas_thread
from dynashape.errors import InputError
from dynashape.records import Array, Status

# Share of the largest distance by which rounding may leave another one below zero.
_ROUNDING = 1e-9


@runtime_checkable
class Summary(Protocol):
    """What is kept of one system; a summary whose status is not ok is not compared."""

    @property
    def status(self) -> Status:
        """Whether the summary can be compared, and the remedy where it cannot."""


S = TypeVar("S", bound=Summary)
S_co = TypeVar("S_co", bound=Summary, covariant=True)


@runtime_checkable
class Reduction(Protocol[S_co]):
    """What makes summaries; where it is a value, dissimilarities that share it share their summaries too."""

    summary: ClassVar[type]

    def reduce(self, activity: Float[Array, "trials steps units"], choices: Int[Array, " trials"], name: str) -> S_co:
        """The summary of one system."""


@dataclass(frozen=True)
class PairDistances:
    """The distances of many pairs of systems.

    Attributes
    ----------
    values : array of shape (pairs,)
        The distance of each pair, in the unit of the dissimilarity.
    spread : array of shape (pairs,)
        Where distances are searched: how far apart the starts of the search ended. Zero elsewhere.
    converged : boolean array of shape (pairs,)
        Whether the search had come to its end.
    """

    values: Float[Array, " pairs"]
    spread: Float[Array, " pairs"]
    converged: Bool[Array, " pairs"]

    @classmethod
    def exact(cls, values: Float[Array, " pairs"]) -> PairDistances:
        """Take distances that are computed and not searched, so that they have no spread."""
        return cls(values, np.zeros(len(values)), np.ones(len(values), dtype=bool))


@dataclass(frozen=True)
class Dissimilarity(ABC, Generic[S]):
    """A dissimilarity between systems, with its options as fields; the base of one's own.

    One's own is one class, a frozen dataclass where it has options, with the attributes and the two methods below. A
    study names it as text, "module:Class".

    Attributes
    ----------
    name : str
        The name in specifications and files, such as "dsa".
    words : str
        What is measured, in words, such as "angular DSA distance".
    method : str
        What is measured, in a word, for schemes.
    description : str
        How it is computed, as the end of "the dissimilarity of two networks is ...". By default it is `words`.
    unit : str
        The unit of distances as netCDF writes it: "rad", or "1" for plain numbers.
    searched : bool
        Whether distances come from a search, which may not converge. False unless it is given.
    version : int
        To be raised whenever the code changes what it computes: stored results of the old code are then missing.
    summary : type
        The record that `reduce` returns: a frozen dataclass with annotations, which has a `status`.

    Examples
    --------
    >>> from dynashape.records import OK
    >>> @dataclass(frozen=True)
    ... class Speed:
    ...     value: float
    ...     status: Status = OK
    >>> @dataclass(frozen=True)
    ... class SpeedDifference(Dissimilarity):
    ...     after: int = 0
    ...     name, words, method, unit, summary = "speed", "difference of log speeds", "speed", "1", Speed
    ...
    ...     def reduce(self, activity, choices, name):
    ...         return Speed(float(np.log(np.abs(np.diff(activity[:, self.after :], axis=1)).mean())))
    ...
    ...     def measure(self, summaries, pairs):
    ...         speeds = np.array([summary.value for summary in summaries])
    ...         return PairDistances.exact(np.abs(speeds[pairs[:, 0]] - speeds[pairs[:, 1]]))
    >>> x = np.random.default_rng(0).normal(size=(5, 20, 3))
    >>> speeds = [SpeedDifference().reduce(each, np.zeros(5, dtype=int), "x") for each in (x, 2 * x)]
    >>> SpeedDifference().measure(speeds, np.array([[0, 1]])).values.round(6).tolist()
    [0.693147]
    """

    name: ClassVar[str]
    words: ClassVar[str]
    method: ClassVar[str]
    description: ClassVar[str] = ""
    unit: ClassVar[str] = "rad"
    searched: ClassVar[bool] = False
    version: ClassVar[int] = 1
    summary: ClassVar[type]

    @property
    def reduction(self) -> Reduction[S]:
        """The value that does the reducing: this dissimilarity, unless it shares its summaries with others."""
        return self

    @property
    def label(self) -> str:
        """What is measured, with its unit where it has one, for captions and axes."""
        return self.words if self.unit == "1" else f"{self.words} ({self.unit})"

    @abstractmethod
    def reduce(self, activity: Float[Array, "trials steps units"], choices: Int[Array, " trials"], name: str) -> S:
        """Reduce the activity of one system to what is compared.

        Parameters
        ----------
        activity : array of shape (trials, steps, units)
            The activity of the system; it is not modified.
        choices : integer array of shape (trials,)
            The right choice of each trial.
        name : str
            What errors and statuses call the activity.

        Returns
        -------
        record
            The summary, of type `summary`. Where its `status` is not ok there is nothing to compare.
        """

    @abstractmethod
    def measure(self, summaries: Sequence[S], pairs: Int[Array, "pairs 2"]) -> PairDistances:
        """Measure how far apart the systems of each pair are.

        Parameters
        ----------
        summaries : sequence of records
            The summaries of all systems that are compared with each other.
        pairs : integer array of shape (pairs, 2)
            Positions in `summaries`, of systems whose status is ok.

        Returns
        -------
        PairDistances
            The distance of each pair.
        """


@on_one_blas_thread
def measure_pairs(
    dissimilarity: Dissimilarity[S], summaries: Sequence[S], pairs: Int[Array, "pairs 2"], names: Sequence[str]
) -> PairDistances:
    """The distances of pairs, each a finite number from 0 up; InputError naming the first pair that has none."""
    found = dissimilarity.measure(summaries, pairs)
    if not isinstance(found, PairDistances):
        raise InputError(
            f"the dissimilarity {dissimilarity.name!r} must measure PairDistances; got a {type(found).__name__}."
        )
    sizes = sorted({np.shape(part) for part in (found.values, found.spread, found.converged)})
    if sizes != [(len(pairs),)]:
        raise InputError(
            f"the dissimilarity {dissimilarity.name!r} must give a value, a spread and whether it converged for each "
            f"of {len(pairs)} pairs; got shapes {sizes}."
        )
    # What rounding leaves below zero is zero.
    rounding = _ROUNDING * np.max(found.values, initial=0.0)
    values = np.where((found.values < 0) & (found.values > -rounding), 0.0, found.values)
    wrong = np.flatnonzero(~(values >= 0) | np.isinf(values))
    if len(wrong):
        first, second = (names[k] for k in pairs[wrong[0]])
        raise InputError(
            f"the dissimilarity {dissimilarity.name!r} must give finite distances from 0 up; got "
            f"{values[wrong[0]]} between {first} and {second}, one of {len(wrong)} such among {len(pairs)}. A "
            "system that cannot be compared needs a summary whose status says so."
        )
    return replace(found, values=values)
