"""What is known of each choice of delays and rank, and the choice that was made."""

from __future__ import annotations

from dataclasses import dataclass

from dynashape.records import Status

DELAYS: tuple[int, ...] = (1, 2, 3, 4, 6, 8, 10)
RANKS: tuple[int, ...] = tuple(range(2, 21))
CRITERIA: tuple[str, ...] = ("reliability", "gap", "prediction")
"""The criteria by which delays and rank can be chosen; the first is the default."""

FLAT_TAIL = 0.85
"""Above this ratio of singular values a cut separates nothing from nothing."""


@dataclass(frozen=True)
class Prediction:
    """How well a choice predicts the next step of held-out trials.

    Attributes
    ----------
    error : float
        The geometric mean, over the systems, of the unexplained share of the variance.
    persistence_error : float
        The same of "nothing changes", on the same steps.
    excess : float
        The mean of log(error) over the systems, above that of the best candidate.
    standard_error : float
        The standard error of this paired difference.
    """

    error: float
    persistence_error: float
    excess: float
    standard_error: float


@dataclass(frozen=True)
class Reliability:
    """How well a choice tells systems from halves of one system.

    Attributes
    ----------
    auc : float
        The smaller of the two areas below, by which candidates are ranked.
    auc_units : float or None
        The probability that two halves of the units of different systems are farther apart than two halves of the units
        of one system: 0.5 is blind, 1 is perfect. None where a system has fewer than four units.
    auc_trials : float or None
        The same for halves of the trials; None where a system has fewer than two trials.
    ratio : float
        The mean squared distance between systems over that between halves of one system, in the kind of halves that
        `auc` is of.
    shortfall : float
        How much smaller the area is than the best candidate's.
    standard_error : float
        The standard error of this paired difference over the systems.
    """

    auc: float
    auc_units: float | None
    auc_trials: float | None
    ratio: float
    shortfall: float
    standard_error: float


@dataclass(frozen=True)
class Candidate:
    """One choice of delays and rank.

    Attributes
    ----------
    n_delays, rank : int
        The choice.
    gap : float
        The geometric mean, over the systems, of the ratio of the first singular value that is left out to the last that
        is kept: near 0 where the cut falls into a gap, near 1 in a flat tail. NaN where nothing is left out.
    prediction : Prediction or None
        Where candidates are judged by held-out prediction.
    reliability : Reliability or None
        Where they are judged by reliability; None also for a candidate that half of some system does not allow, and in
        a flat tail.
    """

    n_delays: int
    rank: int
    gap: float
    prediction: Prediction | None = None
    reliability: Reliability | None = None


@dataclass(frozen=True)
class Selection:
    """The chosen delays and rank, and what they were chosen from.

    Attributes
    ----------
    n_delays, rank : int
        The choice.
    criterion : str
        What it was chosen by.
    candidates : tuple of Candidate
        Every candidate that all systems allow, in order of rank, then delays.
    status : Status
        "doubtful", with the remedy, where the choice is not to be trusted: it cuts in a flat tail, lies at the upper
        edge of what was tried, or does not tell systems apart.
    """

    n_delays: int
    rank: int
    criterion: str
    candidates: tuple[Candidate, ...]
    status: Status

    @property
    def chosen(self) -> Candidate:
        """The candidate that was chosen."""
        return next(c for c in self.candidates if (c.n_delays, c.rank) == (self.n_delays, self.rank))
