"""Halves of one system: of its trials, the even and the odd; of its units, two random ones."""

from __future__ import annotations

import numpy as np

from dynashape.dissimilarity.activity import Recording
from dynashape.records import Array
from dynashape.seeds import stream

LEAST_UNITS = 4
"""Units that a system needs to be halved: two in each half."""


def halve_units(recording: Recording, *names: str | int) -> tuple[Recording, Recording]:
    """All trials as each half of the units saw them, drawn at random by these names."""
    order = stream("halves of units", *names).permutation(recording.n_units)
    middle = recording.n_units // 2
    first, second = (
        _with_table(recording, recording.table[:, np.sort(half)]) for half in (order[:middle], order[middle:])
    )
    return first, second


def halve_trials(recording: Recording) -> tuple[Recording, Recording]:
    """The even and the odd trials."""
    trial = np.repeat(np.arange(recording.n_trials), recording.lengths)
    first, second = (
        Recording(recording.table[trial % 2 == k], recording.lengths[k::2], recording.scale, recording.precision)
        for k in (0, 1)
    )
    return first, second


def _with_table(recording: Recording, table: Array) -> Recording:
    return Recording(table, recording.lengths, recording.scale, recording.precision)
