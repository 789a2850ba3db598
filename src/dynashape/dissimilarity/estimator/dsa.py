"""Dynamical Similarity Analysis as a scikit-learn estimator: activities in, one matrix of distances out."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from dynashape.arguments import whole_number
from dynashape.cores import spread
from dynashape.dissimilarity.estimator.doubts import Doubt, DoubtKind, find_doubts
from dynashape.dissimilarity.estimator.facts import find_facts
from dynashape.dissimilarity.estimator.fitting import check_alike, check_usable, choose, fit_all
from dynashape.dissimilarity.estimator.forgetting import forget
from dynashape.dissimilarity.estimator.halves import N_REPEATS, Floors, correct, measure_errors, measure_floors
from dynashape.dissimilarity.estimator.pairs import measure_rectangle, measure_square
from dynashape.dissimilarity.estimator.parameters import Parameters, read_parameters, refuse_several
from dynashape.dissimilarity.estimator.stability import Stability, measure_grid
from dynashape.dissimilarity.estimator.summary import Summary, summarise
from dynashape.dissimilarity.estimator.systems import Systems, read_systems
from dynashape.dissimilarity.estimator.warned import hear, tell
from dynashape.dissimilarity.operator.fit import Operator
from dynashape.dissimilarity.selection.candidates import Selection
from dynashape.distances import Distances
from dynashape.errors import InputError
from dynashape.records import Array


class DSA(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Dynamical Similarity Analysis between all pairs of systems, or of some systems to others.

    Parameters
    ----------
    n_delays : int, optional
        Number of steps in a window of the delay embedding. By default `select_delays_and_rank` chooses it.
    rank : int or float, or "svht", optional
        Number of coordinates of an operator, the share of the variance that they carry, or "svht" (see `fit_operator`).
        With a share or "svht" every system gets the largest rank that is found, so that all can be aligned. By default
        `select_delays_and_rank` chooses the rank.
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
        Called as `progress(done, total)` during the selection, the fits and the alignment, each with its own total.
    criterion : str, optional
        By which criterion delays and rank are chosen where they are not given (see `select_delays_and_rank`, whose
        default is used).
    center, regression, steps_ahead
        How operators are fitted (see `fit_operator`).
    dissimilarity : {"dsa", "spectral"}
        The angular distance after the best alignment, in radians, or the distance between spectra (see
        `spectral_distance`).
    corrected : bool, default False
        Whether the squared distances are also given without what sampling of trials adds to them. It fits five pairs
        of random halves of each system's trials besides.
    n_jobs : int, default 1
        Number of threads; -1 for all cores. The results are the same on any number.

    Attributes
    ----------
    distances_ : array of shape (systems, systems), or (systems, references)
        The distances.
    squared_corrected_ : array of the same shape
        With `corrected`: the squared distances without what sampling of trials adds. What unequal readouts, units and
        noise add stays (see `unit_floor_`). They may be negative where systems hardly differ, and are NaN for systems
        of a single trial.
    names_, reference_names_ : list of str
        The names of the systems: the keys of a mapping, otherwise "system 0" and so on.
    operators_, reference_operators_ : list of Operator
        The operators, fitted or given.
    statuses_ : list of Status
        How the fit of each system went.
    alignments_ : Alignments or None
        Convergence and spread of every pair; None for spectral distances.
    n_delays_, rank_ : int
        The number of delays and the rank that were used.
    selection_ : Selection or None
        The choice of delays and rank, where one of them was not given.
    doubts_ : tuple of Doubt
        Why fits may not be what they seem, also given as warnings (`DoubtWarning`), one of each kind.
    floor_, unit_floor_ : array of shape (systems,)
        The root mean square distance between random halves of each system's trials, and of its units; computed when
        they are first asked for (see `floors`).

    References
    ----------
    Ostrow et al. 2023, "Beyond geometry: comparing the temporal structure of computation in neural circuits with
    dynamical similarity analysis".

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> systems = {name: rng.normal(size=(10, 20, 4)).cumsum(axis=1) for name in "ABC"}
    >>> dsa = DSA(n_delays=2, rank=3).fit(systems)
    >>> dsa.distances_.shape, dsa.names_
    ((3, 3), ['A', 'B', 'C'])
    >>> DSA(n_delays=2, rank=3).fit({"A": systems["A"]}, reference=systems).distances_.shape
    (1, 3)
    """

    def __init__(
        self,
        n_delays: Any = None,
        rank: Any = None,
        delay_interval: int = 1,
        ridge: float = 1e-8,
        effort: str = "standard",
        zero_pad: bool = False,
        progress: Callable[[int, int], None] | None = None,
        *,
        criterion: str | None = None,
        center: str | None = None,
        regression: str = "ols",
        steps_ahead: int = 1,
        dissimilarity: str = "dsa",
        corrected: bool = False,
        n_jobs: int | None = 1,
    ) -> None:
        # The one thing that is refused here: with other packages DSA(X, Y) takes the systems, and has no fit.
        refuse_several("n_delays", n_delays)
        refuse_several("rank", rank)
        self.n_delays = n_delays
        self.rank = rank
        self.delay_interval = delay_interval
        self.ridge = ridge
        self.effort = effort
        self.zero_pad = zero_pad
        self.progress = progress
        self.criterion = criterion
        self.center = center
        self.regression = regression
        self.steps_ahead = steps_ahead
        self.dissimilarity = dissimilarity
        self.corrected = corrected
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None, *, reference: Any = None) -> DSA:
        """Fit one operator to each system, and measure all pairs, or X against the reference.

        Parameters
        ----------
        X : list or mapping of systems, or array of shape (systems, trials, steps, units)
            The activity of each system (see `fit_operator`), by its name in a mapping. Or an Operator for each, which
            is used as it is.
        y : None
            Not taken.
        reference : list or mapping of systems, or array of shape (systems, trials, steps, units), optional
            Other systems. The distances are then those of each of X to each of these; no others are computed.

        Returns
        -------
        DSA
            The estimator itself.

        Raises
        ------
        InputError
            Lists every system that cannot be compared, with the remedy.

        Warns
        -----
        DoubtWarning
            One line for each kind of doubt about the fits (see `summary`).
        """
        if y is not None:
            raise InputError(
                "DSA.fit takes no y. It compares the systems of X with each other; for the distances of X to other "
                "systems Y give fit(X, reference=Y)."
            )
        parameters = read_parameters(self.get_params(deep=False))
        forget(self)
        fitted = copy.copy(self)
        told = fitted._measure(X, reference, parameters)
        # All at once: what interrupts a fit leaves an estimator that is not fitted.
        self.__dict__.update(vars(fitted))
        tell(*told)
        return self

    def _measure(
        self, X: Any, reference: Any, parameters: Parameters
    ) -> tuple[list[warnings.WarningMessage], Selection | None, tuple[Doubt, ...]]:
        """Set all that a fit finds; what it warned of, the choice and the doubts are left to tell."""
        own = read_systems(X, "X", "system")
        n_own = len(own.names)
        systems = own if reference is None else own + read_systems(reference, "reference", "reference", own.names)
        with hear() as heard:
            operators = self._fit_operators(systems, parameters)
            self.operators_, self.reference_operators_ = operators[:n_own], operators[n_own:]
            self.names_, self.reference_names_ = list(systems.names[:n_own]), list(systems.names[n_own:])
            self.statuses_ = [operator.status for operator in self.operators_]
            if reference is None:
                self.distances_, self.alignments_ = measure_square(operators, parameters)
            else:
                self.distances_, self.alignments_ = measure_rectangle(
                    self.operators_, self.reference_operators_, parameters
                )
            uncorrected = self._correct() if parameters.corrected else ()
        return heard, self.selection_, (*self.doubts_, *uncorrected)

    def _fit_operators(self, systems: Systems, parameters: Parameters) -> list[Operator]:
        """The operators of all systems, X and reference, and what is to be said about them."""
        self._floors: dict[int, Floors] = {}
        self.selection_ = None
        if systems.operators:
            if parameters.corrected:
                raise InputError(
                    "corrected=True needs the activity of each system, to fit halves of its trials; got Operators."
                )
            operators = list(systems.operators)
            check_alike(operators, systems.names)
            check_usable(operators, systems.names, parameters)
            facts = []
            self.doubts_: tuple[Doubt, ...] = ()
        else:
            with hear() as heard:
                # What it warns of is warned of again in the fits, with the names of the systems.
                parameters, self.selection_ = choose(systems.activities, parameters)
                heard.clear()
            operators = fit_all(systems.activities, systems.names, parameters)
            check_usable(operators, systems.names, parameters)
            facts = spread(
                lambda place: find_facts(systems.activities[place], systems.names[place]),
                range(len(systems.names)),
                parameters.n_jobs,
            )
            self.doubts_ = find_doubts(systems.names, facts, operators, parameters, systems.may_be_trials)
        self.n_delays_ = operators[0].n_delays
        self.rank_ = max(operator.rank for operator in operators)
        self._summary = summarise(systems.names, operators, facts, self.doubts_)
        self._systems: Systems | None = systems
        self._parameters = replace(parameters, n_delays=self.n_delays_, rank=self.rank_)
        return operators

    def _correct(self) -> tuple[Doubt, ...]:
        systems = self._activities("corrected=True")
        errors, statuses = measure_errors(systems, self._parameters)
        own, others = errors[: len(self.names_)], errors[len(self.names_) :]
        corrected = correct(self.distances_, own, others if len(others) else own)
        if not len(others):
            np.fill_diagonal(corrected, 0.0)
        self.squared_corrected_ = corrected
        missing = tuple(name for name, status in zip(systems.names, statuses, strict=True) if not status.ok)
        if not missing:
            return ()
        why = next(status.message for status in statuses if not status.ok)
        return (
            Doubt(
                DoubtKind.NO_HALVES,
                missing,
                f"{len(missing)} of {len(statuses)} systems ({', '.join(missing[:5])}) have no halves of trials "
                f"({why}), so squared_corrected_ is NaN there. Give more trials, or leave them out.",
            ),
        )

    def summary(self) -> Summary:
        """Tell how far each fit is to be trusted.

        Returns
        -------
        Summary
            As text a table with a row for each system, those of the reference last, and the doubts in full; its
            `records()` make a data frame.

        Examples
        --------
        >>> rng = np.random.default_rng(0)
        >>> dsa = DSA(n_delays=1, rank=2).fit([rng.normal(size=(9, 30, 4)).cumsum(axis=1) for _ in range(2)])
        >>> dsa.summary().records()[0]["trials"]
        9
        """
        check_is_fitted(self)
        return self._summary

    def floors(self, repeats: Any = N_REPEATS) -> Floors:
        """Measure how far apart two halves of each system lie: of its trials, and of its units.

        Halves of trials show the error of finite data; halves of units how far a distance depends on which units were
        seen. Halves have half of the data, so floors overstate the error of whole systems (those by trials about
        sqrt(2) times): for distances below them look at `squared_corrected_`, or at several recordings of each system.

        Parameters
        ----------
        repeats : int, default 5
            Number of times that each system is halved. Halves are random, the same in every run; those of trials hold
            nearly equal numbers of transitions.

        Returns
        -------
        Floors
            The floors of all systems, those of the reference last; NaN, with a status, where a system cannot be halved.

        Raises
        ------
        InputError
            Where there is no activity: after fitting Operators, or in an estimator that was read from a file.

        Notes
        -----
        The activity is not copied: it is read again, as it is now.
        """
        check_is_fitted(self)
        n_repeats = whole_number("repeats", repeats, 1)
        if n_repeats not in self._floors:
            with hear():
                self._floors[n_repeats] = measure_floors(self._activities("floors"), self._parameters, n_repeats)
        return self._floors[n_repeats]

    @property
    def floor_(self) -> Float[Array, " systems"]:
        """The root mean square distance between random halves of the trials of each system of X."""
        return self.floors().trials[: len(self.names_)]

    @property
    def unit_floor_(self) -> Float[Array, " systems"]:
        """The root mean square distance between random halves of the units of each system of X."""
        return self.floors().units[: len(self.names_)]

    def stability(self, delays: Any = None, ranks: Any = None) -> Stability:
        """Measure whether the ordering of distances hangs on the choice of delays and rank.

        Parameters
        ----------
        delays, ranks : sequence of int, optional
            The numbers of delays and the ranks, all of whose combinations are tried. By default half, one, one and a
            half and two times those of the estimator.

        Returns
        -------
        Stability
            The distances between the systems of X at every choice, and Kendall's W of their orders; `plot_stability`
            draws it.

        Raises
        ------
        InputError
            Where there are fewer than three systems, no activity, or fewer than two possible choices.
        """
        check_is_fitted(self)
        with hear():
            return measure_grid(self._activities("stability").first(len(self.names_)), self._parameters, delays, ranks)

    def to_distances(self, labels: Mapping[str, Any] | None = None) -> Distances:
        """Give the distances with labels, which `compare` and tables take.

        Parameters
        ----------
        labels : mapping of str to sequence, optional
            Any columns with an entry for each system. By default one column, "name".

        Returns
        -------
        Distances
            The distances, with delays and rank as facts.

        Raises
        ------
        InputError
            After a fit with a reference, whose distances are not between all pairs; or for labels that do not fit.
        """
        check_is_fitted(self)
        if self.reference_names_:
            raise InputError(
                "to_distances needs the distances between all pairs; these are of X to a reference. Fit all systems in "
                "one list, or read distances_ beside names_ and reference_names_."
            )
        facts = {"n_delays": self.n_delays_, "rank": self.rank_}
        unit = "rad" if self._parameters.dissimilarity == "dsa" else "1"
        columns = {"name": self.names_} if labels is None else labels
        return Distances(self.distances_, columns, self._parameters.dissimilarity, unit, facts)

    def _activities(self, what: str) -> Systems:
        if self._systems is None or not self._systems.activities:
            raise InputError(
                f"{what} of DSA needs the activity of each system, which Operators and estimators from a file do not "
                "hold; fit the activities."
            )
        return self._systems

    def __getstate__(self) -> dict[str, Any]:
        # A file of distances is not to hold the recordings.
        return {**super().__getstate__(), **({"_systems": None} if hasattr(self, "_systems") else {})}
