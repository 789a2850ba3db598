"""Five groups of trials, of which each can be held out; laid out one after another, so that each is a slice."""

from __future__ import annotations

from itertools import accumulate

from dynashape.dissimilarity.activity import Activity, Recording, check_activity, lay_out
from dynashape.records import Array

N_GROUPS = 5


def read_in_groups(activity: Activity, name: str = "activity", center: str | None = None) -> Recording:
    """The activity of one system, checked, with trials 0, 5, 10, ... first, then trials 1, 6, 11, ..., and so on.

    With `center="unit"` each unit's mean over all steps is taken off.

    >>> import numpy as np
    >>> read_in_groups([np.zeros((2 + k, 1)) for k in range(7)]).lengths.tolist()
    [2, 7, 3, 8, 4, 5, 6]
    """
    arrays, largest = check_activity(activity, name)
    groups: list[list[Array]] = [[] for _ in range(N_GROUPS)]
    n_before = 0
    for array in arrays:
        for k in range(min(N_GROUPS, len(array))):
            groups[(n_before + k) % N_GROUPS].append(array[k::N_GROUPS])
        n_before += len(array)
    return lay_out([array for group in groups for array in group], largest, centred=center == "unit", compact=True)


def group_slices(n_trials: int) -> list[slice]:
    """The places of the groups among so many trials read in groups; empty groups are left out.

    >>> group_slices(7)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None), slice(5, 6, None), slice(6, 7, None)]
    """
    sizes = [len(range(group, n_trials, N_GROUPS)) for group in range(N_GROUPS)]
    return [slice(stop - size, stop) for size, stop in zip(sizes, accumulate(sizes), strict=True) if size]
