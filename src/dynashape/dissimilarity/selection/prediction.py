"""How well choices predict held-out trials, all judged on the same steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Float

from dynashape.cores import spread
from dynashape.dissimilarity.activity import Recording
from dynashape.dissimilarity.operator.decomposition import decompose
from dynashape.dissimilarity.operator.held_out import one_step_errors
from dynashape.dissimilarity.operator.window_sums import find_windows
from dynashape.dissimilarity.selection.candidates import Prediction
from dynashape.dissimilarity.selection.nested import Options, allowed_ranks
from dynashape.records import Array

Choice = tuple[int, int]
"""A rank and a number of delays, in the order in which choices are preferred."""


def predict(
    recordings: Sequence[Recording],
    choices: Sequence[Choice],
    options: Options,
    n_jobs: int | None,
    progress: Callable[[int, int], None] | None,
) -> dict[Choice, Prediction]:
    """The prediction of each of the choices that all systems allow."""
    delays = sorted({q for _, q in choices})
    ranks = sorted({rank for rank, _ in choices})
    first_step = (delays[-1] - 1) * options.delay_interval + options.steps_ahead
    tasks = [(q, recording) for q in delays for recording in recordings]
    found = spread(lambda task: _errors(task[1], task[0], ranks, options, first_step), tasks, n_jobs, progress)
    by_delays = {q: found[k * len(recordings) : (k + 1) * len(recordings)] for k, q in enumerate(delays)}
    errors = {
        (rank, q): np.array([each[rank] for each, _ in by_delays[q]])
        for rank, q in choices
        if all(rank in each for each, _ in by_delays[q])
    }
    persistence = _mean([before for _, before in by_delays[delays[-1]]])
    # A perfect prediction has no logarithm; below this all are perfect.
    logs = {choice: np.log(np.maximum(values, 1e-30)) for choice, values in errors.items()}
    best = logs[min(logs, key=lambda choice: float(logs[choice].mean()))] if logs else np.zeros(0)
    return {
        choice: Prediction(_mean(errors[choice]), persistence, float((log - best).mean()), standard_error(log - best))
        for choice, log in logs.items()
    }


def predict_best(predictions: Mapping[Choice, Prediction]) -> list[Choice]:
    """The choices that predict as well as the best one, within a standard error or 1 %; the smallest rank first."""
    return sorted(choice for choice, found in predictions.items() if found.excess <= max(found.standard_error, 0.01))


def standard_error(differences: Float[Array, " systems"]) -> float:
    """The standard error of a mean of differences; 0 of a single one."""
    return float(differences.std(ddof=1) / np.sqrt(len(differences))) if len(differences) > 1 else 0.0


def _mean(errors: Sequence[float] | Float[Array, " systems"]) -> float:
    return float(np.exp(np.log(np.maximum(errors, 1e-30)).mean()))


def _errors(
    recording: Recording, n_delays: int, ranks: Sequence[int], options: Options, first_step: int
) -> tuple[dict[int, float], float]:
    """The held-out errors of one system by rank, for the ranks that it allows; and the error of persistence."""
    wanted = allowed_ranks(recording, n_delays, options.delay_interval, ranks)
    directions = decompose(recording, n_delays, options.delay_interval, wanted[-1] if wanted else 1)
    wanted = [rank for rank in wanted if rank <= directions.numerical_rank]
    windows = find_windows(recording, directions, n_delays, options.delay_interval, options.steps_ahead)
    found, persistence = one_step_errors(
        windows, directions, wanted or [1], options.ridge, recording.precision, first_step, options.regression
    )
    if persistence is None:
        return {}, float("nan")
    return {rank: error for rank, error in zip(wanted, found, strict=False) if error is not None}, persistence
