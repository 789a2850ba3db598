"""Networks that learn tasks, how well they do them, and their activity."""

from __future__ import annotations

from dynashape.training.protocol import Protocol
from dynashape.training.record import activity_status, record_activity
from dynashape.training.respond import respond
from dynashape.training.score import ceiling, choices, fixating, score
from dynashape.training.train import TrainedNetwork, TrainingState, train_group

__all__ = [
    "Protocol",
    "TrainedNetwork",
    "TrainingState",
    "activity_status",
    "ceiling",
    "choices",
    "fixating",
    "record_activity",
    "respond",
    "score",
    "train_group",
]
