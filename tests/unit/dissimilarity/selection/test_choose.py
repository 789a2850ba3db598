from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dynashape.dissimilarity import DSA, select_delays_and_rank
from dynashape.dissimilarity.selection.reliability import draw_others
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


def persistence(systems: list, delays: tuple[int, ...]) -> float:
    chosen = select_delays_and_rank(systems, delays=delays, ranks=(2,), criterion="prediction")
    return chosen.chosen.prediction.persistence_error


def test_the_true_rank_is_found_where_the_state_is_seen() -> None:
    observed = np.random.default_rng(1).normal(size=(4, 12))
    chosen = select_delays_and_rank(
        rotations(2, 5, observed), delays=(1, 2, 4), ranks=(2, 3, 4, 6, 10), criterion="prediction"
    )
    assert (chosen.n_delays, chosen.rank) == (1, 4)


def test_delays_are_taken_where_the_state_is_hidden() -> None:
    """One unit sees the sum of both planes: four of its own past steps hold the state, more average the noise."""
    observed = np.ones((4, 1))
    chosen = select_delays_and_rank(
        rotations(2, 5, observed), delays=(1, 2, 3, 4, 6), ranks=(1, 2, 3, 4, 5), criterion="prediction"
    )
    assert chosen.n_delays >= 4
    assert chosen.rank >= 4
    best = min(c.prediction.error for c in chosen.candidates)
    assert best < 0.5 * chosen.chosen.prediction.persistence_error
    one = next(c for c in chosen.candidates if (c.n_delays, c.rank) == (1, 1))
    assert one.prediction.error > 2 * best


def test_every_candidate_is_judged_on_the_steps_that_the_longest_embedding_can_predict() -> None:
    systems = rotations(1, 3, np.eye(2))
    late = [system[:, 4:] for system in systems]
    for system in systems:
        system[:, :3] *= 50
    chosen = persistence(systems, (1, 5))
    alone = persistence(late, (1,))
    # Steps 5 and later, from the step before: the first 50-fold ones count neither here nor there.
    assert chosen == pytest.approx(alone, rel=1e-12)
    assert persistence(systems, (1,)) != pytest.approx(alone, rel=0.01)


def test_candidates_are_ordered_and_the_choice_is_the_first_as_good_as_the_best() -> None:
    chosen = select_delays_and_rank(rotations(2, 4, np.eye(4)), delays=(2, 1), ranks=(4, 2, 3), criterion="prediction")
    order = [(c.rank, c.n_delays) for c in chosen.candidates]
    assert order == sorted(order)
    assert min(abs(c.prediction.excess) for c in chosen.candidates) == 0.0
    good = [c for c in chosen.candidates if c.prediction.excess <= max(c.prediction.standard_error, 0.01)]
    assert (chosen.rank, chosen.n_delays) == (good[0].rank, good[0].n_delays)


def test_what_a_system_does_not_allow_is_left_out() -> None:
    systems = rotations(1, 3, np.eye(2), n_steps=30)
    systems[1] = systems[1][:, :6]
    flat = np.repeat(systems[2][:, :, :1], 2, axis=2)
    chosen = select_delays_and_rank([*systems, flat], delays=(1, 2, 4, 10), ranks=(1, 2, 3, 50), criterion="prediction")
    tried = {(c.n_delays, c.rank) for c in chosen.candidates}
    assert tried == {(1, 1), (2, 1), (2, 2), (4, 1), (4, 2), (4, 3)}


def seen_latents(n_planes: int, n_units: int, noise: float = 0.1) -> tuple[list[np.ndarray], np.ndarray]:
    """Four latent systems of damped rotations at different frequencies, each through two random readouts."""
    rng = np.random.default_rng(3)
    systems, labels = [], []
    for label in range(4):
        turn = np.zeros((2 * n_planes, 2 * n_planes))
        for k in range(n_planes):
            angle = 0.3 + 0.5 * k + 0.12 * label
            c, s = 0.95 * np.cos(angle), 0.95 * np.sin(angle)
            turn[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] = [[c, -s], [s, c]]
        for _ in range(2):
            x = [rng.normal(size=(30, 2 * n_planes))]
            for _ in range(29):
                x.append(x[-1] @ turn.T + 0.3 * rng.normal(size=x[-1].shape))
            seen = np.stack(x, axis=1) @ rng.normal(size=(2 * n_planes, n_units))
            systems.append(seen + noise * seen.std() * rng.normal(size=seen.shape))
            labels.append(label)
    return systems, np.array(labels)


