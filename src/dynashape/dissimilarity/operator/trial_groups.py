"""Five groups of trials, of which each can be held out; laid out one after another, so that each is a slice."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

import numpy as np

from dynashape.dissimilarity.activity import Recording

N_GROUPS = 5


def group_trials(recording: Recording) -> Recording:
    """The recording with trials 0, 5, 10, ... first, then trials 1, 6, 11, ..., and so on.

    >>> from dynashape.dissimilarity.activity import read_activity
    >>> group_trials(read_activity([np.full((2 + k, 1), k) for k in range(7)])).lengths.tolist()
    [2, 7, 3, 8, 4, 5, 6]
    """
    if recording.n_trials <= N_GROUPS:
        return recording
    order = np.concatenate([np.arange(group, recording.n_trials, N_GROUPS) for group in range(N_GROUPS)])
    lengths = recording.lengths[order]
    # Row r of a trial that starts at s and has moved to t is row r + s - t of the table given.
    moved = np.repeat(recording.starts[order] - (np.cumsum(lengths) - lengths), lengths)
    return replace(recording, table=recording.table[np.arange(len(moved)) + moved], lengths=lengths)


def group_slices(n_trials: int) -> list[slice]:
    """The places of the groups among so many trials laid out by `group_trials`; empty groups are left out.

    >>> group_slices(7)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None), slice(5, 6, None), slice(6, 7, None)]
    """
    sizes = [len(range(group, n_trials, N_GROUPS)) for group in range(N_GROUPS)]
    return [slice(stop - size, stop) for size, stop in zip(sizes, accumulate(sizes), strict=True) if size]
