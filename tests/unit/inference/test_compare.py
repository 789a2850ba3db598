from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from dynashape.errors import InputError
from dynashape.inference import Design, compare


def _design(n_seeds: int = 5) -> Design:
    networks = np.repeat(np.arange(2 * n_seeds), 2)
    return Design(
        networks=networks,
        tasks=np.repeat(["CDM", "PR"], 2 * n_seeds),
        conditions=np.tile(["trained", "noise"], 2 * n_seeds),
        seeds=networks % n_seeds,
    )


def _points(design: Design, task: float, condition: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(design.networks.max() + 1, 4))[design.networks]
    points = points + 0.3 * rng.normal(size=points.shape)
    points[:, 0] += task * (design.tasks == "PR")
    points[:, 1] += condition * (design.conditions == "trained")
    return points


def _distances(points: np.ndarray) -> np.ndarray:
    return cdist(points, points)


def test_same_networks_with_other_inputs_are_separated_by_input_alone():
    design = _design()
    found = compare(_distances(_points(design, 0.0, 3.0)), design)
    condition, task = found.separations["condition"], found.separations["task"]
    assert condition.accuracy == 1.0
    assert condition.p_value == pytest.approx(1 / 512)
    assert condition.permanova_p == pytest.approx(1 / 512)
    assert condition.held_out >= 0.9
    assert condition.omega_squared > 0.4 > 0.1 > task.omega_squared
    assert task.permanova_p > 0.05


def test_other_networks_with_the_same_input_are_separated_by_task_alone():
    design = _design()
    found = compare(_distances(_points(design, 5.0, 0.0)), design)
    assert found.separations["task"].accuracy == 1.0
    assert found.separations["task"].permanova_p == pytest.approx(1 / 126)
    assert found.separations["condition"].permanova_p > 0.05
    assert found.separations["task"].omega_squared > 0.5 > 0.1 > found.separations["condition"].omega_squared


def test_growing_effects_give_growing_shares_of_their_own_term_only():
    design = _design()
    for term in ("task", "condition"):
        sizes = [(size, 1.0) if term == "task" else (1.0, size) for size in (0.0, 1.0, 2.0, 4.0, 8.0)]
        shares = [
            compare(_distances(_points(design, *size)), design, dimensions=()).separations[term] for size in sizes
        ]
        omega = [share.omega_squared for share in shares]
        assert all(after > before for before, after in pairwise(omega))


def test_the_order_of_the_systems_does_not_matter():
    design = _design()
    distances = _distances(_points(design, 1.0, 1.0))
    order = np.random.default_rng(0).permutation(20)
    shuffled = Design(design.networks[order], design.tasks[order], design.conditions[order], design.seeds[order])
    first, second = compare(distances, design), compare(distances[np.ix_(order, order)], shuffled)
    assert first.separations["task"].permanova_p == second.separations["task"].permanova_p
    assert first.separations["condition"].accuracy == second.separations["condition"].accuracy
    assert first.separations["task"].share == pytest.approx(second.separations["task"].share, rel=1e-12)


def test_a_bad_system_leaves_with_its_partner_and_is_counted():
    design = _design()
    distances = _distances(_points(design, 2.0, 2.0))
    usable = np.ones(20, dtype=bool)
    usable[3] = False
    distances[7, :] = distances[:, 7] = np.nan
    found = compare(distances, design, usable)
    assert found.status.ok
    assert (found.n_systems, found.n_left_out) == (16, 4)
    assert found.systems is not None
    assert not set(found.systems.tolist()) & {2, 3, 6, 7}
    assert found.embedding is not None
    assert found.embedding.points.shape == (16, 2)
    assert found.separations["task"].n_relabellings == 56  # C(8, 3): five and three networks are no mirror images
    kept = np.setdiff1d(np.arange(20), [2, 3, 6, 7])
    alone = Design(design.networks[kept], design.tasks[kept], design.conditions[kept], design.seeds[kept])
    assert compare(distances[np.ix_(kept, kept)], alone).separations["task"] == found.separations["task"]


def test_too_few_networks_are_a_status_with_empty_rows():
    design = _design()
    usable = design.tasks == "CDM"
    found = compare(_distances(_points(design, 1.0, 1.0)), design, usable)
    assert found.status.code == "too_few_networks"
    assert "PR" in found.status.message
    rows = found.rows()
    assert [row["labelling"] for row in rows] == ["task", "condition"]
    assert all(row["accuracy"] is None and row["n_systems"] == 10 for row in rows)


def test_one_condition_alone_is_a_status():
    design = _design()
    found = compare(_distances(_points(design, 1.0, 1.0)), design, design.conditions == "noise")
    assert found.status.code == "too_few_networks"


def test_two_seeds_are_enough():
    design = _design(2)
    found = compare(_distances(_points(design, 1.0, 1.0)), design)
    assert found.status.ok
    assert found.separations["task"].n_relabellings == 3


def test_rows_hold_plain_numbers():
    design = _design()
    for row in compare(_distances(_points(design, 1.0, 1.0)), design).rows():
        assert row["status"] == "ok"
        for name, value in row.items():
            assert type(value) in (str, int, float, bool), name


def test_identical_systems_have_no_effect_of_anything():
    design = _design()
    found = compare(np.zeros((20, 20)), design)
    for record in found.separations.values():
        assert record.accuracy == 0.5
        assert record.p_value == 1.0
        assert record.permanova_p == 1.0
        assert record.share == record.omega_squared == 0.0


def test_many_seeds_are_sampled_reproducibly():
    design = _design(10)
    distances = _distances(_points(design, 1.0, 0.0))
    first = compare(distances, design, max_relabellings=200, dimensions=(2,))
    second = compare(distances, design, max_relabellings=200, dimensions=(2,))
    assert first.separations["task"] == second.separations["task"]
    assert first.separations["task"].resolution == pytest.approx(1 / 201)


def test_verdicts_that_change_with_the_dimension_are_flagged():
    design = _design()
    points = np.zeros((20, 3))
    rng = np.random.default_rng(0)
    points[:, 0] = 8.0 * rng.normal(size=20)
    points[:, 1] = 7.0 * rng.normal(size=20)
    points[:, 2] = 7.0 * (design.tasks == "PR")
    found = compare(_distances(points), design).separations["task"]
    assert found.p_values[1] > 0.05
    assert found.p_values[2] <= 0.05
    assert found.depends_on_dimension


def test_a_design_that_is_not_crossed_is_refused():
    design = _design()
    with pytest.raises(InputError, match="at most two"):
        Design(design.networks, np.repeat(["A", "B", "C", "D"], 5), design.conditions, design.seeds)
    with pytest.raises(InputError, match="twice in one condition"):
        Design(design.networks, design.tasks, np.repeat(["a"], 20), design.seeds)
    with pytest.raises(InputError, match="several tasks"):
        Design(np.zeros(20, dtype=int), design.tasks, design.conditions, design.seeds)
    with pytest.raises(Exception, match=r"one length|systems"):  # the run-time shape check of the tests comes first
        Design(design.networks[:4], design.tasks, design.conditions, design.seeds)
    with pytest.raises(InputError, match="must be"):
        compare(np.zeros((3, 3)), design)
