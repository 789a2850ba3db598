"""Corrections for the many tests of a study: false-discovery rate, and the maximum over the whole family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.stats import false_discovery_control

from dynashape.arguments import read_arguments
from dynashape.cores import on_one_blas_thread
from dynashape.inference.comparison.permanova import condition_null, task_null
from dynashape.inference.comparison.permutation import task_relabellings
from dynashape.inference.comparison.records import SEPARATED, Compared, Comparison, ComparisonKey, usable_comparisons
from dynashape.records import Array, Term


@dataclass(frozen=True)
class Corrected:
    """The corrected p-values of one comparison and term; None where the comparison was left out.

    Attributes
    ----------
    key : ComparisonKey
        The comparison.
    term : Term
        `Term.TASK` or `Term.CONDITION`.
    q_accuracy, q_permanova : float or None
        False-discovery rate at which the paper's accuracy, or PERMANOVA's test, would be rejected.
    max_p : float or None
        Chance of a single PERMANOVA statistic as large as this one in the whole family.
    """

    key: ComparisonKey
    term: Term
    q_accuracy: float | None
    q_permanova: float | None
    max_p: float | None


@dataclass(frozen=True)
class Family:
    """The corrected p-values of all tests of a study.

    Attributes
    ----------
    corrected : tuple of Corrected
        One for each comparison and term, in the order of the comparisons.
    smallest_max_p : float
        The share of the draws in which some test met its own labelling by accident. No `max_p` can fall much below
        it, however strong the effects; with five seeds (126 relabellings a task pair) it is above 0.05 in a large
        family.
    n_tests, n_draws : int
        Number of tests in the family, and of joint relabellings drawn.
    """

    corrected: tuple[Corrected, ...]
    smallest_max_p: float
    n_tests: int
    n_draws: int


@on_one_blas_thread
@read_arguments(n_draws=1, seed=0)
def correct_family(comparisons: Mapping[ComparisonKey, Compared], n_draws: int = 2_000, seed: int = 0) -> Family:
    """Correct all tests of all comparisons, of both labellings, as one family.

    Parameters
    ----------
    comparisons : mapping of ComparisonKey to Comparison or LeftOut
        Their networks are recognised by name, so names must be unique in the family.
    n_draws : int, default 2000
        Number of joint relabellings behind `max_p`.
    seed : int, default 0
        Seed of these draws.

    Returns
    -------
    Family

    Raises
    ------
    InputError
        Where a number is none, or below what it must be.

    Notes
    -----
    False-discovery rates are those of Benjamini and Hochberg, which hold for positively dependent tests, such as these,
    too. The maximum is taken over standardised PERMANOVA statistics under *joint* relabellings: a network that
    occurs in several comparisons is swapped in all of them together, and comparisons of the same networks (other
    phases, other analysis) get the same exchange of tasks. Task pairs that share one task are exchanged independently,
    which is conservative when they are positively dependent.

    References
    ----------
    Benjamini & Yekutieli (2001), The control of the false discovery rate in multiple testing under dependency, Annals
    of Statistics 29.

    Examples
    --------
    >>> correct_family({}).n_tests
    0
    """
    usable = usable_comparisons(comparisons)
    tests = [(key, term) for key in usable for term in SEPARATED]
    corrected: dict[tuple[ComparisonKey, Term], Corrected] = {}
    smallest = 1.0
    if tests:
        separations = [usable[key].separations[term] for key, term in tests]
        p_values = np.array([separation.permanova_p for separation in separations])
        observed, null, unchanged = _joint_null(list(usable.values()), n_draws, np.random.default_rng(seed))
        reached = (null.max(axis=0)[None, :] >= observed[:, None] - 1e-9).sum(axis=1)
        columns = (
            false_discovery_control([separation.p_value for separation in separations]),
            false_discovery_control(p_values),
            # Draws of exact tests rarely hold the labelling itself; a corrected p-value is never below the test's own.
            np.maximum((1.0 + reached) / (1.0 + n_draws), p_values),
        )
        for test, values in zip(tests, np.stack(columns, axis=1).tolist(), strict=True):
            corrected[test] = Corrected(*test, *values)
        smallest = float((1.0 + unchanged.sum()) / (1.0 + n_draws))
    return Family(
        corrected=tuple(
            corrected.get((key, term), Corrected(key, term, None, None, None))
            for key in comparisons
            for term in SEPARATED
        ),
        smallest_max_p=smallest,
        n_tests=len(tests),
        n_draws=n_draws if tests else 0,
    )


def _joint_null(
    comparisons: Sequence[Comparison], n_draws: int, rng: np.random.Generator
) -> tuple[Float[Array, " tests"], Float[Array, "tests draws"], Bool[Array, " draws"]]:
    """Standardised statistics of every test (task, condition of each comparison in turn): observed, and a draw each."""
    names = sorted({name for comparison in comparisons for name in comparison.networks})
    swaps = dict(zip(names, rng.random((len(names), n_draws)) < 0.5, strict=True))
    exchanges: dict[tuple[str, ...], Array] = {}
    observed, null = [], []
    unchanged = np.zeros(n_draws, dtype=bool)
    for comparison in comparisons:
        contrasts, networks = comparison.contrasts, comparison.networks
        given = contrasts.tasks
        if networks not in exchanges:
            table = task_relabellings(given, n_draws, rng)
            chosen = rng.integers(len(table.table), size=n_draws) if table.exact else np.arange(n_draws)
            exchanges[networks] = table.table[chosen]
        signs = np.stack([swaps[name] for name in networks], axis=1)
        drawn_labels = (exchanges[networks], given), (signs, np.zeros_like(given))
        for term, (drawn, labels) in zip(SEPARATED, drawn_labels, strict=True):
            rows = np.vstack([labels[None, :], drawn])
            pseudo_f = task_null(contrasts, rows, term) if term is Term.TASK else condition_null(contrasts, rows)
            values = tame(pseudo_f)
            centre, scale = float(values[1:].mean()), float(values[1:].std())
            standard = (values - centre) / scale if scale > 1e-12 else np.zeros(len(values))
            observed.append(float(standard[0]))
            null.append(standard[1:])
            unchanged |= (drawn == labels).all(axis=1) | (drawn != labels).all(axis=1)
    return np.array(observed), np.array(null), unchanged


def tame(pseudo_f: Float[Array, " values"]) -> Float[Array, " values"]:
    """Pseudo-F on a scale on which tests can be compared: log(1 + F) from zero upwards, and its mirror image below.

    F has no bound where few relabellings leave no error, far above all its other values; the logarithm tames that.
    F is negative where a sum of squares is: DSA distances are not those of a Euclidean space, and the squared distance
    between the means of two groups may be negative. That is the weakest evidence there is and no fault, so it keeps
    its place below zero. The scale rises strictly up to bounds of +-1e12, so each test ranks its relabellings as F
    does. (Raising all negative values to zero would tie them; log(1 + F) alone is not defined below -1.)

    >>> tame(np.array([-np.e + 1, 0.0, np.e - 1])).round(6).tolist()
    [-1.0, 0.0, 1.0]
    """
    bounded = np.clip(pseudo_f, -1e12, 1e12)
    return np.asarray(np.copysign(np.log1p(np.abs(bounded)), bounded))
