"""How well classes fit a distance matrix: their dispersion, silhouette and held-out assignment.

All of these see the whole matrix, so none depends on the MDS plane.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped
from sklearn.metrics import silhouette_score

from dynashape.arguments import read_arguments
from dynashape.errors import InputError
from dynashape.inference.comparison.gram import read_distances
from dynashape.records import Array


def dispersions(distances: Float[Array, "systems systems"], labels: Int[Array, " systems"]) -> Float[Array, " systems"]:
    """Distance of each system to the centroid of its group in the space behind the distances (Anderson 2006).

    Where the distances have no Euclidean embedding a squared distance can be negative; its absolute value is used.

    >>> square = np.abs(np.subtract.outer([0.0, 2.0, 5.0], [0.0, 2.0, 5.0]))
    >>> dispersions(square, np.array([0, 0, 1])).tolist()
    [1.0, 1.0, 0.0]
    """
    member = (labels[:, None] == np.unique(labels)[None, :]).astype(np.float64)
    squared = np.square(distances)
    to_group = squared @ member / member.sum(axis=0)
    spread = 0.5 * (member * to_group).sum(axis=0) / member.sum(axis=0)
    to_centroid = (member * (to_group - spread)).sum(axis=1)
    return np.asarray(np.sqrt(np.abs(to_centroid)))


def two_group_f(
    values: Float[Array, " systems"], labellings: Bool[Array, "labellings systems"]
) -> Float[Array, " labellings"]:
    """Analysis-of-variance F of `values` between the two classes of each labelling.

    >>> two_group_f(np.array([0.0, 1.0, 4.0, 5.0]), np.array([[False, False, True, True]])).round(6).tolist()
    [32.0]
    """
    centred = values - values.mean()
    member = labellings.astype(np.float64)
    size = member.sum(axis=1)
    total = float(np.square(centred).sum())
    between = np.square(member @ centred) * (1.0 / size + 1.0 / (len(values) - size))
    within = np.maximum(total - between, 1e-14 * max(total, 1e-300))
    return np.asarray(between * (len(values) - 2) / within)


@read_arguments(distances=read_distances)
def silhouette(distances: Float[Array, "systems systems"], labels: Shaped[Array, ...]) -> float:
    """Mean silhouette of a labelling on the full distances (Rousseeuw 1987): 1 far apart, 0 overlapping, below 0 mixed.

    A system alone in its class counts as 0, and so does a labelling of one class, by convention. InputError where the
    distances are no finite symmetric matrix, or labels are not one a system.

    >>> square = np.abs(np.subtract.outer([0.0, 1.0, 4.0, 5.0], [0.0, 1.0, 4.0, 5.0]))
    >>> round(silhouette(square, np.array([0, 0, 1, 1])), 3), silhouette(square, np.zeros(4))
    (0.746, 0.0)
    """
    labels = np.asarray(labels)
    if labels.shape != (len(distances),) or not len(labels):
        raise InputError(f"labels must have one entry for each of {len(distances)} systems; got shape {labels.shape}.")
    if not 1 < len(np.unique(labels)) < len(labels):
        return 0.0
    return float(silhouette_score(distances, labels, metric="precomputed"))


def assign_held_out(
    distances: Float[Array, "systems systems"], labels: Bool[Array, " systems"], folds: Shaped[Array, " systems"]
) -> float | None:
    """Accuracy with which systems of a left-out fold join the nearer of the two class centroids of the other folds.

    Works on the full matrix: the squared distance to a centroid is the mean squared distance to its members less half
    their own mean. A tie counts half. Folds whose removal empties a class are left out; None where that is all.

    >>> square = np.abs(np.subtract.outer([0.0, 1.0, 4.0, 5.0], [0.0, 1.0, 4.0, 5.0]))
    >>> assign_held_out(square, np.array([False, False, True, True]), np.array([0, 1, 0, 1]))
    1.0
    """
    squared = np.square(distances)
    right: list[float] = []
    for fold in np.unique(folds):
        kept = folds != fold
        if len(set(labels[kept].tolist())) < 2:
            continue
        to_class = []
        for value in (False, True):
            member = kept & (labels == value)
            to_class.append(squared[np.ix_(~kept, member)].mean(axis=1) - 0.5 * squared[np.ix_(member, member)].mean())
        margin = np.where(labels[~kept], to_class[0] - to_class[1], to_class[1] - to_class[0])
        tie = np.abs(margin) <= 1e-12 * float(squared.max(initial=0.0))
        right.extend(((margin > 0) & ~tie) + 0.5 * tie)
    return float(np.mean(right)) if right else None
