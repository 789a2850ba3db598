"""The four dissimilarities that come with dynashape: two compare operators, two compare shapes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float, Int

from dynashape.dissimilarity.alignment.all_pairs import align_all
from dynashape.dissimilarity.alignment.spectral import compute_spectra, match_eigenvalues
from dynashape.dissimilarity.geometry.cka import cka_distance
from dynashape.dissimilarity.geometry.procrustes import procrustes_distance
from dynashape.dissimilarity.kinds.dissimilarity import Dissimilarity, PairDistances, Reduction
from dynashape.dissimilarity.kinds.reductions import Averages, ToAverages, ToOperator
from dynashape.dissimilarity.operator.fit import Operator
from dynashape.records import Array


@dataclass(frozen=True)
class _OfOperators(Dissimilarity[Operator]):
    """Compares the operators of systems."""

    n_delays: int | str
    delay_interval: int
    rank: int | float | str
    ridge: float = 1e-8
    summary: ClassVar[type] = Operator

    @property
    def reduction(self) -> Reduction[Operator]:
        """The fit of operators, which `DsaDistance` and `SpectralDistance` share; a subclass may reduce otherwise."""
        if type(self).reduce is _OfOperators.reduce:
            return self._fit
        return self

    @property
    def _fit(self) -> ToOperator:
        return ToOperator(self.n_delays, self.delay_interval, self.rank, self.ridge)

    def reduce(
        self, activity: Float[Array, "trials steps units"], choices: Int[Array, " trials"], name: str
    ) -> Operator:
        """Fit the operator of one system (see `fit_operator`)."""
        return self._fit.reduce(activity, choices, name)

    def measure(self, summaries: Sequence[Operator], pairs: Int[Array, "pairs 2"]) -> PairDistances:
        """Compare the operators of each pair."""
        if not len(pairs):
            return PairDistances.exact(np.zeros(0))
        used, at = np.unique(pairs, return_inverse=True)
        return self.compare([summaries[k] for k in used], at.reshape(-1, 2))

    @abstractmethod
    def compare(self, operators: Sequence[Operator], pairs: Int[Array, "pairs 2"]) -> PairDistances:
        """The distances of some pairs, given the operators that occur in them."""


@dataclass(frozen=True)
class DsaDistance(_OfOperators):
    """Dynamical Similarity Analysis: the angle between operators after the best change of basis, a metric.

    Parameters
    ----------
    n_delays, delay_interval, rank, ridge
        The options of `fit_operator`. A study may leave delays and rank open ("auto") until it has chosen them.
    effort : {"standard", "thorough"}
        How long the best change of basis is searched.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> dsa = DsaDistance(n_delays=2, delay_interval=1, rank=3)
    >>> x = rng.normal(size=(10, 20, 4)).cumsum(axis=1)
    >>> summaries = [dsa.reduce(each, np.zeros(10, dtype=int), "x") for each in (x, x[:, :, ::-1])]
    >>> dsa.measure(summaries, np.array([[0, 1]])).values < 1e-6
    array([ True])
    """

    effort: str = "standard"
    name = "dsa"
    words = "angular DSA distance"
    method = "DSA"
    searched = True
    version = 2
    description = (
        "the angle between their operators, minimised over orthogonal changes of basis (rotations and reflections) "
        "from several structured starts; it is zero for operators that differ only by such a change of basis"
    )

    def compare(self, operators: Sequence[Operator], pairs: Int[Array, "pairs 2"]) -> PairDistances:
        """Align the operators of each pair (see `align_all`)."""
        found = align_all(operators, pairs, self.effort)
        return PairDistances(found.values, found.spread, found.converged)


@dataclass(frozen=True)
class SpectralDistance(_OfOperators):
    """The distance between the eigenvalues of operators (see `spectral_distance`); a plain number.

    Parameters
    ----------
    n_delays, delay_interval, rank, ridge
        The options of `fit_operator`. A study may leave delays and rank open ("auto") until it has chosen them.
    """

    name = "spectral"
    words = "distance between the operators' eigenvalues"
    method = "eigenvalues"
    description = "the 2-Wasserstein distance between the eigenvalues of their operators"
    unit = "1"

    def compare(self, operators: Sequence[Operator], pairs: Int[Array, "pairs 2"]) -> PairDistances:
        """Match the eigenvalues of each pair."""
        spectra = compute_spectra(operators)
        return PairDistances.exact(np.array([match_eigenvalues(spectra[i], spectra[j]) for i, j in pairs.tolist()]))


@dataclass(frozen=True)
class _OfAverages(Dissimilarity[Averages]):
    """Compares the average activities of systems, choice by choice and step by step."""

    summary: ClassVar[type] = Averages

    @property
    def reduction(self) -> Reduction[Averages]:
        """The averaging, which `ProcrustesDistance` and `CkaDistance` share; a subclass may reduce otherwise."""
        if type(self).reduce is _OfAverages.reduce:
            return ToAverages()
        return self

    def reduce(
        self, activity: Float[Array, "trials steps units"], choices: Int[Array, " trials"], name: str
    ) -> Averages:
        """Average the activity of one system over the trials of each right choice."""
        return ToAverages().reduce(activity, choices, name)

    def measure(self, summaries: Sequence[Averages], pairs: Int[Array, "pairs 2"]) -> PairDistances:
        """Compare the averages of each pair; where numbers of choices differ, the averages over all choices."""
        values = [summary.values for summary in summaries]
        if len({len(summary.values) for summary in summaries if summary.status.ok}) > 1:
            values = [average.mean(axis=0, keepdims=True) for average in values]
        return PairDistances.exact(np.array([self.between(values[i], values[j]) for i, j in pairs.tolist()]))

    @abstractmethod
    def between(self, first: Float[Array, "choices steps _"], second: Float[Array, "choices steps _"]) -> float:
        """The distance between two averages."""


@dataclass(frozen=True)
class ProcrustesDistance(_OfAverages):
    """The angle between average activities after the best rotation of units (see `procrustes_distance`)."""

    name = "procrustes"
    words = "Procrustes distance between average activities"
    method = "Procrustes"
    description = (
        "the angle between their activities, averaged over the trials of each right choice, after the best rotation of "
        "units; no operators enter it"
    )

    def between(self, first: Float[Array, "choices steps _"], second: Float[Array, "choices steps _"]) -> float:
        """The Procrustes distance between two averages."""
        return procrustes_distance(first, second)


@dataclass(frozen=True)
class CkaDistance(_OfAverages):
    """The angle between the similarities of steps, in average activities (see `cka_distance`)."""

    name = "cka"
    words = "CKA distance between average activities"
    method = "CKA"
    description = (
        "the arccos of linear centred kernel alignment between their activities, averaged over the trials of each "
        "right choice; no operators enter it"
    )

    def between(self, first: Float[Array, "choices steps _"], second: Float[Array, "choices steps _"]) -> float:
        """The CKA distance between two averages."""
        return cka_distance(first, second)
