"""Meta-clustering: the comparisons themselves as points, grouped by how they separate their labellings.

Which factor (analysis, architecture, task pair, phase) organises those points is tested by relabelling; whether the
groups are more than the accident of these seeds is measured by clustering again after resampling seeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Shaped
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist, squareform
from sklearn.metrics import adjusted_rand_score

from dynashape.errors import InputError
from dynashape.inference.grouping import pseudo_f, silhouette
from dynashape.inference.mds import Embedding, embed_mds
from dynashape.records import Array

# Kaufman & Rousseeuw (1990, table 4): a mean silhouette of 0.25 or less means "no substantial structure".
NO_STRUCTURE = 0.25


@dataclass(frozen=True)
class Explained:
    """How much of the picture one factor accounts for.

    `share` is its PERMANOVA R^2 on the distances between points and `omega_squared` the same without its chance
    part; `adjusted_rand` (0 by chance, 1 identical) and `cramers_v` compare the groups found with the factor. The
    p-values relabel the factor within the strata of all other factors, and stand for the networks of this study:
    comparisons that share networks are not independent of each other, so they say nothing about other networks.
    """

    factor: str
    n_levels: int
    share: float
    omega_squared: float
    p_value: float
    adjusted_rand: float
    cramers_v: float
    groups_p_value: float


@dataclass(frozen=True)
class MetaClustering:
    """Points in the plane, their groups (numbered from 0), and what organises them.

    `silhouettes` holds one value for each number of groups that was tried, from 2; the largest wins, and where it is at
    most 0.25 there is one group. `stability` holds the adjusted Rand index of every resampling of seeds against
    `groups`, `stable` its mean (None without replicates, or where there is one group). `same_number` is the share of
    the resamplings in which the same rule finds as many groups (None without replicates).
    """

    embedding: Embedding
    groups: Int[Array, " points"]
    n_groups: int
    silhouettes: tuple[float, ...]
    explained: tuple[Explained, ...]
    stability: tuple[float, ...]
    stable: float | None
    same_number: float | None


def meta_cluster(
    features: Float[Array, "points features"],
    factors: Mapping[str, Shaped[Array, " points"]],
    *,
    replicates: Float[Array, "replicates points features"] | None = None,
    max_groups: int = 8,
    n_permutations: int = 999,
    metric: bool = True,
    seed: int = 0,
) -> MetaClustering:
    """Standardise the features, take Euclidean distances, embed by MDS, group by Ward's method, test the factors.

    Ward's method since it needs no random start and takes the same Euclidean distances as the embedding. Features
    without any spread are ignored. `replicates` are the features after resampling seeds (see `stability`);
    they are standardised like the original. Raises InputError where there are fewer than 4 points, features are not
    finite, or a factor has another length.

    >>> rng = np.random.default_rng(0)
    >>> features = rng.normal(size=(24, 2)) * 0.1 + np.repeat([[0.0, 0.0], [1.0, 1.0]], 12, axis=0)
    >>> found = meta_cluster(features, {"analysis": np.repeat([1, 2], 12), "phase": np.tile([1, 2, 3], 8)})
    >>> found.n_groups, [round(factor.p_value, 3) for factor in found.explained][0]
    (2, 0.001)
    """
    _check(features, factors, replicates)
    centre, scale = features.mean(axis=0), features.std(axis=0)
    varies = scale > 1e-12 * (1.0 + np.abs(centre))
    scaled = (features[:, varies] - centre[varies]) / scale[varies]
    distances = squareform(pdist(scaled)) if varies.any() else np.zeros((len(features), len(features)))
    groups, silhouettes = _group(distances, max_groups)
    n_groups = int(groups.max()) + 1
    rng = np.random.default_rng(seed)
    stability: list[float] = []
    numbers: list[int] = []
    for replicate in () if replicates is None else replicates:
        again = pdist((replicate[:, varies] - centre[varies]) / scale[varies])
        numbers.append(int(_group(squareform(again), max_groups)[0].max()) + 1)
        if n_groups > 1:
            stability.append(float(adjusted_rand_score(groups, _cut(again, n_groups))))
    return MetaClustering(
        embedding=embed_mds(distances, 2, metric, seed),
        groups=groups,
        n_groups=n_groups,
        silhouettes=silhouettes,
        explained=tuple(_explain(name, factors, distances, groups, n_permutations, rng) for name in factors),
        stability=tuple(stability),
        stable=float(np.mean(stability)) if stability else None,
        same_number=float(np.mean(np.array(numbers) == n_groups)) if numbers else None,
    )


def _check(
    features: Float[Array, "points features"],
    factors: Mapping[str, Array],
    replicates: Float[Array, "replicates points features"] | None,
) -> None:
    if len(features) < 4:
        raise InputError(f"meta-clustering needs at least 4 points; got {len(features)}.")
    if not np.isfinite(features).all() or (replicates is not None and not np.isfinite(replicates).all()):
        raise InputError("features must be finite; leave out the comparisons that have none.")
    for name, labels in factors.items():
        if len(labels) != len(features):
            raise InputError(f"factor {name!r} must label each of {len(features)} points; got {len(labels)}.")


def _group(distances: Float[Array, "n n"], max_groups: int) -> tuple[Int[Array, " n"], tuple[float, ...]]:
    condensed = squareform(distances, checks=False)
    tried = range(2, min(max_groups, len(distances) - 1) + 1)
    cuts = [_cut(condensed, n_groups) for n_groups in tried]
    values = tuple(silhouette(distances, cut) for cut in cuts)
    best = int(np.argmax(values))
    if values[best] <= NO_STRUCTURE:
        return np.zeros(len(distances), dtype=np.int64), values
    return cuts[best], values


def _cut(condensed: Float[Array, " pairs"], n_groups: int) -> Int[Array, " points"]:
    """Groups of Ward's tree, numbered by first appearance so that the numbers do not depend on the tree's layout."""
    raw = fcluster(linkage(condensed, method="ward"), n_groups, criterion="maxclust")
    order = dict.fromkeys(raw.tolist())
    number = {group: index for index, group in enumerate(order)}
    return np.array([number[group] for group in raw.tolist()], dtype=np.int64)


def _explain(
    name: str,
    factors: Mapping[str, Array],
    distances: Float[Array, "n n"],
    groups: Int[Array, " n"],
    n_permutations: int,
    rng: np.random.Generator,
) -> Explained:
    levels, labels = np.unique(factors[name], return_inverse=True)
    n_points, n_levels = len(labels), len(levels)
    if not 1 < n_levels < n_points:
        return Explained(name, n_levels, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0)
    others = [np.unique(values, return_inverse=True)[1] for other, values in factors.items() if other != name]
    # Points with the same levels of all other factors form a stratum.
    keys = np.stack([np.zeros(n_points, dtype=np.int64), *others], axis=1)
    strata = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
    tables = np.vstack([labels[None, :], _within(labels, strata, n_permutations, rng)])
    values, shares = pseudo_f(distances, tables)
    share = float(shares[0])
    degrees, error = n_levels - 1, (1.0 - share) / (n_points - n_levels)
    ours = np.array([_cramers_v(table, groups) for table in tables])
    return Explained(
        factor=name,
        n_levels=n_levels,
        share=share,
        omega_squared=(share - degrees * error) / (1.0 + error),
        p_value=_p_value(values),
        adjusted_rand=float(adjusted_rand_score(labels, groups)),
        cramers_v=float(ours[0]),
        groups_p_value=_p_value(ours),
    )


def _within(
    labels: Int[Array, " n"], strata: Int[Array, " n"], n_permutations: int, rng: np.random.Generator
) -> Int[Array, "permutations n"]:
    """Labels shuffled inside each stratum; freely where no stratum holds two different labels."""
    if not any(len(set(labels[strata == stratum].tolist())) > 1 for stratum in np.unique(strata)):
        strata = np.zeros_like(strata)
    tables = np.tile(labels, (n_permutations, 1))
    for stratum in np.unique(strata):
        members = np.flatnonzero(strata == stratum)
        tables[:, members] = rng.permuted(tables[:, members], axis=1)
    return tables


def _p_value(values: Float[Array, " permutations"]) -> float:
    """The first value is the observed one and counts as a permutation."""
    return float((values >= values[0] - 1e-10 * (1.0 + abs(float(values[0])))).mean())


def _cramers_v(labels: Int[Array, " n"], groups: Int[Array, " n"]) -> float:
    n_rows, n_columns = int(labels.max()) + 1, int(groups.max()) + 1
    if min(n_rows, n_columns) < 2:
        return 0.0
    counts = np.bincount(labels * n_columns + groups, minlength=n_rows * n_columns).reshape(n_rows, n_columns)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / len(labels)
    chi = float((np.square(counts - expected) / np.maximum(expected, 1e-12)).sum())
    return float(np.sqrt(chi / (len(labels) * (min(n_rows, n_columns) - 1))))
