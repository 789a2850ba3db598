"""A ring attractor (after Ostrow et al. 2023, figure 4) seen through a changing nonlinearity, and opened into a line.

DSA ignores the nonlinearity and notices where the ring opens; Procrustes does the opposite.
An angle drifts and diffuses on the ring; on the line it stops at the two ends. Its operator is known: harmonics of the
angle are its eigenfunctions, whatever the tuning of the units, which only weighs them.
"""

from __future__ import annotations

import numpy as np
from known_systems import seen_by_tuned, wander_on_ring

from dynashape.dissimilarity import DSA


def procrustes(first: np.ndarray, second: np.ndarray) -> float:
    flat = []
    for activity in (first, second):
        steps = activity.reshape(-1, activity.shape[-1])
        steps = steps - steps.mean(axis=0)
        flat.append(steps / np.linalg.norm(steps))
    return float(np.arccos(np.linalg.svd(flat[0].T @ flat[1], compute_uv=False).sum().clip(max=1.0)))


def test_a_changing_nonlinearity_leaves_dsa_flat_while_procrustes_rises() -> None:
    angles = wander_on_ring(1.0, seed=0)
    views = [seen_by_tuned(angles, sharpness) for sharpness in (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)]
    dynamics = DSA(n_delays=1, rank=5).fit(views).distances_[0]
    geometry = [procrustes(views[0], view) for view in views]
    # The first five harmonics span the same coordinates in every view, up to the higher ones that sharp tuning adds.
    assert dynamics.max() < 2e-3
    assert (np.diff(geometry) > 0.05).all()
    assert geometry[-1] > 0.7


def test_dsa_jumps_where_the_line_closes_into_a_ring() -> None:
    shares = (0.7, 0.8, 0.9, 0.95, 1.0)
    systems = [seen_by_tuned(wander_on_ring(share, seed=1), 1.0) for share in shares]
    again = seen_by_tuned(wander_on_ring(1.0, seed=2), 1.0)
    distances = DSA(n_delays=1, rank=5).fit([*systems, again]).distances_
    steps = np.array([distances[i, i + 1] for i in range(5)])
    closing, resampled = steps[3], steps[4]
    # Measured: 0.026, 0.019, 0.007, then 0.094 where it closes, and 0.007 between two samples of the ring.
    assert closing > 3 * steps[:3].max()
    assert closing > 8 * resampled
    assert distances[:4, 4].min() > distances[:4, :4].max()
