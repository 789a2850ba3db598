"""Trials that seem to be filled up with zeros to one length: data of which no dynamics is the cause."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Int, Shaped

from dynashape.records import Array


def zero_tails(arrays: Sequence[Shaped[Array, "_ _ _"]], name: str) -> str:
    """A sentence where some trials end in whole steps of zeros, longer than any elsewhere; empty otherwise.

    In sparse counts steps of zeros are common, and no longer at the ends of trials than within them.
    """
    if not any(not np.any(array[:, -1], axis=-1).all() for array in arrays):
        return ""
    runs = [_runs_of_zeros(~np.any(array, axis=-1)) for array in arrays]
    within = max(each[0] for each in runs)
    tails = np.concatenate([tail for _, tail in runs])
    filled = tails[tails > within]
    if not len(filled):
        return ""
    shortest, longest = int(filled.min()), int(filled.max())
    many = f"{longest}" if shortest == longest else f"{shortest} to {longest}"
    return (
        f"{len(filled)} of {len(tails)} trials of {name} end in {many} steps that are zero in all units, as where "
        "trials that ended early are filled up; if they are, give a list of trials cut to their length, which "
        "dynashape.read_trials(x, pad=0) makes"
    )


def _runs_of_zeros(zero: Bool[Array, "trials steps"]) -> tuple[int, Int[Array, " trials"]]:
    """The longest run of zero steps that does not end a trial, and the run that ends each; silent trials have none."""
    heard = zero[~zero.all(axis=1)]
    tails = np.argmax(~heard[:, ::-1], axis=1) if len(heard) else np.zeros(0, dtype=np.int64)
    within = heard & (np.arange(zero.shape[1]) < zero.shape[1] - tails[:, None])
    edges = np.diff(np.pad(within, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    runs = np.nonzero(edges < 0)[1] - np.nonzero(edges > 0)[1]
    silent = np.zeros(len(zero) - len(heard), dtype=np.int64)
    return int(runs.max(initial=0)), np.concatenate([tails, silent])
