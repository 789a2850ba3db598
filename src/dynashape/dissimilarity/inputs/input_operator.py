"""The operators of a driven system, x(t+1) = A x(t) + B u(t): what it does by itself, and what its input does to it.

Subspace identification: the state is what the past of activity and input tells about the coming activity once the
coming input is known (Van Overschee & De Moor 1996, "Subspace Identification for Linear Systems", chapter 4, with the
states taken from one linear map of the past). InputDSA (Huang et al. 2025) compares systems by it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from jaxtyping import Float, Int

from dynashape.cores import on_one_blas_thread
from dynashape.dissimilarity.activity import Activity, Recording, read_activity
from dynashape.dissimilarity.operator.embedding import build_embedding, embedding_rows, has_next
from dynashape.errors import InputError
from dynashape.records import OK, Array, Code, Status

# Below this share of the largest, a direction of the regressors is rounding or ridge, not data.
_CUTOFF = 1e-8
# State and input that share more than all but this (as a sine) leave B to chance.
_LEAST_ANGLE = 1e-4


@dataclass(frozen=True, eq=False)
class InputOperator:
    """The two operators of a driven system, in coordinates that depend on how it is seen and not on how it is driven.

    Attributes
    ----------
    matrix : array of shape (rank, rank)
        The recurrent operator A.
    input_matrix : array of shape (rank, channels)
        The input operator B.
    n_delays, rank : int
        The options with which it was fitted.
    singular_values : array of shape (values,)
        The singular values of the predicted future, from which the rank can be read.
    unexplained : float
        The share of the next state that A and B leave unexplained.
    status : Status
        Where it is not ok, the operators are finite but not to be compared.
    """

    matrix: Float[Array, "rank rank"]
    input_matrix: Float[Array, "rank channels"]
    n_delays: int
    rank: int
    singular_values: Float[Array, " values"]
    unexplained: float
    status: Status = OK


@on_one_blas_thread
def fit_input_operator(
    activity: Activity,
    inputs: Activity,
    n_delays: int,
    rank: int,
    ridge: float = 1e-8,
    name: str = "activity",
) -> InputOperator:
    """Fit A and B of x(t+1) = A x(t) + B u(t) to the activity of a system and the input that drove it.

    Parameters
    ----------
    activity : array of shape (trials, steps, units) or (steps, units), or a list of such arrays
        All trials of one system. Its first `rank` principal directions are used.
    inputs : array of shape (trials, steps, channels) or (steps, channels), or a list of such arrays
        The input, step for step: the input at t acts on the step after t.
    n_delays : int
        The state at t is a linear function of the `n_delays` steps before t, chosen to predict the `n_delays` steps
        from t on. Windows never cross trials, so a trial needs 2 n_delays + 1 steps.
    rank : int
        Number of coordinates of a state.
    ridge : float, default 1e-8
        Ridge of the regression.
    name : str, default "activity"
        What errors and the status call the activity.

    Returns
    -------
    InputOperator
        The operators. An input that is a function of the state, or of its own other channels, leaves B undetermined,
        which its status says.

    Raises
    ------
    InputError
        Where arrays, delays or rank cannot be worked with.

    Notes
    -----
    The map from the state to the coming activity (the extended observability matrix) has orthonormal columns. That
    fixes the state up to a rotation, from A and the readout alone. White states, as in `fit_operator` and in Huang et
    al., would turn A with the drive: systems of equal A would come out as far apart as others.

    References
    ----------
    Van Overschee & De Moor 1996, "Subspace Identification for Linear Systems", chapter 4. Huang et al. 2025, "InputDSA:
    demixing then comparing recurrent and externally driven dynamics".

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> u, x = rng.normal(size=(40, 30, 1)), np.zeros((40, 30, 1))
    >>> for t in range(29):
    ...     x[:, t + 1] = 0.7 * x[:, t] + u[:, t]
    >>> fit_input_operator(x, u, n_delays=2, rank=1).matrix.round(6).tolist()
    [[0.7]]
    """
    recording, driven = read_activity(activity, name), read_activity(inputs, f"inputs of {name}")
    _check(recording, driven, n_delays, rank, name)
    n_channels = driven.n_units
    _, directions = np.linalg.eigh(recording.table.T @ recording.table)
    seen = Recording(
        recording.table @ directions[:, ::-1][:, :rank], recording.lengths, recording.scale, recording.precision
    )
    rows = embedding_rows(recording, n_delays, 1)
    past = np.hstack([build_embedding(r, rows, n_delays, 1) for r in (seen, driven)])
    full = np.flatnonzero(_steps_left(recording, rows) >= n_delays)
    coming = [build_embedding(r, rows[full] + n_delays, n_delays, 1) for r in (seen, driven)]
    # The future from past and coming input together; of this the past's part alone is what the state knows.
    regressors = np.hstack([past[full], coming[1]])
    weights = scipy.linalg.lstsq(regressors, coming[0], cond=_CUTOFF, check_finite=False)[0][: past.shape[1]]
    _, values, axes = scipy.linalg.svd(past[full] @ weights, full_matrices=False, check_finite=False)
    n_held = int(np.sum(values > max(recording.precision, _CUTOFF) * values[0])) if values[0] > 0 else 0
    held = min(rank, n_held)
    A, B, unexplained, determined = np.zeros((rank, rank)), np.zeros((rank, n_channels)), 1.0, True
    if held:
        # Not divided by the singular values: white states would turn with the strength of the drive in each direction.
        states = past @ (weights @ axes[:held].T)
        signs = np.where(np.einsum("ij,ij,ij->j", states, states, states) < 0.0, -1.0, 1.0)
        states *= signs
        now = np.flatnonzero(has_next(recording, rows))
        push = driven.table[rows[now] + 1]
        step, unexplained, determined = _regress(states[now], push, states[now + 1], ridge)
        A[:held, :held], B[:held] = step[:held].T, step[held:].T * (recording.scale / driven.scale)
    return InputOperator(A, B, int(n_delays), int(rank), values, unexplained, _status(rank, n_held, determined, name))


def _regress(
    states: Float[Array, "pairs held"],
    push: Float[Array, "pairs channels"],
    later: Float[Array, "pairs held"],
    ridge: float,
) -> tuple[Float[Array, "regressors held"], float, bool]:
    """The weights of the next state on state and input, the share left unexplained, and whether B is determined."""
    regressors = np.hstack([states, push])
    gram = regressors.T @ regressors
    # In columns of unit norm the ridge weighs on all alike, and the smallest eigenvalue shows what is not determined:
    # it is about the squared sine between a column and the rest.
    norms = np.sqrt(np.maximum(np.diag(gram), np.finfo(np.float64).tiny))
    gram = gram / norms / norms[:, None]
    least = float(scipy.linalg.eigvalsh(gram)[0])
    gram[np.diag_indices_from(gram)] += max(ridge, float(np.finfo(np.float64).eps))
    products = regressors.T @ later / norms[:, None]
    step = np.asarray(scipy.linalg.solve(gram, products, assume_a="pos", check_finite=False)) / norms[:, None]
    left = float(np.linalg.norm(later - regressors @ step) ** 2 / np.linalg.norm(later) ** 2)
    return step, left, least > _LEAST_ANGLE**2


def _steps_left(recording: Recording, rows: Int[Array, " rows"]) -> Int[Array, " rows"]:
    ends = np.repeat(recording.starts + recording.lengths, recording.lengths)
    return np.asarray(ends[rows] - 1 - rows)


def _check(recording: Recording, driven: Recording, n_delays: int, rank: int, name: str) -> None:
    faults = []
    if recording.lengths.tolist() != driven.lengths.tolist():
        faults.append(
            f"the inputs of {name} must have its trials and steps; got {driven.n_trials} trials with "
            f"{len(driven.table)} steps in all for {recording.n_trials} with {len(recording.table)}"
        )
    steps = int(recording.lengths.min())
    if not 1 <= n_delays <= (steps - 1) // 2:
        faults.append(
            f"n_delays must lie in 1..{(steps - 1) // 2} (the {steps} steps of the shortest trial of {name} must "
            f"hold as many steps before a state as after it); got {n_delays}"
        )
    else:
        windows = int(np.sum(recording.lengths - 2 * n_delays + 1))
        most = min(n_delays * recording.n_units, windows)
        if not 1 <= rank <= most:
            faults.append(
                f"rank must lie in 1..{most}, the smaller of {windows} windows and {n_delays} delays x "
                f"{recording.n_units} units; got {rank}"
            )
    if faults:
        raise InputError("; ".join(faults) + ".")


def _status(rank: int, n_held: int, determined: bool, name: str) -> Status:
    if n_held == 0:
        return Status(Code.SILENT, f"the past of {name} says nothing about its future; leave the system out")
    if rank > n_held:
        return Status(
            Code.RANK_DEFICIENT,
            f"the future of {name} has {n_held} directions above rounding, rank asks for {rank}; use rank <= {n_held}",
        )
    if not determined:
        return Status(
            Code.UNDETERMINED,
            f"the inputs of {name} follow from its state or from each other, so B is not determined; leave out "
            "channels that never vary, or drive the system with noise in every channel",
        )
    return OK
