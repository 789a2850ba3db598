"""How well a straight line separates two labels in the MDS plane: the paper's measure, for one or many labellings.

All relabellings of a permutation test are fitted together by batched Newton steps, which makes the chance level of a
comparison as cheap as a handful of single fits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.special import expit

from dynashape.arguments import float_array, read_arguments, truth_array
from dynashape.cores import on_one_blas_thread
from dynashape.errors import InputError
from dynashape.records import Array

# Newton's method on this strictly convex loss converges in 5-8 steps; 50 is never reached on standardised points.
_MAX_STEPS = 50
_GRADIENT = 1e-8
# Distance to the boundary, in log odds, below which a point is on it and counts as half right.
_TIE = 1e-9


@dataclass(frozen=True)
class Separability:
    """In-sample accuracy of logistic regression, beside what the same procedure gives for relabelled systems.

    With no effect at all, 20 points in a plane average about 0.63: read the accuracy against `chance`, never against
    one half.

    Attributes
    ----------
    accuracy : float
        Accuracy for the labels given.
    chance : float
        Mean accuracy over the relabellings.
    p_value : float
        Share of the relabellings, the labels given among them, that are at least as separable.
    n_relabellings : int
        Number of relabellings.
    """

    accuracy: float
    chance: float
    p_value: float
    n_relabellings: int


def _optional_truths(name: str, given: object) -> Array | None:
    return None if given is None else truth_array(name, given)


@on_one_blas_thread
@read_arguments(points=float_array, labels=truth_array, relabellings=_optional_truths)
def separability(
    points: Float[Array, ...],
    labels: Bool[Array, ...],
    relabellings: Bool[Array, ...] | None = None,
    exact: bool = True,
    inverse_penalty: float = 1.0,
) -> Separability:
    """Measure how well a straight line separates two classes of points, and how well it would by chance.

    Parameters
    ----------
    points : array of shape (systems, components)
        Such as those of `embed_mds`.
    labels : boolean array of shape (systems,)
        Which of the two classes each system belongs to.
    relabellings : boolean array of shape (relabellings, systems), optional
        The labellings that are as likely as the given one where classes mean nothing; see `task_relabellings` and
        `condition_swaps`. Without them only the accuracy means something: chance equals it and the p-value is 1.
    exact : bool, default True
        Whether `relabellings` are all there are, the given labels among them. False is a sample that lacks these: the
        p-value is then (1 + hits) / (1 + relabellings).
    inverse_penalty : float, default 1.0
        The C of scikit-learn's `LogisticRegression`.

    Returns
    -------
    Separability

    Raises
    ------
    InputError
        Where a labelling holds a single class or another number of systems, or points are not finite.

    Examples
    --------
    >>> points = np.array([[-1.0], [-0.9], [1.0], [1.1]])
    >>> separability(points, np.array([False, False, True, True])).accuracy
    1.0
    """
    if points.ndim != 2 or not np.isfinite(points).all():
        raise InputError(
            f"points must be (systems, components) and finite; got shape {points.shape} with "
            f"{int((~np.isfinite(points)).sum())} values that are not finite."
        )
    for name, table in (("labels", labels[None, :]), ("relabellings", relabellings)):
        if table is not None and (table.ndim != 2 or table.shape[1] != len(points)):
            raise InputError(f"{name} must have one entry for each of {len(points)} points; got shape {table.shape}.")
    if not inverse_penalty > 0.0:
        raise InputError(f"inverse_penalty must be above 0; got {inverse_penalty}.")
    table = labels[None, :] if relabellings is None else np.vstack([labels[None, :], relabellings])
    accuracies = fit_accuracies(points, table, inverse_penalty)
    accuracy = float(accuracies[0])
    null = accuracies if relabellings is None else accuracies[1:]
    hits = int(np.count_nonzero(null >= accuracy - 1e-9))
    p_value = hits / len(null) if exact else (1 + hits) / (1 + len(null))
    return Separability(accuracy, float(null.mean()), float(p_value), len(null))


def fit_accuracies(
    points: Float[Array, "systems components"],
    labellings: Bool[Array, "labellings systems"],
    inverse_penalty: float = 1.0,
) -> Float[Array, " labellings"]:
    """In-sample accuracy of a logistic regression for each labelling of the same points.

    >>> fit_accuracies(np.array([[-1.0], [1.0]]), np.array([[True, False], [False, True]])).tolist()
    [1.0, 1.0]
    """
    scaled = standardise(points)
    weights = fit_logistic(scaled, labellings, inverse_penalty)
    return score(scaled, weights, labellings)


def standardise(points: Float[Array, "systems components"]) -> Float[Array, "systems components"]:
    """The points centred and divided by one common scale (the root mean square of their coordinates).

    One scale for all axes, not one for each: the orientation of an MDS plane is arbitrary, and a penalty after
    axis-wise scaling would make the accuracy depend on it.

    >>> standardise(np.array([[1.0], [3.0]])).tolist()
    [[-1.0], [1.0]]
    """
    centred = points - points.mean(axis=0)
    scale = float(np.sqrt(np.square(centred).mean()))
    return np.asarray(centred / scale if scale > 0 else centred)


def fit_logistic(
    points: Float[Array, "systems components"],
    labellings: Bool[Array, "labellings systems"],
    inverse_penalty: float = 1.0,
    multiplicity: Float[Array, "labellings systems"] | None = None,
) -> Float[Array, "labellings weights"]:
    """Weights and, last, the intercept of one penalised logistic regression a labelling.

    The loss is scikit-learn's: |w|^2 / 2 + C sum log(1 + exp(-y (w x + b))), the intercept free, C = inverse_penalty
    (1, its default). `multiplicity` counts systems several times, or not at all, in single fits. A labelling with a
    single class has no finite optimum and raises InputError.

    >>> fit_logistic(np.array([[-1.0], [1.0]]), np.array([[False, True]])).shape
    (1, 2)
    """
    n_systems, n_components = points.shape
    weight = np.ones(labellings.shape) if multiplicity is None else multiplicity
    positive = (weight * labellings).sum(axis=1)
    if bool(((positive == 0) | (positive == weight.sum(axis=1))).any()):
        raise InputError("every labelling must hold both classes; one of them holds a single class.")
    design = np.hstack([points, np.ones((n_systems, 1))])
    products = (design[:, :, None] * design[:, None, :]).reshape(n_systems, -1)
    penalty = np.ones(n_components + 1) / inverse_penalty
    penalty[-1] = 0.0
    target = labellings.astype(np.float64)
    weights = np.zeros((len(labellings), n_components + 1))
    for _ in range(_MAX_STEPS):
        probability = expit(weights @ design.T)
        gradient = (weight * (probability - target)) @ design + penalty * weights
        if float(np.abs(gradient).max()) < _GRADIENT:
            break
        curvature = weight * probability * (1.0 - probability)
        hessian = (curvature @ products).reshape(-1, n_components + 1, n_components + 1) + np.diag(penalty)
        # Far from the boundary the intercept's curvature vanishes; the floor keeps the step finite there.
        hessian[:, -1, -1] += 1e-12
        weights = weights - np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
    return weights


def score(
    points: Float[Array, "systems components"],
    weights: Float[Array, "labellings weights"],
    labellings: Bool[Array, "labellings systems"],
    multiplicity: Float[Array, "labellings systems"] | None = None,
) -> Float[Array, " labellings"]:
    """Share of the systems (each counted `multiplicity` times) on the right side of each boundary; on it is half right.

    >>> score(np.array([[-1.0], [1.0]]), np.array([[1.0, 0.0]]), np.array([[False, True]])).tolist()
    [1.0]
    """
    log_odds = weights[:, :-1] @ points.T + weights[:, -1:]
    signed = np.where(labellings, log_odds, -log_odds)
    right = (signed > _TIE) + 0.5 * (np.abs(signed) <= _TIE)
    if multiplicity is None:
        return np.asarray(right.mean(axis=1))
    return np.asarray((right * multiplicity).sum(axis=1) / multiplicity.sum(axis=1))
