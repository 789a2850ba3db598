"""One number of delays and one rank for a whole set of systems, chosen by how well they predict held-out trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dynashape.cores import on_one_blas_thread
from dynashape.dissimilarity.activity import Activity, Recording
from dynashape.dissimilarity.operator.decomposition import decompose
from dynashape.dissimilarity.operator.held_out import one_step_errors
from dynashape.dissimilarity.operator.trial_groups import read_in_groups
from dynashape.dissimilarity.operator.window_sums import find_windows
from dynashape.errors import InputError

DELAYS: tuple[int, ...] = (1, 2, 3, 4, 6, 8, 10)
RANKS: tuple[int, ...] = (3, 5, 7, 10, 15, 20, 30, 40)


@dataclass(frozen=True)
class Candidate:
    """One choice of delays and rank, and how well it predicts.

    Attributes
    ----------
    n_delays, rank : int
        The choice.
    error : float
        The geometric mean, over the systems, of the held-out one-step error.
    excess : float
        The mean of log(error) over the systems, above that of the best candidate.
    standard_error : float
        The standard error of this paired difference.
    """

    n_delays: int
    rank: int
    error: float
    excess: float
    standard_error: float


@dataclass(frozen=True)
class Selection:
    """The chosen delays and rank, and what they were chosen from.

    Attributes
    ----------
    n_delays, rank : int
        The choice.
    persistence_error : float
        The geometric mean of the error of "nothing changes" on the same steps.
    candidates : tuple of Candidate
        Every candidate that all systems allow, in order of rank, then delays.
    """

    n_delays: int
    rank: int
    persistence_error: float
    candidates: tuple[Candidate, ...]


@on_one_blas_thread
def select_delays_and_rank(
    activities: Sequence[Activity],
    delays: Sequence[int] = DELAYS,
    ranks: Sequence[int] = RANKS,
    delay_interval: int = 1,
    ridge: float = 1e-8,
) -> Selection:
    """Choose the smallest rank, then the fewest delays, that predict held-out trials as well as the best choice does.

    Parameters
    ----------
    activities : sequence of arrays, or of lists of arrays
        The activity of each system, as in `fit_operator`. Only operators of one rank can be aligned, so one choice is
        made for all systems.
    delays, ranks : sequence of int
        The numbers of delays and the ranks to choose from. Those that some system does not allow (too few steps, fewer
        directions above rounding) are left out.
    delay_interval, ridge
        As in `fit_operator`.

    Returns
    -------
    Selection
        The choice and its candidates.

    Raises
    ------
    InputError
        Where no candidate is left, or where a system does not vary in time.

    Notes
    -----
    Every choice is judged on the same steps, those that the longest embedding can predict. "As well" means within one
    standard error, over the systems, of the paired difference in log(error), or within 1 %: what more rank adds beyond
    that is noise, which alignment would compare as if it were dynamics.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> turn = 0.95 * np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
    >>> def rotations(n_trials, n_steps):
    ...     x = [rng.normal(size=(n_trials, 2))]
    ...     for _ in range(n_steps - 1):
    ...         x.append(x[-1] @ turn.T + 0.3 * rng.normal(size=(n_trials, 2)))
    ...     return np.stack(x, axis=1)
    >>> chosen = select_delays_and_rank([rotations(50, 30) for _ in range(4)], delays=(1, 2, 3), ranks=(1, 2, 4))
    >>> chosen.n_delays, chosen.rank
    (1, 2)
    """
    if not len(activities):
        raise InputError("activities must hold at least one system; got none.")
    recordings = [read_in_groups(each, f"activities[{i}]") for i, each in enumerate(activities)]
    steps = min(int(recording.lengths.min()) for recording in recordings)
    possible = [q for q in sorted(set(delays)) if q >= 1 and (q - 1) * delay_interval + 2 <= steps]
    if not possible:
        raise InputError(
            f"delays must hold a number that the shortest trial ({steps} steps) allows at delay_interval "
            f"{delay_interval}; got {list(delays)}."
        )
    first_step = (possible[-1] - 1) * delay_interval + 1
    errors: dict[tuple[int, int], list[float]] = {}
    persistence: list[float] = []
    for q in possible:
        columns = [_errors(r, q, delay_interval, ranks, ridge, first_step, i) for i, r in enumerate(recordings)]
        persistence = [before for _, before in columns]
        for rank in sorted(set(ranks)):
            if all(rank in found for found, _ in columns):
                errors[rank, q] = [found[rank] for found, _ in columns]
    if not errors:
        raise InputError(
            f"ranks must hold one that every system allows; got {list(ranks)}, more than the windows, columns or "
            "directions above rounding of some system. Add smaller ranks."
        )
    # A perfect prediction has no logarithm; below this all are perfect.
    logs = {key: np.log(np.maximum(values, 1e-30)) for key, values in errors.items()}
    best = logs[min(logs, key=lambda key: float(logs[key].mean()))]
    candidates = []
    for (rank, q), values in sorted(logs.items()):
        excess = values - best
        standard_error = float(excess.std(ddof=1) / np.sqrt(len(excess))) if len(excess) > 1 else 0.0
        candidates.append(Candidate(q, rank, float(np.exp(values.mean())), float(excess.mean()), standard_error))
    chosen = next(c for c in candidates if c.excess <= max(c.standard_error, 0.01))
    nothing_changes = float(np.exp(np.log(np.maximum(persistence, 1e-30)).mean()))
    return Selection(chosen.n_delays, chosen.rank, nothing_changes, tuple(candidates))


def _errors(
    recording: Recording,
    n_delays: int,
    delay_interval: int,
    ranks: Sequence[int],
    ridge: float,
    first_step: int,
    system: int,
) -> tuple[dict[int, float], float]:
    """The held-out errors of one system by rank, for the ranks that it allows; and the error of persistence."""
    n_windows = int(recording.lengths.sum()) - recording.n_trials * (n_delays - 1) * delay_interval
    most = min(n_windows, n_delays * recording.n_units)
    wanted = [rank for rank in sorted(set(ranks)) if 1 <= rank <= most]
    directions = decompose(recording, n_delays, delay_interval, wanted[-1] if wanted else 1)
    wanted = [rank for rank in wanted if rank <= directions.numerical_rank]
    windows = find_windows(recording, directions, n_delays, delay_interval)
    found, persistence = one_step_errors(windows, directions, wanted or [1], ridge, recording.precision, first_step)
    if persistence is None:
        raise InputError(f"activities[{system}] does not vary in time, so no choice predicts it; leave the system out.")
    return {rank: error for rank, error in zip(wanted, found, strict=False) if error is not None}, persistence
