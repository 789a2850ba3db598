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
from scipy.stats.contingency import association, crosstab
from sklearn.metrics import adjusted_rand_score

from dynashape.arguments import float_array, read_arguments
from dynashape.cores import on_one_blas_thread
from dynashape.errors import InputError
from dynashape.inference.comparison.cluster_quality import silhouette
from dynashape.inference.comparison.mds import Embedding, embed_mds
from dynashape.inference.comparison.permanova import pseudo_f
from dynashape.records import Array

# Kaufman & Rousseeuw (1990, table 4).
NO_STRUCTURE = 0.25


@dataclass(frozen=True)
class Explained:
    """How much of the picture one factor accounts for.

    Attributes
    ----------
    factor : str
        Its name.
    n_levels : int
        Number of its levels.
    share, omega_squared : float
        Its PERMANOVA R^2 on the distances between points, and the same without the part that it has by chance.
    p_value : float
        The p-value of that share, over relabellings of the factor within the strata of all others. It stands for the
        networks of this study: comparisons that share networks are not independent of each other, so it says nothing
        about other networks.
    adjusted_rand, cramers_v : float
        The agreement of the factor with the groups (adjusted Rand index: 0 by chance, 1 for identical ones).
    groups_p_value : float
        The p-value of `cramers_v`, over the same relabellings.
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
    """Points in the plane, their groups, and what organises them.

    Attributes
    ----------
    embedding : Embedding
        The points.
    groups : integer array of shape (points,)
        The group of each point, numbered from 0.
    n_groups : int
        Number of groups.
    silhouettes : tuple of float
        Mean silhouette for each number of groups that was tried, from 2. The largest wins; where it is at most 0.25,
        there is one group.
    explained : tuple of Explained
        One for each factor.
    stability : tuple of float
        The adjusted Rand index of `groups` and the groups of each replicate.
    stable : float or None
        The mean of `stability`; None without replicates, or where there is one group.
    same_number : float or None
        Share of the replicates in which the same rule finds as many groups; None without replicates.
    """

    embedding: Embedding
    groups: Int[Array, " points"]
    n_groups: int
    silhouettes: tuple[float, ...]
    explained: tuple[Explained, ...]
    stability: tuple[float, ...]
    stable: float | None
    same_number: float | None


@on_one_blas_thread
@read_arguments(features=float_array, max_groups=2, n_permutations=1, seed=0)
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
    """Lay out points by their features, group them, and ask which factors organise them.

    Parameters
    ----------
    features : array of shape (points, features)
        They are standardised; features without any spread are ignored.
    factors : mapping of str to array of shape (points,)
        The level of each point in every factor.
    replicates : array of shape (replicates, points, features), optional
        The features after resampling seeds, in the units of `features`.
    max_groups : int, default 8
        The largest number of groups that is tried.
    n_permutations : int, default 999
        Relabellings behind the p-values.
    metric : bool, default True
        Metric MDS; False is Kruskal's non-metric one.
    seed : int, default 0
        Seed of the relabellings.

    Returns
    -------
    MetaClustering

    Raises
    ------
    InputError
        Where there are fewer than 4 points, features are not finite, or a factor has another length.

    Notes
    -----
    Points are grouped by Ward's method, which needs no random start and takes the same Euclidean distances as the MDS
    embedding.

    References
    ----------
    Kaufman & Rousseeuw (1990), Finding groups in data, table 4: a mean silhouette of 0.25 or less means "no substantial
    structure".

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> features = rng.normal(size=(24, 2)) * 0.1 + np.repeat([[0.0, 0.0], [1.0, 1.0]], 12, axis=0)
    >>> map_ = meta_cluster(features, {"analysis": np.repeat([1, 2], 12), "phase": np.tile([1, 2, 3], 8)})
    >>> map_.n_groups, round(map_.explained[0].p_value, 3)
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
    counts = crosstab(labels, groups).count
    return float(association(counts)) if min(counts.shape) > 1 else 0.0
