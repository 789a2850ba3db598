"""What in activity is possible but unlikely, in words: trials filled up with zeros, axes in another order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dynashape.dissimilarity.activity.recording import Recording
from dynashape.dissimilarity.activity.zero_tails import zero_tails


def doubts(recording: Recording, name: str = "activity") -> tuple[str, ...]:
    """What is doubtful in the activity of one system, a sentence each; of most there is nothing to say."""
    trials = np.split(recording.table, recording.starts[1:])
    tails = zero_tails([trial[None] for trial in trials], name)
    return (tails,) if tails else ()


def doubts_of_all(recordings: Sequence[Recording]) -> tuple[str, ...]:
    """What is doubtful in the activities of several systems together, a sentence each."""
    if len({recording.n_units for recording in recordings}) != 1:
        return ()
    lengths = [set(recording.lengths.tolist()) for recording in recordings]
    steps, n_trials = {min(each) for each in lengths}, {recording.n_trials for recording in recordings}
    if any(len(each) > 1 for each in lengths) or max(n_trials) == 1 or len(steps) == len(n_trials) == 1:
        return ()
    # Recorded in one task, systems share trials and time steps, and not the number of units.
    differing, counts = ("steps", steps) if len(steps) > 1 else ("trials", n_trials)
    order = "trial unit time" if len(steps) > 1 else "unit trial time"
    listed = ", ".join(map(str, sorted(counts)[:5]))
    return (
        f"all systems have {recordings[0].n_units} units, and their numbers of {differing} differ ({listed}), as where "
        f'axes are not in the order trials, steps, units; if so, dynashape.read_trials(x, axes="{order}") turns them',
    )
