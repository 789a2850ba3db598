"""Dynamical Similarity Analysis as a scikit-learn estimator: activities in, one matrix of distances out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sklearn.base import BaseEstimator

from dynashape.arguments import read_options
from dynashape.dissimilarity.alignment.all_pairs import align_all
from dynashape.dissimilarity.operator.fit import Operator, fit_operator
from dynashape.dissimilarity.selection.choose import select_delays_and_rank
from dynashape.errors import InputError
from dynashape.records import Code


class DSA(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Dynamical Similarity Analysis between all pairs of a list of systems.

    Parameters
    ----------
    n_delays : int, optional
        Number of steps in a window of the delay embedding. By default held-out prediction chooses it (see
        `select_delays_and_rank`).
    rank : int or float, or "svht", optional
        Number of coordinates of an operator, the share of the variance that they carry, or "svht" (see `fit_operator`).
        With a share or "svht" every system gets the largest rank that is found, so that all can be aligned. By default
        held-out prediction chooses the rank.
    delay_interval : int, default 1
        Number of steps between the delays of a window.
    ridge : float, default 1e-8
        Ridge of the regression.
    effort : {"standard", "thorough"}
        How many starts an alignment tries, and for how long (see `EFFORTS`).
    zero_pad : bool, default False
        Whether operators of unequal rank, and systems that hold fewer directions than the rank, are compared with zeros
        in the missing places. They are an error otherwise, since a missing direction is not a still one.
    progress : callable, optional
        Called as `progress(done, total)` while pairs are aligned.

    Attributes
    ----------
    distances_ : array of shape (systems, systems)
        The angular distances, in radians.
    operators_ : list of Operator
        The operators, fitted or given.
    statuses_ : list of Status
        How the fit of each system went.
    alignments_ : Alignments
        Convergence and spread of every pair.
    n_delays_, rank_ : int
        The number of delays and the rank that were used.

    References
    ----------
    Ostrow et al. 2023, "Beyond geometry: comparing the temporal structure of computation in neural circuits with
    dynamical similarity analysis".

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> systems = [rng.normal(size=(10, 20, 4)).cumsum(axis=1) for _ in range(3)]
    >>> DSA(n_delays=2, rank=3).fit(systems).distances_.shape
    (3, 3)
    """

    def __init__(
        self,
        n_delays: int | None = None,
        rank: int | float | str | None = None,
        delay_interval: int = 1,
        ridge: float = 1e-8,
        effort: str = "standard",
        zero_pad: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.n_delays = n_delays
        self.rank = rank
        self.delay_interval = delay_interval
        self.ridge = ridge
        self.effort = effort
        self.zero_pad = zero_pad
        self.progress = progress

    def fit(self, X: Any, y: None = None) -> DSA:  # noqa: ARG002  (scikit-learn passes y)
        """Fit one operator to each system, and align all pairs.

        Parameters
        ----------
        X : list of arrays, of lists of arrays, or of Operator
            The activity of each system (see `fit_operator`). Operators are used as they are.
        y : None
            Ignored; scikit-learn passes it.

        Returns
        -------
        DSA
            The estimator itself.

        Raises
        ------
        InputError
            Lists every system that cannot be compared, with the remedy.
        """
        options = read_options(self)
        if not isinstance(X, list | tuple):
            raise InputError(
                "X of DSA.fit must be a list of systems, each an activity (trials, steps, units) or an Operator. "
                f"Got {type(X).__name__}; put a single system in a list."
            )
        if not X:
            raise InputError("X of DSA.fit must hold at least one system. Got an empty list.")
        given = [isinstance(system, Operator) for system in X]
        if all(given):
            operators = list(X)
        elif any(given):
            raise InputError(
                f"X of DSA.fit must hold activities or Operators, not both. Got {sum(given)} Operators among {len(X)}."
            )
        else:
            operators = options._fit_operators(X)
        faults = [
            f"system {i} is {operator.status.code} ({operator.status.message})"
            for i, operator in enumerate(operators)
            if not operator.status.ok and not (options.zero_pad and operator.status.code == Code.RANK_DEFICIENT)
        ]
        if faults:
            raise InputError("; ".join(faults) + ".")
        self.alignments_ = align_all(operators, effort=self.effort, zero_pad=options.zero_pad, progress=self.progress)
        self.operators_ = operators
        self.statuses_ = [operator.status for operator in operators]
        self.distances_ = self.alignments_.square()
        self.n_delays_ = operators[0].n_delays
        self.rank_ = max(operator.rank for operator in operators)
        return self

    def _fit_operators(self, activities: Sequence[Any]) -> list[Operator]:
        n_delays, rank = self.n_delays, self.rank
        if n_delays is None or rank is None:
            choices: dict[str, Any] = {"delay_interval": self.delay_interval, "ridge": self.ridge}
            if n_delays is not None:
                choices["delays"] = (n_delays,)
            if isinstance(rank, int):
                choices["ranks"] = (rank,)
            selection = select_delays_and_rank(activities, **choices)
            n_delays = selection.n_delays
            rank = selection.rank if rank is None else rank

        def fit_all(rank: int | float | str) -> list[Operator]:
            return [
                fit_operator(activity, n_delays, rank, self.delay_interval, self.ridge, name=f"system {i}")
                for i, activity in enumerate(activities)
            ]

        operators = fit_all(rank)
        ranks = {operator.rank for operator in operators}
        return operators if len(ranks) == 1 else fit_all(max(ranks))
