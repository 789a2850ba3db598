"""The linear operator of a system: activity -> delay embedding -> its leading coordinates -> regression on the past.

This is the per-system half of DSA (Ostrow et al. 2023): what is compared between systems is the matrix A of
v(t+1) = A v(t), where v are the first columns of V in the SVD H = V S U' of the delay embedding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from dynashape.arguments import read_arguments
from dynashape.cores import on_one_blas_thread
from dynashape.dissimilarity.activity import Activity, check_delays
from dynashape.dissimilarity.operator.decomposition import Directions, check_rank, check_rank_form, decompose
from dynashape.dissimilarity.operator.held_out import one_step_errors
from dynashape.dissimilarity.operator.regression import REGRESSIONS, regress
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
        Maps the coordinates of one step to those `steps_ahead` steps on. Coordinates are in order of the variance they
        carry.
    n_delays, delay_interval, rank, ridge, center, regression, steps_ahead
        The options with which it was fitted; `rank` is the number of coordinates.
    singular_values : array of shape (values,)
        All singular values of the delay embedding.
    explained_variance : float
        The share of the variance of the embedding in its first `rank` directions; about zero, where nothing is centred.
    effective_rank : float
        The participation ratio of the variances of all directions.
    numerical_rank : int
        The number of directions above rounding; a lower bound where it exceeds `rank`.
    one_step_error : float or None
        The share of the variance of the step that is predicted (`steps_ahead` steps on) that the operator leaves
        unexplained in trials held out. None where too few windows are left to learn from, or where the activity does
        not vary.
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
    center: str | None = None
    regression: str = "ols"
    steps_ahead: int = 1


@dataclass(frozen=True)
class FitOptions:
    """The options of a fit but its rank (see `fit_operator`); an `InputError` where one is impossible."""

    n_delays: int
    delay_interval: int
    ridge: float
    center: str | None
    regression: str
    steps_ahead: int

    def __post_init__(self) -> None:
        """Check what can be checked without activity."""
        faults = []
        if not self.ridge >= 0.0:
            faults.append(f"ridge must be at least 0; got {self.ridge!r}")
        if self.center not in (None, "unit"):
            faults.append(f'center must be None or "unit"; got {self.center!r}')
        if self.regression not in REGRESSIONS:
            faults.append(f'regression must be "ols" or "tls"; got {self.regression!r}')
        if faults:
            raise InputError("; ".join(faults) + ".")


@on_one_blas_thread
@read_arguments()
def fit_operator(
    activity: Activity,
    n_delays: int,
    rank: int | float | str,
    delay_interval: int = 1,
    ridge: float = 1e-8,
    name: str = "activity",
    *,
    center: str | None = None,
    regression: str = "ols",
    steps_ahead: int = 1,
) -> Operator:
    """Fit the operator of a system in the leading coordinates of its delay embedding.

    Parameters
    ----------
    activity : array of shape (trials, steps, units) or (steps, units), or a list of such arrays
        All trials of one system, of any lengths. The arrays are not modified; what is computed is in float64.
    n_delays : int
        Number of steps in a window of the embedding.
    rank : int or float, or "svht"
        Number of coordinates; or the share of the variance that they carry, in (0, 1); or "svht" for the optimal
        threshold in white noise. Between operators of rank 1 there is nothing to align.
    delay_interval : int, default 1
        Number of steps between the delays of a window.
    ridge : float, default 1e-8
        Ridge of the regression, in coordinates of which all windows together have the Gram matrix I.
    name : str, default "activity"
        What errors and the status call the activity.
    center : {None, "unit"}
        With "unit", each unit's mean over all steps of all trials is taken off first. A constant offset is otherwise
        a direction of its own, often the first.
    regression : {"ols", "tls"}
        Least squares, or total least squares, which takes as much noise in the steps that it predicts from as in those
        that it predicts. See the notes for what total least squares cannot hear.
    steps_ahead : int, default 1
        How many steps on the operator predicts. In fine bins a single step changes next to nothing, and every operator
        is nearly the identity.

    Returns
    -------
    Operator
        The operator. It does not depend on the scale of the activity, nor on a rotation or order of its units. A system
        that is silent, that holds fewer directions than `rank`, or of which only one direction is left to compare, has
        a status, and zeros where it holds nothing.

    Raises
    ------
    InputError
        Where the arrays, the delays or the rank cannot be worked with; one error lists every fault.

    Notes
    -----
    The default is the definition of dsa-metric's default. Every window of every trial enters the SVD H = V S U' of the
    embedding, nothing is centred, and with V- the rows of windows and V+ those of the windows `steps_ahead` later,

        A = [(V-'V- + ridge I)^-1 V-'V+]'.

    Fewer windows than columns are fine.

    Least squares shrinks A by the noise of V-, so two recordings of one system that differ in their noise differ in A.
    Total least squares takes the `rank` smallest axes (W1, W2) of [V- V+], and A = -(W1 W2^-1)'. In
    stationary activity, where V- and V+ have nearly the Gram matrix I, that is nearly the orthogonal factor of V-'V+:
    the angles by which the system turns, with far less of the shrinkage by noise, but also with hardly any of the decay
    of the system itself. Use it to compare systems by their frequencies at the right rank; in stationary activity it
    hardly tells apart systems that differ in how fast they decay. In trials that run down the Gram matrices differ, and
    it hears the decay too.

    References
    ----------
    Ostrow et al. 2023, "Beyond geometry: comparing the temporal structure of computation in neural circuits with
    dynamical similarity analysis". Gavish & Donoho 2014, "The optimal hard threshold for singular values is 4/sqrt(3)".
    Golub & Van Loan 1980, "An analysis of the total least squares problem".

    Examples
    --------
    >>> activity = np.random.default_rng(0).normal(size=(20, 30, 5)).cumsum(axis=1)
    >>> operator = fit_operator(activity, n_delays=3, rank=4)
    >>> operator.matrix.shape, operator.status.ok
    ((4, 4), True)
    """
    options = FitOptions(n_delays, delay_interval, ridge, center, regression, steps_ahead)
    check_rank_form(rank)
    return fit_with_options(activity, rank, options, name)[0]


def fit_with_options(
    activity: Activity, rank: int | float | str, options: FitOptions, name: str, asked: str = "", fewer: bool = False
) -> tuple[Operator, int]:
    """The operator of `fit_operator`, and how many directions the rule for its rank found.

    `asked` says in errors and the status who wants so many directions, where that is not `rank`. With `fewer`, a system
    with fewer columns or windows than `rank` has a status as well and no error.
    """
    n_delays, delay_interval, ridge = options.n_delays, options.delay_interval, options.ridge
    recording = read_in_groups(activity, name, options.center)
    check_delays(recording, n_delays, delay_interval, name, options.steps_ahead)
    if not fewer:
        check_rank(recording, rank, n_delays, delay_interval, name, asked)
    directions = decompose(recording, n_delays, delay_interval, rank)
    held = min(directions.rank, directions.numerical_rank)
    matrix = np.zeros((directions.rank, directions.rank))
    error = persistence = None
    determined = True
    if held:
        windows = find_windows(recording, directions, n_delays, delay_interval, options.steps_ahead)
        sums = sum_by_group(windows)  # V-'V- is sums.squares, V-'V+ is sums.products
        squares, products, later = (s[:held, :held] for s in (sums.squares, sums.products, sums.squares_later))
        step = regress(squares, products, later, np.full(held, ridge), options.regression)
        determined = step is not None
        if step is not None:
            matrix[:held, :held] = step.T
        (error,), persistence = one_step_errors(
            windows, directions, [held], ridge, recording.precision, regression=options.regression
        )
    values = directions.singular_values
    shares = (values / values[0]) ** 2 if values[0] > 0.0 else values
    total = float(np.sum(shares))
    operator = Operator(
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
        status=_status(directions, rank, asked, options, determined, name),
        center=options.center,
        regression=options.regression,
        steps_ahead=int(options.steps_ahead),
    )
    return operator, directions.n_found


def _status(
    directions: Directions, rank: int | float | str, asked: str, options: FitOptions, determined: bool, name: str
) -> Status:
    if directions.numerical_rank == 0:
        if options.center:
            message = f"every unit of {name} stays at its mean, so it has no dynamics; leave the system out"
            return Status(Code.UNVARYING, message)
        return Status(Code.SILENT, f"every value of {name} is zero, so it has no dynamics; leave the system out")
    if directions.rank > directions.numerical_rank:
        return Status(
            Code.RANK_DEFICIENT,
            f"{name} holds {directions.numerical_rank} directions above rounding, "
            f"{asked or f'rank asks for {directions.rank}'}; "
            f"use rank <= {directions.numerical_rank}, or activity with noise",
        )
    if directions.rank == 1:
        return Status(Code.TOO_FEW_DIRECTIONS, too_few_directions(rank, directions.n_found, name))
    if not determined:
        return Status(
            Code.UNDETERMINED,
            f"some direction of {name} tells nothing about its own future, so total least squares has no solution; "
            'use a lower rank, or regression="ols"',
        )
    return OK


def too_few_directions(rank: int | float | str, n_found: int, name: str) -> str:
    """What happened where so few directions were found that operators cannot be aligned, and the remedy."""
    nothing = "of operators of rank 1 nothing is left to align (all distances are 0 or pi)"
    if rank == "svht":
        if not n_found:
            return f'rank="svht" finds no direction of {name} above noise; give rank >= 2, or leave the system out'
        return f'rank="svht" finds one direction of {name} above noise, and {nothing}; give rank >= 2'
    if isinstance(rank, float):
        return (
            f"one direction of {name} carries the share rank={rank:g} of the variance, and {nothing}; give rank >= 2, "
            'a larger share, or center="unit" where that direction is an offset'
        )
    return f"rank is 1 for {name}, and {nothing}; give rank >= 2, with more delays where there is one unit"
