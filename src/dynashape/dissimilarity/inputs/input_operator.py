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

from dynashape.arguments import read_arguments
from dynashape.cores import on_one_blas_thread
from dynashape.dissimilarity.activity import Activity, Recording, check_activity, lay_out
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
    one_step_error : float or None
        The share of the variance of the next step (of the directions that are used) that the past of activity and input
        leaves unexplained in trials held out; each unit's mean leaves 1. None for a single trial.
    center : str or None
        The option with which it was fitted.
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
    one_step_error: float | None = None
    center: str | None = None


@on_one_blas_thread
@read_arguments()
def fit_input_operator(
    activity: Activity,
    inputs: Activity,
    n_delays: int,
    rank: int,
    ridge: float = 1e-8,
    name: str = "activity",
    *,
    center: str | None = None,
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
    center : {"unit"}, optional
        Whether the mean of each unit, and of each input channel, is subtracted first.

    Returns
    -------
    InputOperator
        The operators. An input that never varies, or that is a function of the state or of its own other channels,
        leaves B undetermined, which its status says, with the channels.

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
    # Silence at the end of trials is a common input, and no sign of trials that were filled up.
    if center not in (None, "unit"):
        raise InputError(f'center must be None or "unit"; got {center!r}.')
    recording = lay_out(*check_activity(activity, name), centred=center is not None)
    driven = lay_out(*check_activity(inputs, f"inputs of {name}", doubted=False), centred=center is not None)
    _check(recording, driven, n_delays, rank, ridge, name)
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
    A, B, unexplained, tied = np.zeros((rank, rank)), np.zeros((rank, n_channels)), 1.0, np.zeros(0, dtype=int)
    if held:
        # Not divided by the singular values: white states would turn with the strength of the drive in each direction.
        states = past @ (weights @ axes[:held].T)
        signs = np.where(np.einsum("ij,ij,ij->j", states, states, states) < 0.0, -1.0, 1.0)
        states *= signs
        now = np.flatnonzero(has_next(recording, rows))
        push = driven.table[rows[now] + 1]
        step, unexplained, tied = _regress(states[now], push, states[now + 1], ridge)
        A[:held, :held], B[:held] = step[:held].T, step[held:].T * (recording.scale / driven.scale)
    still = np.flatnonzero(np.ptp(driven.table, axis=0) <= driven.precision * np.abs(driven.table).max(axis=0))
    status = _status(rank, n_held, still, tied, n_channels, name)
    error = _held_out(seen, past, rows)
    return InputOperator(A, B, n_delays, rank, values, unexplained, status, error, center)


def _held_out(seen: Recording, past: Float[Array, "rows regressors"], rows: Int[Array, " rows"]) -> float | None:
    """The error of the next step in trials held out, even ones by odd ones and the reverse; a mean's is 1."""
    if seen.n_trials < 2:
        return None
    now = np.flatnonzero(has_next(seen, rows))
    given = np.hstack([past[now], np.ones((len(now), 1))])
    target = seen.table[rows[now] + 1]
    odd = np.repeat(np.arange(seen.n_trials) % 2, seen.lengths)[rows[now]] == 1
    if odd.all() or not odd.any():
        return None
    left = total = 0.0
    for held in (odd, ~odd):
        weights = scipy.linalg.lstsq(given[~held], target[~held], cond=_CUTOFF, check_finite=False)[0]
        left += float(np.sum((target[held] - given[held] @ weights) ** 2))
        total += float(np.sum((target[held] - target[~held].mean(axis=0)) ** 2))
    return left / total if total > 0.0 else None


def _regress(
    states: Float[Array, "pairs held"],
    push: Float[Array, "pairs channels"],
    later: Float[Array, "pairs held"],
    ridge: float,
) -> tuple[Float[Array, "regressors held"], float, Int[Array, " tied"]]:
    """The weights of the next state on state and input, the share left unexplained, and the channels that are tied.

    Tied channels follow from the state or from each other, so that their weights are not determined.
    """
    regressors = np.hstack([states, push])
    gram = regressors.T @ regressors
    # In columns of unit norm the ridge weighs on all alike, and the smallest eigenvalue shows what is not determined:
    # it is about the squared sine between a column and the rest.
    norms = np.sqrt(np.maximum(np.diag(gram), np.finfo(np.float64).tiny))
    gram = gram / norms / norms[:, None]
    least, direction = scipy.linalg.eigh(gram, subset_by_index=[0, 0])
    weights = np.abs(direction[states.shape[1] :, 0])
    tied = np.flatnonzero(weights > 0.1 * np.abs(direction).max()) if least[0] <= _LEAST_ANGLE**2 else np.zeros(0, int)
    gram[np.diag_indices_from(gram)] += max(ridge, float(np.finfo(np.float64).eps))
    products = regressors.T @ later / norms[:, None]
    step = np.asarray(scipy.linalg.solve(gram, products, assume_a="pos", check_finite=False)) / norms[:, None]
    left = float(np.linalg.norm(later - regressors @ step) ** 2 / np.linalg.norm(later) ** 2)
    return step, left, tied


def _steps_left(recording: Recording, rows: Int[Array, " rows"]) -> Int[Array, " rows"]:
    ends = np.repeat(recording.starts + recording.lengths, recording.lengths)
    return np.asarray(ends[rows] - 1 - rows)


def _check(recording: Recording, driven: Recording, n_delays: int, rank: int, ridge: float, name: str) -> None:
    faults = []
    if ridge < 0.0:
        faults.append(f"ridge must be at least 0; got {ridge}")
    if recording.lengths.tolist() != driven.lengths.tolist():
        faults.append(
            f"the inputs of {name} must have its trials and steps; got {driven.n_trials} trials with "
            f"{len(driven.table)} steps in all for {recording.n_trials} with {len(recording.table)}"
        )
        # One channel without its axis, (trials, steps), reads as one trial of that many steps.
        if driven.n_trials == 1 and driven.table.shape == (recording.n_trials, recording.lengths.max()):
            faults[-1] += "; they have no axis of channels: give inputs[:, :, None]"
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


def _status(
    rank: int, n_held: int, still: Int[Array, " still"], tied: Int[Array, " tied"], n_channels: int, name: str
) -> Status:
    """How the fit went, given the channels that never vary and those that follow from the state or each other."""
    if n_held == 0:
        return Status(Code.SILENT, f"the past of {name} says nothing about its future; leave the system out")
    if len(still) == n_channels:
        return Status(
            Code.UNDETERMINED, f"no input of {name} ever varies, so nothing drives it; use DSA, which needs no input"
        )
    if rank > n_held:
        return Status(
            Code.RANK_DEFICIENT,
            f"the future of {name} has {n_held} directions above rounding, rank asks for {rank}; use rank <= {n_held}",
        )
    if not len(tied):
        return OK
    if len(still):
        return Status(
            Code.UNDETERMINED,
            f"{_channels(still)} of {name} never var{'y' if len(still) > 1 else 'ies'}, so B is not determined; leave "
            f"{'them' if len(still) > 1 else 'it'} out",
        )
    return Status(
        Code.UNDETERMINED,
        f"{_channels(tied)} of {name} follow{'' if len(tied) > 1 else 's'} from its state or from other inputs, so B "
        "is not determined; leave such channels out, or drive the system with noise in every channel",
    )


def _channels(numbers: Int[Array, " channels"]) -> str:
    return f"input channel{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers.tolist()))}"
