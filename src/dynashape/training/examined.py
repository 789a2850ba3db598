"""What a network does in fresh trials: its sizes before and after training, and its choices against evidence."""

from __future__ import annotations

from dataclasses import dataclass

from dynashape.training.psychometric import PsychometricPoint


@dataclass(frozen=True)
class Sizes:
    """Frobenius norm of a network's recurrent weights and root mean square of its activity; None if not finite."""

    recurrent_norm: float | None
    activity_rms: float | None


@dataclass(frozen=True)
class Examined:
    """One network before and after training, and its psychometric curve."""

    seed: int
    trained: Sizes
    untrained: Sizes
    psychometric: tuple[PsychometricPoint, ...]
