"""What training leaves of a network: its weights before and after, and how it learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dynashape.networks import Weights
from dynashape.records import Status


@dataclass(frozen=True)
class CurvePoint:
    """One evaluation of a network along its training, on the same held-out trials as all others.

    Attributes
    ----------
    updates : int
        The number of updates before it.
    loss : float
        The cross-entropy, without the penalty of activity.
    accuracy : float
        The share of right responses.
    fixation : float
        The share of steps outside the response window that fixate.
    ceiling : float
        The accuracy of the ideal observer on these trials; where none is known, what the task states can be reached.
    activity : float
        The root mean square of activity.
    """

    updates: int
    loss: float
    accuracy: float
    fixation: float
    ceiling: float
    activity: float


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """One network before and after training, and how training went.

    Attributes
    ----------
    architecture, task : str
        The names of its architecture and task.
    seed : int
        The seed that names its initial weights and its trials.
    initial, final : Weights
        Its weights before and after training.
    updates : int
        The number of updates made.
    accuracy, ceiling, fixation : float
        Its accuracy, that of the ideal observer (where none is known, what the task states can be reached) and the
        share of fixating steps, all on the same fresh test trials.
    reached : bool
        Whether these meet the criteria of the learning protocol.
    status : Status
        ``ok`` where they do; otherwise what happened, and what to do about it.
    curve : tuple of CurvePoint
        Its evaluations along training.
    snapshots : mapping of int to Weights
        Its weights after the updates that the learning protocol names.
    """

    architecture: str
    task: str
    seed: int
    initial: Weights
    final: Weights
    updates: int
    accuracy: float
    ceiling: float
    fixation: float
    reached: bool
    status: Status
    curve: tuple[CurvePoint, ...]
    snapshots: Mapping[int, Weights] = field(default_factory=dict)
