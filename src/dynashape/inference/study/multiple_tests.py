"""Corrections for the many tests of a study: false-discovery rate, and the maximum over the whole family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from dynashape.errors import InputError
from dynashape.inference.compare import LABELLINGS, Comparison
from dynashape.inference.permutation import task_relabellings
from dynashape.inference.variance import condition_null, task_null
from dynashape.records import Array


def benjamini_hochberg(p_values: Float[Array, " tests"]) -> Float[Array, " tests"]:
    """Adjusted p-values (q): rejecting q <= a keeps the expected share of false discoveries at most a.

    Valid for independent and for positively dependent tests (Benjamini & Yekutieli 2001), such as these, which share
    networks. Raises InputError where a value is not in [0, 1].

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03, 0.5])).round(3).tolist()
    [0.04, 0.053, 0.053, 0.5]
    """
    if not bool(((p_values >= 0) & (p_values <= 1)).all()):
        raise InputError("p_values must lie in [0, 1]; leave out the tests that have none.")
    n_tests = len(p_values)
    order = np.argsort(p_values)
    scaled = p_values[order] * n_tests / np.arange(1, n_tests + 1)
    adjusted = np.empty(n_tests)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


@dataclass(frozen=True)
class Family:
    """Corrected p-values, one a comparison and labelling; None where the comparison has no numbers.

    `q_accuracy` and `q_permanova` control the false-discovery rate of the paper's accuracies and of PERMANOVA;
    `max_p` controls the chance of a single false one (PERMANOVA, maximum statistic). `smallest_max_p` is the share of
    draws in which some test met its own labelling by accident: `max_p` cannot fall much below it however strong the
    effects, which with five seeds (126 relabellings a task pair) is above 0.05 in a large family.
    """

    q_accuracy: tuple[dict[str, float | None], ...]
    q_permanova: tuple[dict[str, float | None], ...]
    max_p: tuple[dict[str, float | None], ...]
    smallest_max_p: float
    n_tests: int
    n_draws: int


def correct_family(comparisons: Sequence[Comparison], n_draws: int = 2_000, seed: int = 0) -> Family:
    """Correct all tests of all comparisons together, both labellings in one family.

    The maximum is taken over standardised PERMANOVA statistics under *joint* relabellings: a network that occurs in
    several comparisons is swapped in all of them together, and comparisons of the same networks (other phases, other
    analysis) get the same exchange of tasks. Networks are recognised by their names in the Design, so names must
    be unique in the family (architecture, task and seed in them). Task pairs that share one task are exchanged
    independently, which is conservative when they are positively dependent.

    >>> correct_family([]).n_tests
    0
    """
    usable = [index for index, found in enumerate(comparisons) if found.separations]
    empty: list[dict[str, float | None]] = [dict.fromkeys(LABELLINGS) for _ in comparisons]
    tests = [(index, labelling) for index in usable for labelling in LABELLINGS]
    if not tests:
        return Family(tuple(empty), tuple(empty), tuple(empty), 1.0, 0, 0)

    def spread(values: Float[Array, " tests"]) -> tuple[dict[str, float | None], ...]:
        rows: list[dict[str, float | None]] = [dict.fromkeys(LABELLINGS) for _ in comparisons]
        for (index, labelling), value in zip(tests, values, strict=True):
            rows[index][labelling] = float(value)
        return tuple(rows)

    found = [comparisons[index].separations[labelling] for index, labelling in tests]
    observed, null, own = _joint_null([comparisons[index] for index in usable], n_draws, np.random.default_rng(seed))
    largest = null.max(axis=0)
    reached = (largest[None, :] >= observed[:, None] - 1e-9).sum(axis=1)
    return Family(
        q_accuracy=spread(benjamini_hochberg(np.array([record.p_value for record in found]))),
        q_permanova=spread(benjamini_hochberg(np.array([record.permanova_p for record in found]))),
        # Draws of exact tests rarely hold the labelling itself; a corrected p-value is never below the single test's.
        max_p=spread(np.maximum((1.0 + reached) / (1.0 + n_draws), [record.permanova_p for record in found])),
        smallest_max_p=float((1.0 + own.sum()) / (1.0 + n_draws)),
        n_tests=len(tests),
        n_draws=n_draws,
    )


def _joint_null(
    comparisons: Sequence[Comparison], n_draws: int, rng: np.random.Generator
) -> tuple[Float[Array, " tests"], Float[Array, "tests draws"], Array]:
    """Standardised statistics of every test (task, condition of each comparison in turn): observed, and a draw each."""
    names = sorted({name for found in comparisons for name in found.networks})
    swaps = dict(zip(names, rng.random((len(names), n_draws)) < 0.5, strict=True))
    exchanges: dict[tuple[str, ...], Array] = {}
    observed, null = [], []
    own = np.zeros(n_draws, dtype=bool)
    for found in comparisons:
        contrasts = found.contrasts
        if contrasts is None:
            raise InputError("a comparison with separations must keep its contrasts.")
        given = contrasts.tasks
        if found.networks not in exchanges:
            table = task_relabellings(given, n_draws, rng)
            chosen = rng.integers(len(table.table), size=n_draws) if table.exact else np.arange(n_draws)
            exchanges[found.networks] = table.table[chosen]
        tasks = exchanges[found.networks]
        signs = np.stack([swaps[name] for name in found.networks], axis=1)
        for labelling, drawn, labels in zip(LABELLINGS, (tasks, signs), (given, np.zeros_like(given)), strict=True):
            rows = np.vstack([labels[None, :], drawn])
            pseudo_f = task_null(contrasts, rows, "task") if labelling == "task" else condition_null(contrasts, rows)
            values = tame(pseudo_f)
            centre, scale = float(values[1:].mean()), float(values[1:].std())
            standard = (values - centre) / scale if scale > 1e-12 else np.zeros(len(values))
            observed.append(float(standard[0]))
            null.append(standard[1:])
            own |= (drawn == labels).all(axis=1) | (drawn != labels).all(axis=1)
    return np.array(observed), np.array(null), own


def tame(pseudo_f: Float[Array, " values"]) -> Float[Array, " values"]:
    """Pseudo-F on a scale on which tests can be compared: log(1 + F) from zero upwards, and its mirror image below.

    F has no bound where few relabellings leave no error, far above all its other values; the logarithm tames that.
    Below zero are terms whose sum of squares is negative: DSA distances are no distances of a Euclidean space, and the
    means of two groups may lie less than nothing apart in its imaginary directions. That is the weakest evidence there
    is and no fault, so it keeps its place below zero. The scale rises strictly up to bounds of +-1e12: each test ranks
    its relabellings as F does. (Raising all to zero would tie them; log(1 + F) alone is not defined below -1.)

    >>> tame(np.array([-np.e + 1, 0.0, np.e - 1])).round(6).tolist()
    [-1.0, 0.0, 1.0]
    """
    bounded = np.clip(pseudo_f, -1e12, 1e12)
    return np.asarray(np.copysign(np.log1p(np.abs(bounded)), bounded))