@pytest.mark.parametrize("criterion", ["reliability", "gap", None])
def test_the_order_of_a_latent_system_is_found_whatever_units_see_it(criterion: str | None) -> None:
    systems, _ = seen_latents(2, 20)
    chosen = select_delays_and_rank(systems, delays=(1, 2), ranks=range(2, 11), criterion=criterion)
    assert chosen.rank == 4
    assert chosen.criterion == (criterion or "reliability")
    assert chosen.status.ok, chosen.status


def test_reliable_distances_do_not_depend_on_the_readout_where_predictive_ones_do() -> None:
    systems, labels = seen_latents(3, 20, noise=0.0)
    i, j = np.triu_indices(len(systems), 1)
    same = labels[i] == labels[j]
    ratio = {}
    for rank in (select_delays_and_rank(systems, delays=(3,), ranks=range(3, 15)).rank, 12):
        found = DSA(3, rank).fit(systems).distances_[i, j]
        ratio[rank] = found[~same].mean() / found[same].mean()
    assert ratio.pop(6) > 5 > 2.5 > ratio[12]


def test_halves_of_different_groups_are_not_compared() -> None:
    systems, _ = seen_latents(1, 8)
    apart = select_delays_and_rank(systems, delays=(1,), ranks=(2, 3), groups=[0, 1, 0, 1, 0, 1, 0, 1])
    together = select_delays_and_rank(systems, delays=(1,), ranks=(2, 3))
    assert apart.chosen.reliability != together.chosen.reliability
    assert draw_others([0, 1, 0, 1]).tolist() == [[0, 2], [1, 3], [2, 0], [3, 1]]


def test_the_result_is_the_same_on_any_number_of_threads_and_progress_ticks() -> None:
    systems, _ = seen_latents(1, 8)
    ticks: list[tuple[int, int]] = []
    one = select_delays_and_rank(systems, delays=(1, 2), ranks=(2, 3), progress=lambda *at: ticks.append(at))
    assert one == select_delays_and_rank(systems, delays=(1, 2), ranks=(2, 3), n_jobs=3)
    totals = [total for done, total in ticks if done == 1]
    assert ticks == [(done, total) for total in totals for done in range(1, total + 1)]
    by_gap: list[tuple[int, int]] = []
    select_delays_and_rank(
        systems, delays=(1, 2), ranks=(2, 3), criterion="gap", progress=lambda *at: by_gap.append(at)
    )
    assert by_gap[-1] == (16, 16)


def test_flat_spectra_of_few_units_are_judged_with_a_doubt() -> None:
    """Of the choice that leaves nothing out, halves of the units hold too few directions."""
    noise = [np.random.default_rng(k).normal(size=(20, 40, 6)) for k in range(3)]
    chosen = select_delays_and_rank(noise)
    assert chosen.criterion == "reliability"
    assert chosen.status.code == "doubtful"


def test_systems_that_are_the_same_are_not_said_to_be_told_apart() -> None:
    """The best of many candidates looks good by chance; fresh halves do not."""
    rng = np.random.default_rng(5)
    step = 0.95 * np.array([[np.cos(0.4), np.sin(0.4)], [-np.sin(0.4), np.cos(0.4)]])
    doubted = 0
    for _ in range(6):
        systems = []
        for _ in range(5):
            x = [rng.normal(size=(20, 2))]
            for _ in range(24):
                x.append(x[-1] @ step + 0.3 * rng.normal(size=(20, 2)))
            seen = np.stack(x, axis=1) @ rng.normal(size=(2, 12))
            systems.append(seen + 0.5 * seen.std() * rng.normal(size=seen.shape))
        chosen = select_delays_and_rank(systems, delays=(1, 2), ranks=range(2, 7))
        doubted += "hardly tell systems apart" in chosen.status.message
    assert doubted >= 5


