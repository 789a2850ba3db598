"""InputDSA (Huang et al. 2025) as a scikit-learn estimator: recurrent dynamics and the effect of the input, apart.

Apart, since a joint score that fits one rotation and applies it to both depends on how the two are weighed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from sklearn.base import BaseEstimator

from dynashape.arguments import read_arguments, read_options, real_array, shown
from dynashape.cores import on_one_blas_thread
from dynashape.dissimilarity.activity import name_systems, read_entries
from dynashape.dissimilarity.alignment.all_pairs import align_all
from dynashape.dissimilarity.estimator.doubts import find_doubts_of_driven
from dynashape.dissimilarity.estimator.facts import find_facts
from dynashape.dissimilarity.estimator.forgetting import forget
from dynashape.dissimilarity.estimator.warned import hear, tell
from dynashape.dissimilarity.inputs.input_operator import fit_input_operator
from dynashape.errors import InputError
from dynashape.records import OK, Array, Code, Status


class InputDSA(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Distances between all pairs of driven systems: of recurrent operators A, and of input operators B.

    Parameters
    ----------
    n_delays : int, default 4
        Number of steps before a state from which it is known (see `fit_input_operator`).
    rank : int, default 10
        Number of coordinates of a state.
    ridge : float, default 1e-8
        Ridge of the regression.
    same_channels : bool, default True
        Whether channel k is the same thing in every system. Otherwise the channels may be rotated as well, and may
        differ in number.
    effort : {"standard", "thorough"}
        How many starts an alignment tries, and for how long (see `EFFORTS`).
    progress : callable, optional
        Called as `progress(done, total)` while pairs are aligned.
    center : {"unit"}, optional
        Whether the mean of each unit, and of each input channel, is subtracted first.

    Attributes
    ----------
    state_distances_, input_distances_ : array of shape (systems, systems)
        Angular distances of A and of B, in radians. NaN where there is nothing to compare, which the statuses say.
    state_status_, input_status_ : Status
        Whether there is something to compare: a rotation brings all operators of rank 1 onto each other, up to their
        sign, and all inputs of one channel.
    gains_ : array of shape (systems,)
        The Frobenius norm of B, which the distances do not see: how far input of unit variance moves the state, in
        units of activity for one of input.
    operators_ : list of InputOperator
        The operators of each system.
    statuses_ : list of Status
        How the fit of each system went.
    alignments_ : Alignments
        Convergence and spread of every pair.
    doubts_ : tuple of Doubt
        Why fits may not be what they seem, also given as warnings (`DoubtWarning`), one of each kind.

    References
    ----------
    Huang et al. 2025, "InputDSA: demixing then comparing recurrent and externally driven dynamics".

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> inputs = [rng.normal(size=(30, 20, 2)) for _ in range(3)]
    >>> systems = [u.cumsum(axis=1) * 0.1 + rng.normal(size=u.shape) for u in inputs]
    >>> InputDSA(n_delays=2, rank=2).fit(systems, inputs).state_distances_.shape
    (3, 3)
    """

    def __init__(
        self,
        n_delays: int = 4,
        rank: int = 10,
        ridge: float = 1e-8,
        same_channels: bool = True,
        effort: str = "standard",
        progress: Callable[[int, int], None] | None = None,
        *,
        center: str | None = None,
    ) -> None:
        self.n_delays = n_delays
        self.rank = rank
        self.ridge = ridge
        self.same_channels = same_channels
        self.effort = effort
        self.progress = progress
        self.center = center

    @on_one_blas_thread
    def fit(self, X: Any, inputs: Any) -> InputDSA:
        """Identify every system from its activity and input, and compare all pairs.

        Parameters
        ----------
        X : list or mapping of arrays, or of lists of arrays
            The activity of each system, by its name in a mapping.
        inputs : list or mapping of arrays, or of lists of arrays
            The input of each system, step for step, with channels for units. A mapping has the names of X.

        Returns
        -------
        InputDSA
            The estimator itself.

        Raises
        ------
        InputError
            Lists every system that cannot be compared, with the remedy.

        Warns
        -----
        DoubtWarning
            One line for each kind of doubt about the fits.
        """
        names, activities, driving = _read_driven(X, inputs)
        given = read_options(self)
        forget(self)
        operators, facts, faults = [], [], []
        with hear() as heard:
            for name, activity, driven in zip(names, activities, driving, strict=True):
                try:
                    operator = fit_input_operator(
                        activity, driven, given.n_delays, given.rank, given.ridge, name, center=given.center
                    )
                except InputError as error:
                    faults.append(str(error).removesuffix("."))
                    continue
                if not operator.status.ok:
                    faults.append(f"{name} is {operator.status.code} ({operator.status.message})")
                operators.append(operator)
                facts.append(find_facts(activity, name))
        faults = list(dict.fromkeys(faults))
        channels = [operator.input_matrix.shape[1] for operator in operators]
        if given.same_channels and len(set(channels)) > 1:
            faults.append(f"systems have {channels} input channels; pass same_channels=False to compare them")
        if faults:
            raise InputError("; ".join(faults) + ".")
        alignments = align_all(operators, effort=given.effort, progress=given.progress)
        errors = [operator.one_step_error for operator in operators]
        self.doubts_ = find_doubts_of_driven(names, facts, errors, given.center)
        self.operators_ = operators
        self.statuses_ = [operator.status for operator in operators]
        self.alignments_ = alignments
        self.state_distances_, self.state_status_ = self.alignments_.square(), OK
        if given.rank == 1:
            self.state_distances_ = np.full_like(self.state_distances_, np.nan)
            self.state_status_ = Status(
                Code.NOTHING_TO_COMPARE, "operators of rank 1 differ in their sign alone; use rank >= 2"
            )
        self.input_distances_ = input_distances([o.input_matrix for o in operators], given.same_channels)
        self.input_status_ = _compared(self.input_distances_, given.rank)
        self.gains_ = np.array([float(np.linalg.norm(operator.input_matrix)) for operator in operators])
        tell(heard, None, self.doubts_)
        return self


