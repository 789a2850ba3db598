"""Variance shares: how much of the spread of the systems is due to the task, the condition and their interaction.

PERMANOVA (Anderson 2001) on the full distance matrix, with the error terms that a design with two conditions of each
network asks for. In such a design everything follows from two small Gram matrices: of each network's *sum* over its
conditions, which carries the task, and of its *difference* between them, which carries condition and interaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from dynashape.arguments import read_arguments, truth_array
from dynashape.cores import on_one_blas_thread
from dynashape.errors import InputError
from dynashape.inference.comparison.gram import compute_gram, read_distances
from dynashape.records import Array, Term

TERMS: tuple[Term, ...] = tuple(Term)
"""The terms into which the variance of a comparison is split, in the order of arrays' columns."""


@dataclass(frozen=True)
class Contrasts:
    """Inner products of the networks' sums and differences over their two conditions, both scaled by 1/sqrt(2).

    Attributes
    ----------
    sums, differences : array of shape (networks, networks)
        The traces of both add up to the sum of squares of all systems around their mean.
    tasks : boolean array of shape (networks,)
        True for networks of the second task.
    """

    sums: Float[Array, "networks networks"]
    differences: Float[Array, "networks networks"]
    tasks: Bool[Array, " networks"]

    @property
    def n_networks(self) -> int:
        """Number of networks, each in two conditions."""
        return len(self.tasks)


@dataclass(frozen=True)
class VarianceShares:
    """Shares of the variance of a comparison that are due to task, condition and their interaction.

    Attributes
    ----------
    share : mapping of Term to float
        PERMANOVA's plain R^2, the sums of squares over their total, which is above zero even without an effect.
    omega_squared : mapping of Term to float
        The share without that bias: the mean square that a term would have by chance is subtracted. It may be slightly
        negative.
    pseudo_f : mapping of Term to float
        The mean square over that of the right error: between networks for the task, within networks for condition and
        interaction.
    network, residual : float
        The two components of noise as shares: differences between networks of one task, and differences between the
        conditions of a network beyond the common effect.
    """

    share: Mapping[Term, float]
    omega_squared: Mapping[Term, float]
    pseudo_f: Mapping[Term, float]
    network: float
    residual: float


@on_one_blas_thread
@read_arguments(distances=read_distances, tasks=truth_array)
def compute_contrasts(distances: Float[Array, "systems systems"], tasks: Bool[Array, " networks"]) -> Contrasts:
    """Reduce a distance matrix to the contrasts from which all variance shares follow.

    Parameters
    ----------
    distances : array of shape (systems, systems)
        All networks in the first condition, then the same networks in the second.
    tasks : boolean array of shape (networks,)
        True for networks of the second task.

    Returns
    -------
    Contrasts

    Raises
    ------
    InputError
        Where there are not two systems a network, or the distances are no finite symmetric matrix.

    Examples
    --------
    >>> square = np.abs(np.subtract.outer([0.0, 1.0, 4.0, 5.0], [0.0, 1.0, 4.0, 5.0]))
    >>> compute_contrasts(square, np.array([False, True])).differences.round(6).tolist()
    [[8.0, 8.0], [8.0, 8.0]]
    """
    n_networks = len(tasks)
    if distances.shape[0] != 2 * n_networks:
        raise InputError(f"distances must hold two systems for each of {n_networks} networks; got {len(distances)}.")
    gram = compute_gram(distances)
    first, second = slice(0, n_networks), slice(n_networks, 2 * n_networks)
    same = gram[first, first] + gram[second, second]
    cross = gram[first, second] + gram[second, first]
    return Contrasts(sums=0.5 * (same + cross), differences=0.5 * (same - cross), tasks=tasks)


