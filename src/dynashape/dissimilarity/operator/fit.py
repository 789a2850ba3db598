"""The linear operator of a system: activity -> delay embedding -> its leading coordinates -> one-step regression.

This is the per-system half of DSA (Ostrow et al. 2023): what is compared between systems is the matrix A of
v(t+1) = A v(t), where v are the first columns of V in the SVD H = V S U' of the delay embedding.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.linalg
from jaxtyping import Float

from dynashape.dissimilarity.activity import Activity, check_delays, read_activity
from dynashape.dissimilarity.operator.decomposition import Directions, decompose
from dynashape.dissimilarity.operator.window_sums import PairSums
from dynashape.dissimilarity.operator.held_out import N_FOLDS, fold, one_step_errors
from dynashape.errors import InputError
from dynashape.records import OK, Array, Code, Status


@dataclass(frozen=True, eq=False)
class Operator:
    """The operator of one system and how far it can be trusted.

    `matrix` maps the coordinates of one step to those of the next, in order of the variance they carry.
    `singular_values` are all of the embedding's, `explained_variance` is the share of its (uncentred) variance in the
    first `rank`, `effective_rank` the participation ratio of the variances and `numerical_rank` the number of
    directions above rounding (a lower bound where it exceeds `rank`). `one_step_error` is the variance of the next
    step that the operator leaves unexplained in trials held out, `persistence_error` the same for "nothing changes";
    the first is None where too few windows are left to learn from, both where the activity does not vary. An operator
    whose `status` is not ok is finite but not to be compared.
    """

    matrix: Float[Array, "rank rank"]
    n_delays: int
    delay_interval: int
    rank: int
    singular_values: Float[Array, " values"]
    explained_variance: float
    effective_rank: float
    numerical_rank: int
    one_step_error: float | None
    persistence_error: float | None
    ridge: float = 1e-8
    status: Status = field(default=OK)


def fit_operator(
    activity: Activity,
    n_delays: int,
    rank: int | float | str,
    delay_interval: int = 1,
    ridge: float = 1e-8,
    name: str = "activity",
) -> Operator:
    """The one-step operator of a system in the leading coordinates of its delay embedding.

    `activity` is `(trials, steps, units)`, `(steps, units)` or a list of those with any lengths: all trials of one
    system. `rank` is a number of coordinates, a share of the variance in (0, 1), or "svht" (Gavish & Donoho's optimal
    threshold, made for white noise). Computed in float64; the arrays are not modified. The operator does not depend
    on the scale of the activity, nor on a rotation or order of its units.

    The definition is that of dsa-metric's default: every window of every trial enters the SVD, nothing is centred, V
    has orthonormal columns, and A = [(V-'V- + ridge I)^-1 V-'V+]', V- and V+ being the rows of windows and of the
    windows one step later. Fewer windows than columns are fine. `name` is what errors call the activity.

    Raises `InputError` where the arrays, the delays or the rank cannot be worked with. A system that is silent, or
    that holds fewer directions than `rank`, comes back with a status and zeros where it holds nothing.

    >>> activity = np.random.default_rng(0).normal(size=(20, 30, 5)).cumsum(axis=1)
    >>> operator = fit_operator(activity, n_delays=3, rank=4)
    >>> operator.matrix.shape, operator.status.ok
    ((4, 4), True)
    """
    if not ridge >= 0.0:
        raise InputError(f"ridge must be at least 0; got {ridge!r}.")
    recording = read_activity(activity, name, interleave=N_FOLDS)
    check_delays(recording, n_delays, delay_interval, name)
    directions = decompose(recording, n_delays, delay_interval, rank)
    held = min(directions.rank, directions.numerical_rank)
    matrix = np.zeros((directions.rank, directions.rank))
    error = persistence = None
    if held:
        folds = fold(recording, directions, n_delays, delay_interval)
        matrix[:held, :held] = regress_next(folds.all, held, ridge)
        errors, persistence = one_step_errors(folds, directions, [held], ridge, recording.precision)
        error = errors[0]
    values = directions.singular_values
    shares = (values / values[0]) ** 2 if values[0] > 0.0 else values
    total = float(np.sum(shares))
    return Operator(
        matrix=matrix,
        n_delays=int(n_delays),
        delay_interval=int(delay_interval),
        rank=directions.rank,
        singular_values=values * recording.scale,
        explained_variance=float(np.sum(shares[:held]) / total) if total else 0.0,
        effective_rank=float(total**2 / np.sum(shares**2)) if total else 0.0,
        numerical_rank=directions.numerical_rank,
        one_step_error=error,
        persistence_error=persistence,
        ridge=float(ridge),
        status=_status(directions, name),
    )


def regress_next(sums: PairSums, held: int, ridge: float) -> Float[Array, "held held"]:
    """The matrix A of v(t+1) = A v(t) by ridge regression over the pairs summed, in the first `held` coordinates."""
    gram = sums.squares[:held, :held] + ridge * np.eye(held)
    factor = scipy.linalg.cho_factor(gram, overwrite_a=True, check_finite=False)
    return np.asarray(scipy.linalg.cho_solve(factor, sums.products[:held, :held], check_finite=False)).T


def _status(directions: Directions, name: str) -> Status:
    if directions.numerical_rank == 0:
        return Status(Code.SILENT, f"every value of {name} is zero, so it has no dynamics; leave the system out")
    if directions.rank > directions.numerical_rank:
        return Status(
            Code.RANK_DEFICIENT,
            f"{name} holds {directions.numerical_rank} directions above rounding, rank asks for {directions.rank}; "
            f"use rank <= {directions.numerical_rank}, or activity with noise",
        )
    return OK
