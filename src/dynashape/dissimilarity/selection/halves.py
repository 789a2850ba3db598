"""Two looks at one system: other units in other trials, drawn at random."""

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
    """A random half of the units in a random half of the trials, and the other units in the other trials.

    Halves that shared their trials would share the noise of the system, and halves that shared their units the readout;
    either would look nearer than another recording of the same system does. Systems of a single trial, or of few units,
    are halved by the other alone. The names are those of the random stream.
    """
    drawn = stream("halves", *names)
    units = _two_halves(drawn.permutation(recording.n_units), recording.n_units >= LEAST_UNITS)
    trials = _two_halves(drawn.permutation(recording.n_trials), recording.n_trials >= 2)
    first, second = (_part(recording, *half) for half in zip(units, trials, strict=True))
    return first, second


def _two_halves(order: Int[Array, " all"], halved: bool) -> tuple[Int[Array, " first"], Int[Array, " second"]]:
    middle = len(order) // 2
    return (np.sort(order[:middle]), np.sort(order[middle:])) if halved else (np.sort(order), np.sort(order))


def _part(recording: Recording, units: Int[Array, " kept"], trials: Int[Array, " held"]) -> Recording:
    rows = np.concatenate([recording.starts[k] + np.arange(recording.lengths[k]) for k in trials])
    return replace(recording, table=recording.rows(rows)[:, units], lengths=recording.lengths[trials], means=None)
