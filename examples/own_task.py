"""A task of one's own: report whether two cues were alike. See own_task.yaml beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
from neurogym.core import TrialEnv
from neurogym.utils import spaces


class AlikeOrNot(TrialEnv):  # type: ignore[misc]
    """Two cues are each on or off; after a delay report whether they were alike."""

    def __init__(self, dt: int = 20, strength: float = 1.0) -> None:
        super().__init__(dt=dt)
        self.strength = strength
        # The study sets the durations; `period_to_phase` in the YAML says which phase each period is.
        self.timing = {"fixation": 300, "cues": 500, "hold": 500, "answer": 300}
        channels = {"fixation": 0, "cue": [1, 2]}
        self.observation_space = spaces.Box(-np.inf, np.inf, shape=(3,), dtype=np.float32, name=channels)
        self.action_space = spaces.Discrete(3, name={"fixation": 0, "choice": [1, 2]})

    def _new_trial(self, **kwargs: Any) -> dict[str, Any]:
        # Draw from self.rng only: then equal seeds give equal trials.
        trial = {"first": int(self.rng.choice([0, 1])), "second": int(self.rng.choice([0, 1])), **kwargs}
        self.add_period(["fixation", "cues", "hold", "answer"])
        self.add_ob(1, ["fixation", "cues", "hold"], where="fixation")
        self.add_ob(np.array([trial["first"], trial["second"]]) * self.strength, "cues", where="cue")
        # Action 0 keeps fixating, which is right until the answer.
        self.set_groundtruth(1 if trial["first"] == trial["second"] else 2, "answer")
        return trial
