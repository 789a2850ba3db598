"""One comparison: two tasks, two conditions of the same networks, and how far each labelling separates their dynamics.

The paper's measure (in-sample logistic regression in the MDS plane) stands beside the statistics that hold: exact
permutation tests, held-out accuracy and variance shares on the full distance matrix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float, Int

from dynashape.errors import InputError
from dynashape.inference.design import Design, Pairing, pair_conditions
from dynashape.inference.gram import check_distances
from dynashape.inference.grouping import assign_held_out, dispersions, silhouette, two_group_f
from dynashape.inference.intervals import Interval, jackknife_interval, shares_without_seeds
from dynashape.inference.mds import Embedding, embed_mds
from dynashape.inference.permutation import MAX_RELABELLINGS, Relabellings, condition_swaps, task_relabellings
from dynashape.inference.separability import fit_logistic, score, separability, standardise
from dynashape.inference.variance import (
    TERMS,
    Contrasts,
    VarianceShares,
    compute_contrasts,
    compute_shares,
    condition_null,
    task_null,
)
from dynashape.records import OK, Array, Code, Status

LABELLINGS: tuple[str, ...] = ("task", "condition")
"""The two labellings of a comparison; condition is training in analysis 1 and input in analysis 2."""
DIMENSIONS: tuple[int, ...] = (1, 2, 3, 4, 5)
"""Dimensions of the MDS planes in which a comparison is tested."""
# A permutation p-value at most this counts as "separates" when verdicts are compared across MDS dimensions.
ALPHA = 0.05


@dataclass(frozen=True)
class Separation:
    """How far one labelling separates the systems of a comparison.

    `accuracy`, `chance` and `p_value` are the paper's measure in the MDS plane with its exact permutation test.
    `held_out_plane` fits that line on the points of the other seeds and scores the seed left out (the plane itself is
    found from all systems, but without labels); `held_out` needs no plane: it joins left-out systems to the nearer
    class centroid of the full distances. Both are None where leaving a seed out empties a class. `share`,
    `omega_squared`, `pseudo_f` and `permanova_p` are PERMANOVA's, on the full matrix; `omega_low` and `omega_high`
    are the jackknife interval of omega-squared over seeds (None below three seeds). A small `dispersion_p` warns
    that the classes differ in spread, which PERMANOVA also reacts to. `accuracies` and `p_values` hold one value an
    MDS dimension of the comparison; `depends_on_dimension` says that p <= 0.05 in some and not in others.
    """

    labelling: str
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
    """What one comparison shows; `separations` holds a record a labelling, and is empty where `status` is not ok.

    `systems` are the rows of the distance matrix that were used, in the order of `embedding.points`; `n_left_out`
    counts the others (bad status, or partner of one). `contrasts`, `seeds` and `networks` (in one order)
    are what families of tests, the headline and the power analysis are computed from.
    """

    status: Status
    n_systems: int
    n_left_out: int
    separations: Mapping[str, Separation] = field(default_factory=dict)
    systems: Int[Array, " used"] | None = None
    embedding: Embedding | None = None
    dimensions: tuple[int, ...] = ()
    stresses: tuple[float, ...] = ()
    shares: VarianceShares | None = None
    interaction_p: float | None = None
    contrasts: Contrasts | None = None
    seeds: Int[Array, " networks"] | None = None
    networks: tuple[str, ...] = ()

    def rows(self) -> list[dict[str, object]]:
        """One flat dict a labelling, None where there is no number: ready for a table.

        >>> Comparison(Status(Code.TOO_FEW_NETWORKS), 0, 4).rows()[0]["accuracy"] is None
        True
        """
        rows: list[dict[str, object]] = []
        for labelling in LABELLINGS:
            found = self.separations.get(labelling)
            row: dict[str, object] = {"labelling": labelling}
            row |= {name: getattr(found, name) if found else None for name in _COLUMNS}
            row["stress"] = self.embedding.stress if self.embedding else None
            row |= {"n_systems": self.n_systems, "n_left_out": self.n_left_out, "status": self.status.code}
            rows.append(row)
        return rows


_COLUMNS = tuple(
    name for name in Separation.__dataclass_fields__ if name not in ("labelling", "accuracies", "p_values")
)


def compare(
    distances: Float[Array, "systems systems"],
    design: Design,
    usable: Bool[Array, " systems"] | None = None,
    *,
    n_components: int = 2,
    metric: bool = True,
    dimensions: Sequence[int] = DIMENSIONS,
    max_relabellings: int = MAX_RELABELLINGS,
    seed: int = 0,
) -> Comparison:
    """One record a labelling ("task", "condition") of the systems of `design`, whose distances are given.

    Systems that are not `usable` leave the comparison together with the same network's other condition, and are
    counted; so do systems with non-finite distances, the worst first. A design that is left without two networks a
    task is a status "too_few_networks", not an error. `seed` matters only for sampled relabellings (more than
    `max_relabellings`) and degenerate MDS starts. Raises InputError where shapes do not agree or distances are
    not symmetric and non-negative.

    >>> rng = np.random.default_rng(0)
    >>> points = rng.normal(size=(20, 5)) + np.repeat([0.0, 4.0], 10)[:, None]
    >>> distances = np.linalg.norm(points[:, None] - points[None], axis=-1)
    >>> design = Design(networks=np.arange(20) // 2, tasks=np.repeat(["CDM", "PR"], 10),
    ...     conditions=np.tile(["noise", "trained"], 10), seeds=np.arange(20) // 2 % 5)
    >>> found = compare(distances, design)
    >>> found.separations["task"].accuracy, round(found.separations["task"].p_value, 4)
    (1.0, 0.0079)
    """
    if distances.shape != (design.n_systems, design.n_systems):
        raise InputError(f"distances must be ({design.n_systems}, {design.n_systems}); got {distances.shape}.")
    kept = np.ones(design.n_systems, dtype=bool) if usable is None else usable.astype(bool)
    kept = kept & _finite(distances, kept)
    pairing = pair_conditions(design, kept)
    n_systems = 2 * len(pairing.tasks)
    n_left_out = design.n_systems - n_systems
    smallest = min(int(pairing.tasks.sum()), int((~pairing.tasks).sum()))
    if smallest < 2:
        message = (
            f"{' and '.join(design.task_names)}: a task has {smallest} networks that are usable in both "
            "conditions, and 2 are needed; see the status of the networks left out, or raise the number of seeds"
        )
        return Comparison(Status(Code.TOO_FEW_NETWORKS, message), n_systems, n_left_out)
    matrix = check_distances(distances[np.ix_(pairing.order, pairing.order)])
    rng = np.random.default_rng(seed)
    contrasts = compute_contrasts(matrix, pairing.tasks)
    shares = compute_shares(contrasts)
    planes = {k: embed_mds(matrix, k, metric, seed) for k in sorted({*dimensions, n_components})}
    tasks = task_relabellings(pairing.tasks, max_relabellings, rng)
    swaps = condition_swaps(len(pairing.tasks), max_relabellings, rng)
    intervals = _intervals(contrasts, pairing, shares)
    context = _Context(matrix, pairing, shares, intervals, planes, n_components, tuple(dimensions))
    task_f = task_null(contrasts, tasks.table, "task")
    separations = {
        "task": context.separate("task", tasks, task_f),
        "condition": context.separate("condition", swaps, condition_null(contrasts, swaps.table)),
    }
    interaction_p = tasks.p_value(shares.pseudo_f["interaction"], task_null(contrasts, tasks.table, "interaction"))
    return Comparison(
        status=OK,
        n_systems=n_systems,
        n_left_out=n_left_out,
        separations=separations,
        systems=pairing.order,
        embedding=planes[n_components],
        dimensions=tuple(dimensions),
        stresses=tuple(planes[k].stress for k in dimensions),
        shares=shares,
        interaction_p=interaction_p,
        contrasts=contrasts,
        seeds=pairing.seeds,
        networks=pairing.names,
    )


@dataclass(frozen=True)
class _Context:
    """What both labellings of one comparison share."""

    matrix: Float[Array, "systems systems"]
    pairing: Pairing
    shares: VarianceShares
    intervals: Mapping[str, Interval | None]
    planes: Mapping[int, Embedding]
    n_components: int
    dimensions: tuple[int, ...]

    def separate(self, labelling: str, relabellings: Relabellings, null_f: Float[Array, " relabellings"]) -> Separation:
        """The record of one labelling, from its exchangeable relabellings and their pseudo-F."""
        n_networks = len(self.pairing.tasks)
        if labelling == "task":
            labels = np.tile(self.pairing.tasks, 2)
            table = np.tile(relabellings.table, (1, 2))
        else:
            labels = np.repeat([False, True], n_networks)
            table = np.hstack([relabellings.table, ~relabellings.table])
        found = {k: separability(plane.points, labels, table, relabellings.exact) for k, plane in self.planes.items()}
        paper = found[self.n_components]
        interval = self.intervals[labelling]
        spread = dispersions(self.matrix, labels.astype(np.int64))
        spread_f = float(two_group_f(spread, labels[None, :])[0])
        folds = np.tile(self.pairing.seeds, 2)
        p_values = tuple(found[k].p_value for k in self.dimensions)
        return Separation(
            labelling=labelling,
            accuracy=paper.accuracy,
            chance=paper.chance,
            p_value=paper.p_value,
            n_relabellings=paper.n_relabellings,
            resolution=relabellings.resolution,
            held_out_plane=_held_out_in_plane(self.planes[self.n_components].points, labels, folds),
            held_out=assign_held_out(self.matrix, labels, folds),
            share=self.shares.share[labelling],
            omega_squared=self.shares.omega_squared[labelling],
            omega_low=interval.low if interval else None,
            omega_high=interval.high if interval else None,
            pseudo_f=self.shares.pseudo_f[labelling],
            permanova_p=relabellings.p_value(self.shares.pseudo_f[labelling], null_f),
            dispersion_f=spread_f,
            dispersion_p=relabellings.p_value(spread_f, two_group_f(spread, table)),
            silhouette=silhouette(self.matrix, labels),
            accuracies=tuple(found[k].accuracy for k in self.dimensions),
            p_values=p_values,
            depends_on_dimension=len({p <= ALPHA for p in p_values}) > 1,
        )


def _intervals(contrasts: Contrasts, pairing: Pairing, shares: VarianceShares) -> dict[str, Interval | None]:
    without = shares_without_seeds(contrasts, pairing.seeds)
    return {
        term: jackknife_interval(shares.omega_squared[term], without[:, column]) for column, term in enumerate(TERMS)
    }


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


def _finite(distances: Float[Array, "systems systems"], kept: Bool[Array, " systems"]) -> Bool[Array, " systems"]:
    """Which systems remain when those with most non-finite distances are dropped until none is left."""
    remaining = kept.copy()
    bad = ~np.isfinite(distances)
    while True:
        counts = (bad & remaining[:, None] & remaining[None, :]).sum(axis=1)
        if not counts.any():
            return remaining
        remaining[int(counts.argmax())] = False
