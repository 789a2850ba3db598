"""Two looks at one system: other units in other trials."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from jaxtyping import Int

from dynashape.dissimilarity.activity import Recording
from dynashape.records import Array
from dynashape.seeds import stream

LEAST_UNITS = 4
"""Units that a system needs for its units to be halved: two in each half."""


def can_be_halved(recording: Recording) -> bool:
    """Whether a system has units or trials enough for two looks at it."""
    return recording.n_units >= LEAST_UNITS or recording.n_trials >= 2


def halve(recording: Recording, *names: str | int) -> tuple[Recording, Recording]:
    """One random half of the units in the even trials, and the other half in the odd ones.

    Halves that shared their trials would share the noise of the system, and halves that shared their units the readout;
    either would look nearer than another recording of the same system does. Systems of a single trial, or of few units,
    are halved by the other alone. The names are those of the random stream.
    """
    units = np.arange(recording.n_units)
    first, second = units, units
    if recording.n_units >= LEAST_UNITS:
        order = stream("halves of units", *names).permutation(units)
        first, second = np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])
    return _part(recording, first, 0), _part(recording, second, 1)


def _part(recording: Recording, units: Int[Array, " kept"], parity: int) -> Recording:
    if recording.n_trials < 2:
        return replace(recording, table=recording.rows(slice(None))[:, units], means=None)
    trial = np.repeat(np.arange(recording.n_trials), recording.lengths)
    rows = np.flatnonzero(trial % 2 == parity)
    return replace(recording, table=recording.rows(rows)[:, units], lengths=recording.lengths[parity::2], means=None)