@pytest.mark.parametrize("groups", [np.array([0, 0, 0, 0, 1, 1, 1, 1]), pd.Series(list("aaaabbbb")), tuple("aaaabbbb")])
def test_groups_are_taken_from_any_sequence(groups: object) -> None:
    systems, _ = seen_latents(1, 8)
    expected = select_delays_and_rank(systems, delays=(1,), ranks=(2, 3), groups=[5, 5, 5, 5, 6, 6, 6, 6])
    assert select_delays_and_rank(systems, delays=(1,), ranks=(2, 3), groups=groups) == expected


def test_every_system_that_cannot_be_read_is_named() -> None:
    x = rotations(1, 1, np.eye(2))[0]
    with pytest.raises(InputError) as caught:
        select_delays_and_rank([x * np.nan, x, np.zeros_like(x), x * np.inf])
    assert [f"activities[{i}]" in str(caught.value) for i in range(4)] == [True, False, True, True]


def test_a_choice_says_where_it_is_not_to_be_trusted() -> None:
    noise = [np.random.default_rng(k).normal(size=(20, 20, 12)) for k in range(5)]
    flat = select_delays_and_rank(noise, delays=(1, 2), ranks=(3, 4, 5))
    assert flat.status.code == "doubtful"
    assert "cuts in a flat tail" in flat.status.message
    assert "hardly tell systems apart" in flat.status.message
    systems, _ = seen_latents(2, 20)
    edge = select_delays_and_rank(systems, delays=(1,), ranks=(2, 3, 4), criterion="gap")
    assert "rank 4 is the highest that was tried" in edge.status.message


def test_where_systems_share_dynamics_the_clear_cut_is_pointed_at() -> None:
    """Individual traces beside two shared directions: halves tell individuals apart, the cut does not."""
    rng = np.random.default_rng(0)
    shared = seen_latents(1, 2, noise=0.0)[0][0]
    systems = []
    for _ in range(6):
        c, s = np.cos(rng.uniform(0.8, 2.5)), 0.6
        x = [rng.normal(size=(30, 2))]
        for _ in range(29):
            x.append(0.9 * x[-1] @ np.array([[c, s], [-s, c]]) + 0.3 * rng.normal(size=(30, 2)))
        own = np.stack(x, axis=1) / np.std(x)
        seen = 8 * shared / shared.std() @ rng.normal(size=(2, 30)) + own @ rng.normal(size=(2, 30))
        systems.append(seen + 0.05 * rng.normal(size=seen.shape))
    chosen = select_delays_and_rank(systems, delays=(1, 2), ranks=range(2, 9))
    assert chosen.rank > 2
    assert "look at the distances at both" in chosen.status.message or chosen.chosen.gap < 1 / 3


@pytest.mark.parametrize("n_systems", [1, 2])
def test_few_systems_are_enough_for_the_gap(n_systems: int) -> None:
    chosen = select_delays_and_rank(rotations(1, n_systems, np.ones((2, 6)) + np.eye(2, 6)), delays=(1, 2))
    assert (chosen.rank, chosen.criterion) == (2, "gap")


@pytest.mark.parametrize(
    ("activities", "options", "message"),
    [
        ([], {}, "at least one system"),
        ([np.zeros((4, 10, 3))], {}, "activities[0] does not vary in time"),
        (rotations(1, 2, np.eye(2)), {"ranks": (90,)}, "ranks must hold one that every system allows; got [90]"),
        (rotations(1, 2, np.eye(2)), {"criterion": "best"}, "unknown criterion 'best'"),
        (rotations(1, 2, np.eye(2)), {"groups": [0]}, "groups must name the group of each of 2 systems; got 1"),
        (rotations(1, 2, np.eye(2)), {"criterion": "reliability"}, "needs at least 3 systems"),
        (rotations(1, 2, np.eye(2)), {"delays": (60,)}, "the shortest trial (40 steps) allows"),
        ([np.ones((2, 9, 3)), np.full((2, 9, 3), np.nan)], {}, "activities[1] has 54 values that are not finite"),
    ],
)
def test_errors(activities: list, options: dict, message: str) -> None:
    with pytest.raises(InputError) as caught:
        select_delays_and_rank(activities, **options)
    assert message in str(caught.value)
