"""Networks that learn tasks, how well they do them, and their activity."""

from __future__ import annotations

from dynashape.training.learning_protocol import LearningProtocol
from dynashape.training.record import record_activity
from dynashape.training.responses import respond
from dynashape.training.state import TrainingState
from dynashape.training.train import train_group
from dynashape.training.trained import CurvePoint, TrainedNetwork

__all__ = [
    "CurvePoint",
    "LearningProtocol",
    "TrainedNetwork",
    "TrainingState",
    "record_activity",
    "respond",
    "train_group",
]
