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
        The probability that halves of different systems are farther apart than the two halves of one system: 0.5 is
        blind, 1 is perfect.
    ratio : float
        The mean squared distance between halves of different systems over that between the halves of one.
    standard_error : float
        The standard error of the probability over the systems.
    """

    auc: float
    ratio: float
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
    check : Reliability or None
        How well the choice tells systems from halves of one, on halves that it was not chosen by; None where there are
        fewer than three systems that can be halved. It is of halves of one recording: how far two recordings of one
        system with other noise, offsets or a nonlinear readout lie apart, it cannot say.
    status : Status
        "doubtful", with the remedy, where the choice is not to be trusted: it cuts in a flat tail, lies at the upper
        edge of what was tried, or does not tell systems apart.
    """

    n_delays: int
    rank: int
    criterion: str
    candidates: tuple[Candidate, ...]
    check: Reliability | None
    status: Status

    @property
    def chosen(self) -> Candidate:
        """The candidate that was chosen."""
        return next(c for c in self.candidates if (c.n_delays, c.rank) == (self.n_delays, self.rank))