def _read_driven(X: Any, inputs: Any) -> tuple[list[str], list[Any], list[Any]]:
    """The names of the systems, their activities and their inputs in one order."""
    own, given = read_entries(X), read_entries(inputs)
    if own is None or given is None or not 0 < len(own[0]) == len(given[0]):
        got = " and ".join(
            shown(each) if read is None else str(len(read[0])) for each, read in ((X, own), (inputs, given))
        )
        raise InputError(f"X and inputs of InputDSA.fit must be lists of equal, positive length. Got {got}.")
    driving = given[0]
    if own[1] is not None and given[1] is not None:
        if set(own[1]) != set(given[1]):
            raise InputError(f"X and inputs of InputDSA.fit must have the same names; got {own[1]} and {given[1]}.")
        driving = [dict(zip(given[1], driving, strict=True))[name] for name in own[1]]
    return name_systems(X), own[0], driving


def _read_matrices(name: str, given: Any) -> list[Float[Array, "rank _"]]:
    """Input operators as matrices of one rank whose squares are numbers; one InputError that lists every fault."""
    if not isinstance(given, list | tuple) and getattr(given, "ndim", 0) != 3:
        raise InputError(f"{name} must be a list of matrices (rank, channels); got {shown(given)}.")
    matrices = [real_array(f"{name}[{i}]", each).astype(np.float64) for i, each in enumerate(given)]
    faults = []
    for i, matrix in enumerate(matrices):
        if matrix.ndim != 2 or matrix.shape[0] != matrices[0].shape[0]:
            faults.append(f"{name}[{i}] must be (rank, channels), of one rank; got {shown(matrix)}")
        elif not np.isfinite(matrix).all():
            faults.append(f"{name}[{i}] holds NaN or infinity")
        elif not matrix.any():
            faults.append(f"the input of system {i} has no effect on it, so there is nothing to compare")
    if faults:
        raise InputError("; ".join(faults) + ".")
    # Of a power of two, a scale changes no digit; the squares of very large and very small numbers are none.
    return [matrix * np.exp2(-np.clip(np.floor(np.log2(np.abs(matrix).max())), -1000, 1000)) for matrix in matrices]


@on_one_blas_thread
@read_arguments(matrices=_read_matrices)
def input_distances(
    matrices: Sequence[Float[Array, "rank _"]], same_channels: bool = True
) -> Float[Array, "systems systems"]:
    """Compute the angles between input operators after the best rotation of the state, a metric.

    Parameters
    ----------
    matrices : sequence of array of shape (rank, channels)
        The input operator B of each system.
    same_channels : bool, default True
        Whether channel k is the same thing in every system. Otherwise the channels may be rotated too, which leaves the
        singular values to compare.

    Returns
    -------
    array of shape (systems, systems)
        In radians: the exact minimum over orthogonal C of the angle between one B and C times the other. NaN where
        there is nothing to compare: between two systems of one channel, which some C always brings onto each other,
        and of rank 1 where channels may be rotated, which leaves one singular value. Compare their sizes instead.

    Raises
    ------
    InputError
        Where a matrix is zero, which has no angle, holds no finite real numbers, or has another rank than the others.
    """
    size = max((matrix.shape[1] for matrix in matrices), default=0)
    units = [
        np.pad(matrix / float(np.linalg.norm(matrix)), ((0, 0), (0, size - matrix.shape[1]))) for matrix in matrices
    ]
    if not same_channels:
        units = [np.asarray(np.linalg.svd(unit, compute_uv=False))[:, None] for unit in units]
    out = np.zeros((len(units), len(units)))
    for i, first in enumerate(units):
        for j, second in enumerate(units[:i]):
            aligned = _best_rotation(first, second) @ second if same_channels else second
            out[i, j] = out[j, i] = 2 * np.arcsin(min(float(np.linalg.norm(first - aligned)) / 2, 1.0))
    # A rotation of the state alone cannot turn the row that is all of an operator of rank 1.
    single = np.array([1 in (matrix.shape[1:] if same_channels else matrix.shape) for matrix in matrices], dtype=bool)
    out[single[:, None] & single] = np.nan
    return out


def _compared(distances: Float[Array, "systems systems"], rank: int) -> Status:
    if not np.isnan(distances).any():
        return OK
    if rank == 1:
        return Status(
            Code.NOTHING_TO_COMPARE,
            "input operators of rank 1 or of one channel have one singular value, and no angle; use rank >= 2, or "
            "compare gains_, the sizes of B",
        )
    return Status(
        Code.NOTHING_TO_COMPARE,
        "systems with one input channel have nothing to compare by angle, since a rotation brings any two input "
        "operators onto each other; compare gains_, the sizes of B, or state_distances_",
    )


def _best_rotation(first: Float[Array, "rank channels"], second: Float[Array, "rank channels"]) -> Float[Array, "n n"]:
    left, _, right = np.linalg.svd(first @ second.T)
    return np.asarray(left @ right)
