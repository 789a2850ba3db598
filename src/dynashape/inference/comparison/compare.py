"""Compare two tasks in two conditions of the same networks.

The paper's measure (in-sample logistic regression in the MDS plane) stands beside the statistics that hold: exact
permutation tests, held-out accuracy and variance shares on the full distance matrix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from dynashape.arguments import read_arguments, shown
from dynashape.cores import on_one_blas_thread
from dynashape.distances import Distances
from dynashape.errors import InputError
from dynashape.inference.comparison.cluster_quality import assign_held_out, dispersions, silhouette, two_group_f
from dynashape.inference.comparison.design import CompleteNetworks, Design, find_complete
from dynashape.inference.comparison.gram import check_distances
from dynashape.inference.comparison.intervals import Interval, jackknife_interval, shares_without_seeds
from dynashape.inference.comparison.mds import Embedding, embed_mds
from dynashape.inference.comparison.permanova import (
    TERMS,
    VarianceShares,
    compute_contrasts,
    compute_shares,
    condition_null,
    task_null,
)
from dynashape.inference.comparison.permutation import (
    MAX_RELABELLINGS,
    Relabellings,
    condition_swaps,
    task_relabellings,
)
from dynashape.inference.comparison.records import Compared, Comparison, LeftOut, Separation
from dynashape.inference.comparison.separability import fit_logistic, score, separability, standardise
from dynashape.records import ALPHA, Array, Code, Status, Term

DIMENSIONS: tuple[int, ...] = (1, 2, 3, 4, 5)
"""Dimensions of the MDS planes in which a comparison is tested."""


def _labelled(name: str, given: object) -> Distances:
    if not isinstance(given, Distances):
        raise InputError(
            f"{name} must be Distances, which know the task, condition and seed of each system; got {shown(given)}: "
            "give Distances(values, {'task': ..., 'condition': ..., 'seed': ...})."
        )
    return given


@on_one_blas_thread
@read_arguments(distances=_labelled, n_components=1, dimensions=1, max_relabellings=1, seed=0)
def compare(
    distances: Distances,
    *,
    n_components: int = 2,
    metric: bool = True,
    dimensions: Sequence[int] = DIMENSIONS,
    max_relabellings: int = MAX_RELABELLINGS,
    seed: int = 0,
) -> Compared:
    """Ask how far the task, and how far the condition, separates the systems of two tasks and two conditions.

    Parameters
    ----------
    distances : Distances
        The distances between the systems, with the labels ``task`` and ``condition`` (at most two values each) and
        ``seed`` (whole numbers). A label ``network`` says which systems are the same network; without it, these are
        the systems of one task and seed.
    n_components : int, default 2
        Dimensions of the MDS plane in which the paper's accuracy is measured.
    metric : bool, default True
        Metric MDS; False is Kruskal's non-metric one.
    dimensions : sequence of int, default (1, 2, 3, 4, 5)
        Further numbers of dimensions in which the accuracy is measured.
    max_relabellings : int, default 5000
        Up to this many relabellings a permutation test enumerates all of them; beyond, it draws that many.
    seed : int, default 0
        Seed of these draws, and of the start of MDS where the distances have fewer dimensions than asked for.

    Returns
    -------
    Comparison or LeftOut
        LeftOut where a task has fewer than two networks that are usable in both conditions.

    Raises
    ------
    InputError
        Where labels are missing or make no crossed design, or distances are not symmetric and non-negative.

    Notes
    -----
    Systems with distances that are not finite leave the comparison, those with most of them first, together with
    the same network's other condition; they are counted.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> points = rng.normal(size=(20, 5)) + np.repeat([0.0, 4.0], 10)[:, None]
    >>> values = np.linalg.norm(points[:, None] - points[None], axis=-1)
    >>> labels = {"task": np.repeat(["CDM", "PR"], 10), "condition": np.tile(["noise", "trained"], 10),
    ...     "seed": np.arange(20) // 2 % 5}
    >>> task = compare(Distances(values, labels)).separations[Term.TASK]
    >>> task.accuracy, round(task.p_value, 4)
    (1.0, 0.0079)
    """
    design = Design.of(distances)
    complete = find_complete(design, _finite(distances.values))
    n_systems = 2 * len(complete.tasks)
    n_left_out = design.n_systems - n_systems
    smallest = min(int(complete.tasks.sum()), int((~complete.tasks).sum()))
    if smallest < 2:
        message = (
            f"{' and '.join(design.task_names)}: a task has {smallest} networks that are usable in both "
            "conditions, and 2 are needed; see the status of the networks left out, or raise the number of seeds"
        )
        return LeftOut(Status(Code.TOO_FEW_NETWORKS, message), n_systems, n_left_out)
    matrix = check_distances(distances.values[np.ix_(complete.order, complete.order)])
    rng = np.random.default_rng(seed)
    contrasts = compute_contrasts(matrix, complete.tasks)
    shares = compute_shares(contrasts)
    planes = {k: embed_mds(matrix, k, metric, seed) for k in sorted({*dimensions, n_components})}
    exchanges = task_relabellings(complete.tasks, max_relabellings, rng)
    swaps = condition_swaps(len(complete.tasks), max_relabellings, rng)
    without = shares_without_seeds(contrasts, complete.seeds)
    intervals = {
        term: jackknife_interval(shares.omega_squared[term], without[:, column]) for column, term in enumerate(TERMS)
    }
    both = _Both(matrix, complete, shares, intervals, planes, n_components, tuple(dimensions))
    return Comparison(
        n_systems=n_systems,
        n_left_out=n_left_out,
        separations={
            Term.TASK: both.separate(Term.TASK, exchanges, task_null(contrasts, exchanges.table, Term.TASK)),
            Term.CONDITION: both.separate(Term.CONDITION, swaps, condition_null(contrasts, swaps.table)),
        },
        systems=complete.order,
        embedding=planes[n_components],
        dimensions=tuple(dimensions),
        stresses=tuple(planes[k].stress for k in dimensions),
        shares=shares,
        interaction_p=exchanges.p_value(
            shares.pseudo_f[Term.INTERACTION], task_null(contrasts, exchanges.table, Term.INTERACTION)
        ),
        contrasts=contrasts,
        seeds=complete.seeds,
        networks=complete.names,
    )


@dataclass(frozen=True)
class _Both:
    """What the two labellings of one comparison share."""

    matrix: Float[Array, "systems systems"]
    complete: CompleteNetworks
    shares: VarianceShares
    intervals: Mapping[Term, Interval | None]
    planes: Mapping[int, Embedding]
    n_components: int
    dimensions: tuple[int, ...]

    def separate(self, term: Term, relabellings: Relabellings, null_f: Float[Array, " relabellings"]) -> Separation:
        """The separation by one labelling, from its exchangeable relabellings and their pseudo-F."""
        n_networks = len(self.complete.tasks)
        if term is Term.TASK:
            labels = np.tile(self.complete.tasks, 2)
            table = np.tile(relabellings.table, (1, 2))
        else:
            labels = np.repeat([False, True], n_networks)
            table = np.hstack([relabellings.table, ~relabellings.table])
        measured = {
            k: separability(plane.points, labels, table, relabellings.exact) for k, plane in self.planes.items()
        }
        paper = measured[self.n_components]
        interval = self.intervals[term]
        spread = dispersions(self.matrix, labels.astype(np.int64))
        spread_f = float(two_group_f(spread, labels[None, :])[0])
        folds = np.tile(self.complete.seeds, 2)
        p_values = tuple(measured[k].p_value for k in self.dimensions)
        return Separation(
            accuracy=paper.accuracy,
            chance=paper.chance,
            p_value=paper.p_value,
            n_relabellings=paper.n_relabellings,
            resolution=relabellings.resolution,
            held_out_plane=_held_out_in_plane(self.planes[self.n_components].points, labels, folds),
            held_out=assign_held_out(self.matrix, labels, folds),
            share=self.shares.share[term],
            omega_squared=self.shares.omega_squared[term],
            omega_low=interval.low if interval else None,
            omega_high=interval.high if interval else None,
            pseudo_f=self.shares.pseudo_f[term],
            permanova_p=relabellings.p_value(self.shares.pseudo_f[term], null_f),
            dispersion_f=spread_f,
            dispersion_p=relabellings.p_value(spread_f, two_group_f(spread, table)),
            silhouette=silhouette(self.matrix, labels),
            accuracies=tuple(measured[k].accuracy for k in self.dimensions),
            p_values=p_values,
            depends_on_dimension=len({p <= ALPHA for p in p_values}) > 1,
        )


def _held_out_in_plane(
    points: Float[Array, "systems k"], labels: Bool[Array, " systems"], folds: Int[Array, " systems"]
) -> float | None:
    counted = folds[None, :] != np.unique(folds)[:, None]
    both = (counted & labels).any(axis=1) & (counted & ~labels).any(axis=1)
    if not both.any():
        return None
    counted = counted[both].astype(np.float64)
    scaled = standardise(points)
    labellings = np.tile(labels, (len(counted), 1))
    weights = fit_logistic(scaled, labellings, multiplicity=counted)
    held = 1.0 - counted
    accuracies = score(scaled, weights, labellings, held)
    return float((accuracies * held.sum(axis=1)).sum() / held.sum())


def _finite(distances: Float[Array, "systems systems"]) -> Bool[Array, " systems"]:
    """Which systems remain when those with most non-finite distances are dropped until none is left."""
    remaining = np.ones(len(distances), dtype=bool)
    bad = ~np.isfinite(distances)
    while True:
        counts = (bad & remaining[:, None] & remaining[None, :]).sum(axis=1)
        if not counts.any():
            return remaining
        remaining[int(counts.argmax())] = False