def compute_shares(contrasts: Contrasts) -> VarianceShares:
    """Split the variance of a comparison into the shares of task, condition, interaction and noise.

    Parameters
    ----------
    contrasts : Contrasts
        See `compute_contrasts`.

    Returns
    -------
    VarianceShares

    Raises
    ------
    InputError
        Where a task has no network or there are fewer than three networks: nothing is left for error.

    References
    ----------
    Anderson (2001), A new method for non-parametric multivariate analysis of variance, Austral Ecology 26.

    Examples
    --------
    >>> points = np.array([0.0, 1.0, 10.0, 11.0, 0.5, 1.5, 10.5, 11.5])[:, None]
    >>> square = np.abs(points - points.T)
    >>> shares = compute_shares(compute_contrasts(square, np.array([False, False, True, True])))
    >>> {str(term): round(share, 3) for term, share in shares.share.items()}
    {'task': 0.988, 'condition': 0.002, 'interaction': 0.0}
    """
    n_first = int(contrasts.tasks.sum())
    if not 0 < n_first < contrasts.n_networks or contrasts.n_networks < 3:
        raise InputError(
            f"variance shares need both tasks and at least three networks; got {n_first} of {contrasts.n_networks}."
        )
    everything = np.ones((1, contrasts.n_networks))
    *squares, network, residual = (float(value) for value in _sums_of_squares(contrasts, everything)[0])
    total = sum(squares) + network + residual
    if total <= 0.0:
        zero = dict.fromkeys(TERMS, 0.0)
        return VarianceShares(zero, zero, dict.fromkeys(TERMS, 1.0), 0.0, 0.0)
    degrees = contrasts.n_networks - 2
    errors = (network / degrees, residual / degrees, residual / degrees)
    return VarianceShares(
        share={term: square / total for term, square in zip(TERMS, squares, strict=True)},
        omega_squared=dict(zip(TERMS, omega_squared(contrasts, everything)[0].tolist(), strict=True)),
        # No error at all leaves F without a bound; the largest float says so and can still be written as JSON.
        pseudo_f={
            term: square / error if error > 0 else float(np.finfo(np.float64).max)
            for term, square, error in zip(TERMS, squares, errors, strict=True)
        },
        network=network / total,
        residual=residual / total,
    )


def omega_squared(
    contrasts: Contrasts, weights: Float[Array, "replicates networks"]
) -> Float[Array, "replicates terms"]:
    """Bias-corrected shares of `TERMS` for each weighting of the networks (zeros leave networks out).

    Each expected mean square is solved for its component: with N = 2 n systems, component = (SS - df MS_error) / N for
    a term, (MS_network - MS_residual) / 2 between networks and MS_residual within; the share is the component over the
    sum of all. With one kind of error this is the usual omega-squared. Weights are multiplicities: a weight of 2 is a
    network drawn twice. Replicates that leave no error (fewer than 3 networks, an empty task) come out as NaN.

    >>> flat = Contrasts(np.eye(4), np.eye(4), np.array([True, True, False, False]))
    >>> omega_squared(flat, np.ones((1, 4))).round(6).tolist()
    [[0.0, 0.0, 0.0]]
    """
    squares = _sums_of_squares(contrasts, weights)
    n_networks = weights.sum(axis=1)
    degrees = n_networks - 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        between = squares[:, 3] / degrees
        within = squares[:, 4] / degrees
        errors = np.stack([between, within, within], axis=1)
        components = (squares[:, :3] - errors) / (2.0 * n_networks[:, None])
        total = components.sum(axis=1) + 0.5 * (between - within) + within
        # Without any spread every share is zero, as in a comparison of a system with copies of itself.
        shares = np.where(total[:, None] == 0.0, 0.0, components / total[:, None])
    shares[degrees <= 0] = np.nan
    return np.asarray(shares)


def _sums_of_squares(
    contrasts: Contrasts, weights: Float[Array, "replicates networks"]
) -> Float[Array, "replicates 5"]:
    """Task, condition, interaction, network and residual sums of squares for each weighting of the networks."""
    first = weights * contrasts.tasks
    second = weights * ~contrasts.tasks
    n_first, n_second = first.sum(axis=1), second.sum(axis=1)
    result = np.empty((len(weights), 5))
    with np.errstate(divide="ignore", invalid="ignore"):
        for gram, mean_column, between_column, within_column in (
            (contrasts.sums, None, 0, 3),
            (contrasts.differences, 1, 2, 4),
        ):
            groups = _form(gram, first) / n_first + _form(gram, second) / n_second
            mean = _form(gram, weights) / (n_first + n_second)
            result[:, between_column] = groups - mean
            result[:, within_column] = weights @ np.diag(gram) - groups
            if mean_column is not None:
                result[:, mean_column] = mean
    return result


