"""The linear operator of a system: activity -> delay embedding -> its leading coordinates -> one-step regression.

This is the per-system half of DSA (Ostrow et al. 2023): what is compared between systems is the matrix A of
v(t+1) = A v(t), where v are the first columns of V in the SVD H = V S U' of the delay embedding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from jaxtyping import Float

from dynashape.arguments import read_arguments
from dynashape.dissimilarity.activity import Activity, check_delays
from dynashape.dissimilarity.operator.decomposition import Directions, decompose
from dynashape.dissimilarity.operator.held_out import one_step_errors
from dynashape.dissimilarity.operator.trial_groups import read_in_groups
from dynashape.dissimilarity.operator.window_sums import find_windows, sum_by_group
from dynashape.errors import InputError
from dynashape.records import OK, Array, Code, Status


@dataclass(frozen=True, eq=False)
class Operator:
    """The operator of one system, and how far it can be trusted.

    Attributes
    ----------
    matrix : array of shape (rank, rank)
        Maps the coordinates of one step to those of the next. Coordinates are in order of the variance they carry.
    n_delays, delay_interval, rank, ridge
        The options with which it was fitted; `rank` is the number of coordinates.
    singular_values : array of shape (values,)
        All singular values of the delay embedding.
    explained_variance : float
        The share of the (uncentred) variance of the embedding in its first `rank` directions.
    effective_rank : float
        The participation ratio of the variances of all directions.
    numerical_rank : int
        The number of directions above rounding; a lower bound where it exceeds `rank`.
    one_step_error : float or None
        The share of the variance of the next step that the operator leaves unexplained in trials held out. None where
        too few windows are left to learn from, or where the activity does not vary.
    persistence_error : float or None
        The same for the prediction that nothing changes. None where the activity does not vary.
    status : Status
        Where it is not ok, the matrix is finite but not to be compared.
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
    status: Status = OK


@read_arguments()
def fit_operator(
    activity: Activity,
    n_delays: int,
    rank: int | float | str,
    delay_interval: int = 1,
    ridge: float = 1e-8,
    name: str = "activity",
) -> Operator:
    """Fit the one-step operator of a system in the leading coordinates of its delay embedding.

    Parameters
    ----------
    activity : array of shape (trials, steps, units) or (steps, units), or a list of such arrays
        All trials of one system, of any lengths. The arrays are not modified; what is computed is in float64.
    n_delays : int
        Number of steps in a window of the embedding.
    rank : int or float, or "svht"
        Number of coordinates; or the share of the variance that they carry, in (0, 1); or "svht" for the optimal
        threshold in white noise.
    delay_interval : int, default 1
        Number of steps between the delays of a window.
    ridge : float, default 1e-8
        Ridge of the regression, in coordinates of which all windows together have the Gram matrix I.
    name : str, default "activity"
        What errors and the status call the activity.

    Returns
    -------
    Operator
        The operator. It does not depend on the scale of the activity, nor on a rotation or order of its units. A system
        that is silent, or that holds fewer directions than `rank`, has a status and zeros where it holds nothing.

    Raises
    ------
    InputError
        Where the arrays, the delays or the rank cannot be worked with; one error lists every fault.

    Notes
    -----
    The definition is that of dsa-metric's default. Every window of every trial enters the SVD H = V S U' of the
    embedding, nothing is centred, and with V- the rows of windows and V+ those of the windows one step later,

        A = [(V-'V- + ridge I)^-1 V-'V+]'.

    Fewer windows than columns are fine.

    References
    ----------
    Ostrow et al. 2023, "Beyond geometry: comparing the temporal structure of computation in neural circuits with
    dynamical similarity analysis". Gavish & Donoho 2014, "The optimal hard threshold for singular values is 4/sqrt(3)".

    Examples
    --------
    >>> activity = np.random.default_rng(0).normal(size=(20, 30, 5)).cumsum(axis=1)
    >>> operator = fit_operator(activity, n_delays=3, rank=4)
    >>> operator.matrix.shape, operator.status.ok
    ((4, 4), True)
    """
    if not ridge >= 0.0:
        raise InputError(f"ridge must be at least 0; got {ridge!r}.")
    recording = read_in_groups(activity, name)
    check_delays(recording, n_delays, delay_interval, name)
    directions = decompose(recording, n_delays, delay_interval, rank)
    held = min(directions.rank, directions.numerical_rank)
    matrix = np.zeros((directions.rank, directions.rank))
    error = persistence = None
    if held:
        windows = find_windows(recording, directions, n_delays, delay_interval)
        sums = sum_by_group(windows)  # V-'V- is sums.squares, V-'V+ is sums.products
        factor = scipy.linalg.cho_factor(sums.squares[:held, :held] + ridge * np.eye(held), check_finite=False)
        matrix[:held, :held] = scipy.linalg.cho_solve(factor, sums.products[:held, :held], check_finite=False).T
        (error,), persistence = one_step_errors(windows, directions, [held], ridge, recording.precision)
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
