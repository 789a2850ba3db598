"""What one comparison of a study is called, and what it gives: a result, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from jaxtyping import Int

from dynashape.inference.comparison.mds import Embedding
from dynashape.inference.comparison.permanova import Contrasts, VarianceShares
from dynashape.records import OK, Array, Labelling, Status, Term, analysis_numbered

SEPARATED: tuple[Term, ...] = (Term.TASK, Term.CONDITION)
"""The terms that label systems, each with a separation of its own."""


@dataclass(frozen=True)
class ComparisonKey:
    """Which comparison of a study this is.

    Attributes
    ----------
    analysis : int
        Number of the analysis in `dynashape.records.ANALYSES`: 1 asks for training, 2 for the input.
    architecture, phase : str
        The cell of the study.
    task_a, task_b : str
        The two tasks.

    Examples
    --------
    >>> key = ComparisonKey(2, "GRU", "delay", "CDM", "PR")
    >>> key.cell, key.tasks, key.task_pair, str(key.labelling(Term.CONDITION))
    (('GRU', 'delay'), ('CDM', 'PR'), 'CDM-PR', 'input')
    """

    analysis: int
    architecture: str
    phase: str
    task_a: str
    task_b: str

    @property
    def cell(self) -> tuple[str, str]:
        """Architecture and phase."""
        return self.architecture, self.phase

    @property
    def tasks(self) -> tuple[str, str]:
        """The two tasks."""
        return self.task_a, self.task_b

    @property
    def task_pair(self) -> str:
        """The two tasks as one name."""
        return "-".join(self.tasks)

    def labelling(self, term: Term) -> Labelling:
        """What a term is called in the analysis of this comparison."""
        return analysis_numbered(self.analysis).labelling(term)


@dataclass(frozen=True)
class Separation:
    """How far one labelling, the task or the condition, separates the systems of a comparison.

    Attributes
    ----------
    accuracy, chance, p_value : float
        The paper's measure: the in-sample accuracy of a logistic regression in the MDS plane, its mean over the
        exchangeable relabellings, and the share of these that are at least as accurate.
    n_relabellings : int
        Number of relabellings.
    resolution : float
        The smallest p-value that can come out.
    held_out_plane : float or None
        Accuracy in the plane for systems of a seed that was left out of the fit. (The plane itself is found from all
        systems, but without labels.) None where leaving a seed out empties a class.
    held_out : float or None
        Accuracy without any plane: systems of a seed that was left out join the nearer of the two class centroids of
        the full distances. None where leaving a seed out empties a class.
    share : float
        PERMANOVA's R^2 on the full distances.
    omega_squared : float
        The same share without the part that it has by chance.
    omega_low, omega_high : float or None
        95 % jackknife interval of `omega_squared` over seeds; None below three seeds.
    pseudo_f, permanova_p : float
        PERMANOVA's statistic and its p-value over the relabellings.
    dispersion_f, dispersion_p : float
        Test for classes that differ in spread. PERMANOVA also reacts to such a difference; a small `dispersion_p`
        warns of it.
    silhouette : float
        Mean silhouette of the labelling on the full distances.
    accuracies, p_values : tuple of float
        `accuracy` and `p_value` in the MDS planes of each of the comparison's `dimensions`.
    depends_on_dimension : bool
        Whether some of `p_values` are at most `dynashape.records.ALPHA` and others are not.
    """

    accuracy: float
    chance: float
    p_value: float
    n_relabellings: int
    resolution: float
    held_out_plane: float | None
    held_out: float | None
    share: float
    omega_squared: float
    omega_low: float | None
    omega_high: float | None
    pseudo_f: float
    permanova_p: float
    dispersion_f: float
    dispersion_p: float
    silhouette: float
    accuracies: tuple[float, ...]
    p_values: tuple[float, ...]
    depends_on_dimension: bool


@dataclass(frozen=True)
class Comparison:
    """What one comparison shows.

    Attributes
    ----------
    n_systems, n_left_out : int
        How many systems were used, and how many were not: those without distances, and their networks' other
        condition.
    separations : mapping of Term to Separation
        One for `Term.TASK` and one for `Term.CONDITION`.
    systems : integer array of shape (systems,)
        The rows of the distance matrix that were used: all networks in the first condition, then in the second.
    embedding : Embedding
        The MDS plane, whose points are in the order of `systems`.
    dimensions, stresses : tuple
        The MDS dimensions tried beside it, and the stress of each.
    shares : VarianceShares
        Shares of the variance that are due to task, condition and interaction.
    interaction_p : float
        Permutation p-value of the interaction.
    contrasts : Contrasts
        What the shares, families of tests and headlines are computed from.
    seeds : integer array of shape (networks,)
        The seed of each network of `contrasts`.
    networks : tuple of str
        Their names.
    """

    n_systems: int
    n_left_out: int
    separations: Mapping[Term, Separation]
    systems: Int[Array, " used"]
    embedding: Embedding
    dimensions: tuple[int, ...]
    stresses: tuple[float, ...]
    shares: VarianceShares
    interaction_p: float
    contrasts: Contrasts
    seeds: Int[Array, " networks"]
    networks: tuple[str, ...]

    @property
    def status(self) -> Status:
        """The status ok, since the comparison could be made."""
        return OK


@dataclass(frozen=True)
class LeftOut:
    """A comparison that could not be made.

    Attributes
    ----------
    status : Status
        Why, and what to do about it.
    n_systems, n_left_out : int
        How many systems could have been used, and how many could not.
    """

    status: Status
    n_systems: int
    n_left_out: int


Compared: TypeAlias = Comparison | LeftOut
"""A comparison, or the reason why there is none."""


def usable_comparisons(comparisons: Mapping[ComparisonKey, Compared]) -> dict[ComparisonKey, Comparison]:
    """The comparisons that were not left out."""
    return {key: compared for key, compared in comparisons.items() if isinstance(compared, Comparison)}
