"""Trials that seem to be filled up with zeros to one length: data of which no dynamics is the cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Int, Shaped

from dynashape.records import Array

# So many equal steps are no chance.
_LEAST = 3


def zero_tails(arrays: Sequence[Shaped[Array, "_ _ _"]], name: str) -> str:
    """A sentence where some trials end in whole steps of zeros, longer than any elsewhere; empty otherwise.

    In sparse counts steps of zeros are common, and no longer at the ends of trials than within them.
    """
    if not any(not np.any(array[:, -1], axis=-1).all() for array in arrays):
        return _constant_tails(arrays, name)
    runs = [_runs_of_zeros(~np.any(array, axis=-1)) for array in arrays]
    within = max(each[0] for each in runs)
    tails = np.concatenate([tail for _, tail in runs])
    filled = tails[tails > within]
    if not len(filled):
        return _constant_tails(arrays, name)
    shortest, longest = int(filled.min()), int(filled.max())
    many = f"{longest}" if shortest == longest else f"{shortest} to {longest}"
    return (
        f"{len(filled)} of {len(tails)} trials of {name} end in {many} steps that are zero in all units, as where "
        "trials that ended early are filled up; if they are, give a list of trials cut to their length, which "
        "dynashape.read_trials(x, pad=0) makes"
    )


def _constant_tails(arrays: Sequence[Shaped[Array, "_ _ _"]], name: str) -> str:
    """The same where the zeros became something else, as by subtracting a mean: several trials end in one vector."""
    ends = [trial[-1] for array in arrays if array.shape[1] >= _LEAST for trial in array if _ends_still(trial)]
    counts = Counter(end.tobytes() for end in ends if end.any())
    shared = {end for end, n_trials in counts.items() if n_trials > 1}
    if not shared:
        return ""
    within, tails = 0, []
    for array in arrays:
        still, tail = _runs_of_zeros(np.asarray((array[:, 1:] == array[:, :-1]).all(axis=-1)))
        within = max(within, still)
        tails += [n for trial, n in zip(array, tail.tolist(), strict=True) if trial[-1].tobytes() in shared]
    filled = [n + 1 for n in tails if n > within and n + 1 >= _LEAST]
    if len(filled) < 2:
        return ""
    many = f"{filled[0]}" if min(filled) == max(filled) else f"{min(filled)} to {max(filled)}"
    return (
        f"{len(filled)} of {sum(map(len, arrays))} trials of {name} end in {many} steps that are the same in all units "
        "and in several trials, as where trials that ended early are filled up before a mean is subtracted; if they "
        "are, cut them to their length first, which dynashape.read_trials(x, pad=0) does"
    )


def _ends_still(trial: Shaped[Array, "steps units"]) -> bool:
    return bool((trial[-_LEAST:] == trial[-1]).all())


def _runs_of_zeros(zero: Bool[Array, "trials steps"]) -> tuple[int, Int[Array, " trials"]]:
    """The longest run of zero steps that does not end a trial, and the run that ends each; silent trials have none."""
    silent = np.asarray(zero.all(axis=1))
    tails = np.where(silent, 0, np.argmin(zero[:, ::-1], axis=1))
    within = zero & ~silent[:, None] & (np.arange(zero.shape[1]) < zero.shape[1] - tails[:, None])
    edges = np.diff(np.pad(within, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    runs = np.nonzero(edges < 0)[1] - np.nonzero(edges > 0)[1]
    return int(runs.max(initial=0)), tails