def _form(gram: Float[Array, "n n"], weights: Float[Array, "r n"]) -> Float[Array, " r"]:
    return np.asarray(np.einsum("ri,ri->r", weights @ gram, weights))


def task_null(contrasts: Contrasts, tables: Bool[Array, "relabellings networks"], term: Term) -> Float[Array, " r"]:
    """Pseudo-F of the task, or of the interaction, for each relabelling of whole networks.

    >>> flat = Contrasts(np.eye(3), np.eye(3), np.array([True, True, False]))
    >>> task_null(flat, np.array([[True, False, True]]), Term.TASK).round(6).tolist()
    [1.0]
    """
    gram = contrasts.sums if term is Term.TASK else contrasts.differences
    first, second = tables.astype(np.float64), 1.0 - tables
    ones = np.ones((1, contrasts.n_networks))
    mean = _form(gram, ones)[0] / contrasts.n_networks
    groups = _form(gram, first) / first.sum(axis=1) + _form(gram, second) / second.sum(axis=1)
    return _ratio(groups - mean, np.trace(gram) - groups, contrasts.n_networks - 2)


def condition_null(contrasts: Contrasts, tables: Bool[Array, "relabellings networks"]) -> Float[Array, " r"]:
    """Pseudo-F of the condition for each swapping of conditions within networks.

    >>> flat = Contrasts(np.eye(3), np.eye(3), np.array([True, True, False]))
    >>> condition_null(flat, np.array([[False, False, True]])).round(6).tolist()
    [1.0]
    """
    signs = 1.0 - 2.0 * tables
    n_first = int(contrasts.tasks.sum())
    n_second = contrasts.n_networks - n_first
    first, second = signs * contrasts.tasks, signs * ~contrasts.tasks
    gram = contrasts.differences
    groups = _form(gram, first) / n_first + _form(gram, second) / n_second
    return _ratio(_form(gram, signs) / contrasts.n_networks, np.trace(gram) - groups, contrasts.n_networks - 2)


def _ratio(term: Float[Array, " r"], error: Float[Array, " r"], degrees: int) -> Float[Array, " r"]:
    limit = float(np.finfo(np.float64).max)
    floor = 1e-12 * float(np.abs(term).max(initial=0.0) + np.abs(error).max(initial=0.0))
    safe = np.maximum(error, 1e-300)
    with np.errstate(over="ignore"):
        return np.asarray(
            np.where(error > floor, np.minimum(term * degrees / safe, limit), np.where(term > floor, limit, 1.0))
        )


def pseudo_f(
    distances: Float[Array, "systems systems"], groupings: Int[Array, "groupings systems"]
) -> tuple[Float[Array, " groupings"], Float[Array, " groupings"]]:
    """Pseudo-F and share of the variance (R^2) of one-way PERMANOVA for each grouping (Anderson 2001).

    Groups are numbered from 0; each grouping must use every number below its largest. Raises InputError where nothing
    is left for error: one group only, or as many groups as systems.

    >>> square = np.abs(np.subtract.outer([0.0, 1.0, 4.0, 5.0], [0.0, 1.0, 4.0, 5.0]))
    >>> f, share = pseudo_f(square, np.array([[0, 0, 1, 1]]))
    >>> f.round(6).tolist(), share.round(3).tolist()
    ([32.0], [0.941])
    """
    n_systems = distances.shape[0]
    n_groups = int(groupings.max()) + 1
    if not 1 < n_groups < n_systems:
        raise InputError(
            f"a grouping needs between 2 and {n_systems - 1} groups of {n_systems} systems; got {n_groups}."
        )
    gram = compute_gram(distances)
    total = float(np.trace(gram))
    between = np.zeros(len(groupings))
    for group in range(n_groups):
        member = (groupings == group).astype(np.float64)
        size = member.sum(axis=1)
        if not size.all():
            raise InputError(f"group {group} of {n_groups} is empty in one of the groupings; number groups from 0.")
        between += np.einsum("gi,gi->g", member @ gram, member) / size
    within = total - between
    floor = 1e-14 * max(total, 1e-300)
    ratio = (between / (n_groups - 1)) / (np.maximum(within, floor) / (n_systems - n_groups))
    return ratio, between / total if total > 0 else np.zeros(len(groupings))
