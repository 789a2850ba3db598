"""Multidimensional scaling: points in a few dimensions whose distances are close to the given ones.

The start is the classical solution (an eigendecomposition), so the same distances always give the same picture. From
random starts, the accuracy in the plane of one and the same matrix differs from run to run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.optimize import isotonic_regression

from dynashape.cores import on_one_blas_thread
from dynashape.errors import InputError
from dynashape.inference.comparison.gram import check_distances, compute_gram
from dynashape.records import Array

# Relative fall of stress per iteration at which the picture no longer moves by anything an eye or a classifier sees.
_TOLERANCE = 1e-7
_MAX_ITERATIONS = 1000


@dataclass(frozen=True)
class Embedding:
    """Points in a few dimensions whose distances are close to given ones.

    Attributes
    ----------
    points : array of shape (systems, components)
        Centred, on their principal axes, each axis with the first system that is clearly off zero on its positive side.
    stress : float
        Normalised stress-1, in [0, 1]: the root of the summed squared errors over the summed squared disparities. At a
        solution it equals Kruskal's stress-1 (Borg & Groenen 2005, section 11.1). Below 0.1 is usually called good,
        above 0.2 poor.
    n_iterations : int
        Number of Guttman transforms.
    converged : bool
        Whether stress had settled when they stopped.
    """

    points: Float[Array, "systems components"]
    stress: float
    n_iterations: int
    converged: bool


@on_one_blas_thread
def embed_mds(
    distances: Float[Array, "systems systems"], n_components: int = 2, metric: bool = True, seed: int = 0
) -> Embedding:
    """Find the points whose distances fit the given ones best.

    Parameters
    ----------
    distances : array of shape (systems, systems)
        Symmetric, not negative, with zeros in the diagonal.
    n_components : int, default 2
        Number of dimensions of the points.
    metric : bool, default True
        False fits any increasing function of the distances instead (Kruskal's primary treatment of ties), starting
        from the metric solution.
    seed : int, default 0
        Matters only where the classical solution has fewer dimensions than asked for. The missing axes then start from
        a little noise, since SMACOF cannot leave an axis of zeros.

    Returns
    -------
    Embedding

    Raises
    ------
    InputError
        Where the distances are not a finite symmetric matrix, or `n_components` is below 1.

    Notes
    -----
    SMACOF (Guttman transforms) from the classical solution, until stress falls by less than 1e-7 of itself. Its relaxed
    updates need fewer iterations than the plain ones of `sklearn.manifold.smacof`, and can end in another local
    minimum.

    References
    ----------
    de Leeuw & Heiser (1980), Multidimensional scaling with restrictions on the configuration.
    Kruskal (1964), Multidimensional scaling by optimizing goodness of fit to a nonmetric hypothesis, Psychometrika 29.

    Examples
    --------
    >>> line = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
    >>> found = embed_mds(line, n_components=1)
    >>> found.points[:, 0].round(6).tolist(), round(found.stress, 6)
    ([1.5, 0.5, -0.5, -1.5], 0.0)
    """
    if n_components < 1:
        raise InputError(f"n_components must be at least 1; got {n_components}.")
    target = check_distances(distances)
    n_systems = target.shape[0]
    if n_systems < 2 or not target.any():
        return Embedding(np.zeros((n_systems, n_components)), 0.0, 0, True)
    points = _classical(target, n_components, seed)
    points, stress, n_iterations, converged = _smacof(target, points, metric=True)
    if not metric:
        points, stress, more, converged = _smacof(target, points, metric=False)
        n_iterations += more
    return Embedding(_principal_axes(points), float(stress), n_iterations, converged)


def _classical(target: Float[Array, "n n"], n_components: int, seed: int) -> Float[Array, "n k"]:
    values, vectors = np.linalg.eigh(compute_gram(target))
    n_systems = len(values)
    points = np.zeros((n_systems, n_components))
    kept = min(n_components, n_systems)
    top = np.maximum(values[::-1][:kept], 0.0)
    points[:, :kept] = vectors[:, ::-1][:, :kept] * np.sqrt(top)
    empty = np.square(points).sum(axis=0) <= 1e-12 * top[0]
    if empty.any():
        noise = np.random.default_rng(seed).normal(size=(n_systems, int(empty.sum())))
        points[:, empty] = 1e-3 * float(target.mean()) * noise
    return points


def _smacof(
    target: Float[Array, "n n"], points: Float[Array, "n k"], metric: bool
) -> tuple[Float[Array, "n k"], float, int, bool]:
    """Majorisation with relaxed updates, which need fewer iterations than plain ones."""
    n_systems = target.shape[0]
    upper = np.triu_indices(n_systems, 1)
    total = float(np.square(target).sum())
    disparities = target
    previous = np.inf
    relaxed = True
    for iteration in range(1, _MAX_ITERATIONS + 1):
        squared = np.square(points).sum(axis=1)
        current = np.sqrt(np.maximum(squared[:, None] + squared[None, :] - 2.0 * points @ points.T, 0.0))
        np.fill_diagonal(current, 0.0)
        if not metric:
            disparities = _monotone(target, current, upper, total)
        stress = float(np.square(disparities - current).sum() / total)
        settled = np.isfinite(previous) and 0.0 <= previous - stress <= _TOLERANCE * previous
        if settled or stress < 1e-28:
            return points, np.sqrt(stress), iteration, True
        # A relaxed step may overshoot; the plain Guttman transform never raises stress, so fall back to it for good.
        relaxed = relaxed and stress <= previous
        previous = stress
        ratio = np.divide(disparities, current, out=np.zeros_like(current), where=current > 1e-12)
        moved = (ratio.sum(axis=1)[:, None] * points - ratio @ points) / n_systems
        points = 2.0 * moved - points if relaxed and iteration > 1 else moved
    return points, np.sqrt(previous), _MAX_ITERATIONS, False


def _monotone(
    target: Float[Array, "n n"],
    current: Float[Array, "n n"],
    upper: tuple[Array, Array],
    total: float,
) -> Float[Array, "n n"]:
    """The increasing function of the distances that is nearest to the current ones, scaled to the same total."""
    order = np.lexsort((current[upper], target[upper]))
    fitted = np.empty(len(order))
    fitted[order] = isotonic_regression(current[upper][order]).x
    result = np.zeros_like(current)
    result[upper] = fitted
    result += result.T
    return np.asarray(result * np.sqrt(total / max(float(np.square(result).sum()), 1e-300)))


def _principal_axes(points: Float[Array, "n k"]) -> Float[Array, "n k"]:
    """Centred, rotated to principal axes, each axis with the first system on its positive side.

    The convention makes the picture unique: stress does not see rotations and reflections. The sign is taken from the
    first system that is clearly off zero, so that round-off cannot turn the picture over.
    """
    centred = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    if axes.shape[0] < centred.shape[1]:  # fewer systems than components
        axes = np.linalg.svd(centred, full_matrices=True)[2]
    rotated = centred @ axes.T
    for axis in rotated.T:
        clear = np.flatnonzero(np.abs(axis) > 0.1 * np.abs(axis).max(initial=0.0))
        if clear.size and axis[clear[0]] < 0:
            axis *= -1.0
    return np.asarray(rotated)
