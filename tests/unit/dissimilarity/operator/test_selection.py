from __future__ import annotations

import numpy as np
import pytest

from dynashape.dissimilarity import select_delays_and_rank
from dynashape.errors import InputError


def rotations(n_planes: int, n_systems: int, observed: np.ndarray, n_trials: int = 40, n_steps: int = 40) -> list:
    """Systems of `n_planes` damped, driven rotations each, seen through `observed` (states, units)."""
    rng = np.random.default_rng(0)
    blocks = np.zeros((2 * n_planes, 2 * n_planes))
    for k in range(n_planes):
        angle = 0.5 + 0.6 * k
        turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        blocks[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] = 0.98 * np.array(turn)
    systems = []
    for _ in range(n_systems):
        x = rng.normal(size=(n_trials, 2 * n_planes))
        steps = []
        for _ in range(n_steps):
            steps.append(x)
            x = x @ blocks.T + 0.1 * rng.normal(size=x.shape)
        seen = np.stack(steps, axis=1) @ observed
        systems.append(seen + 0.02 * rng.normal(size=seen.shape))
    return systems


def test_the_true_rank_is_found_where_the_state_is_seen() -> None:
    observed = np.random.default_rng(1).normal(size=(4, 12))
    chosen = select_delays_and_rank(rotations(2, 5, observed), delays=(1, 2, 4), ranks=(2, 3, 4, 6, 10))
    assert (chosen.n_delays, chosen.rank) == (1, 4)


def test_delays_are_taken_where_the_state_is_hidden() -> None:
    """One unit sees the sum of both planes: four of its own past steps hold the state, more average the noise."""
    observed = np.ones((4, 1))
    chosen = select_delays_and_rank(rotations(2, 5, observed), delays=(1, 2, 3, 4, 6), ranks=(1, 2, 3, 4, 5))
    assert chosen.n_delays >= 4
    assert chosen.rank >= 4
    best = min(c.error for c in chosen.candidates)
    assert best < 0.5 * chosen.persistence_error
    one = next(c for c in chosen.candidates if (c.n_delays, c.rank) == (1, 1))
    assert one.error > 2 * best


def test_every_candidate_is_judged_on_the_steps_that_the_longest_embedding_can_predict() -> None:
    systems = rotations(1, 3, np.eye(2))
    late = [system[:, 4:] for system in systems]
    for system in systems:
        system[:, :3] *= 50
    chosen = select_delays_and_rank(systems, delays=(1, 5), ranks=(2,))
    alone = select_delays_and_rank(late, delays=(1,), ranks=(2,))
    # Steps 5 and later, from the step before: the first 50-fold ones count neither here nor there.
    assert chosen.persistence_error == pytest.approx(alone.persistence_error, rel=1e-12)
    every = select_delays_and_rank(systems, delays=(1,), ranks=(2,))
    assert every.persistence_error != pytest.approx(alone.persistence_error, rel=0.01)


def test_candidates_are_ordered_and_the_choice_is_the_first_as_good_as_the_best() -> None:
    chosen = select_delays_and_rank(rotations(2, 4, np.eye(4)), delays=(2, 1), ranks=(4, 2, 3))
    order = [(c.rank, c.n_delays) for c in chosen.candidates]
    assert order == sorted(order)
    assert min(abs(c.excess) for c in chosen.candidates) == 0.0
    good = [c for c in chosen.candidates if c.excess <= max(c.standard_error, 0.01)]
    assert (chosen.rank, chosen.n_delays) == (good[0].rank, good[0].n_delays)


def test_what_a_system_does_not_allow_is_left_out() -> None:
    systems = rotations(1, 3, np.eye(2), n_steps=30)
    systems[1] = systems[1][:, :6]
    flat = np.repeat(systems[2][:, :, :1], 2, axis=2)
    chosen = select_delays_and_rank([*systems, flat], delays=(1, 2, 4, 10), ranks=(1, 2, 3, 50))
    tried = {(c.n_delays, c.rank) for c in chosen.candidates}
    assert tried == {(1, 1), (2, 1), (2, 2), (4, 1), (4, 2), (4, 3)}


def test_a_single_system_is_enough() -> None:
    chosen = select_delays_and_rank(rotations(1, 1, np.eye(2, 6)), delays=(1, 2), ranks=(1, 2, 4))
    assert chosen.rank == 2


@pytest.mark.parametrize(
    ("activities", "options", "message"),
    [
        ([], {}, "at least one system"),
        ([np.zeros((4, 10, 3))], {}, "activities[0] does not vary in time"),
        (rotations(1, 2, np.eye(2)), {"ranks": (90,)}, "ranks must hold one that every system allows; got [90]"),
        (rotations(1, 2, np.eye(2)), {"delays": (60,)}, "the shortest trial (40 steps) allows"),
        ([np.ones((2, 9, 3)), np.full((2, 9, 3), np.nan)], {}, "activities[1] has 54 values that are not finite"),
    ],
)
def test_errors(activities: list, options: dict, message: str) -> None:
    with pytest.raises(InputError) as caught:
        select_delays_and_rank(activities, **options)
    assert message in str(caught.value)
