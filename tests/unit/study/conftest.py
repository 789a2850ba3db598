"""A comparison of two tasks as a study keeps it, drawn at random."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from dynashape.inference import Comparison, Design, compare


@pytest.fixture
def draw_comparison() -> Callable[..., Comparison]:
    """Ten networks of five seeds and two tasks, in two conditions; the tasks lie `apart` along every axis."""

    def draw(seed: int, apart: float = 1.0, usable: np.ndarray | None = None) -> Comparison:
        rng = np.random.default_rng(seed)
        points = rng.normal(size=(20, 4)) + np.repeat([0.0, apart], 10)[:, None]
        design = Design(
            networks=np.array([f"GRU/{i // 2}" for i in range(20)]),
            tasks=np.repeat(["CDM", "PR"], 10),
            conditions=np.tile(["trained", "noise"], 10),
            seeds=np.arange(20) // 2 % 5,
        )
        return compare(np.linalg.norm(points[:, None] - points[None], axis=-1), design, usable)

    return draw
