from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from dynashape.distances import Distances
from dynashape.errors import InputError
from dynashape.inference import Comparison, LeftOut, compare
from dynashape.records import ALPHA, Code, System, Term


def _distances(points: np.ndarray, n_seeds: int = 5) -> Distances:
    networks = np.repeat(np.arange(2 * n_seeds), 2)
    labels = {
        "network": networks,
        "task": np.repeat(["CDM", "PR"], 2 * n_seeds),
        "condition": np.tile(["trained", "noise"], 2 * n_seeds),
        "seed": networks % n_seeds,
    }
    return Distances(cdist(points, points), labels)


def _draw(task: float, condition: float, n_seeds: int = 5) -> Distances:
    """Systems that the task moves by `task` along the first axis, the condition by `condition` along the second."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(2 * n_seeds, 4))[np.repeat(np.arange(2 * n_seeds), 2)]
    points = points + 0.3 * rng.normal(size=points.shape)
    points[2 * n_seeds :, 0] += task
    points[::2, 1] += condition
    return _distances(points, n_seeds)


def _without(distances: Distances, systems: list[int]) -> Distances:
    values = distances.values.copy()
    values[systems] = values[:, systems] = np.nan
    return replace(distances, values=values)


def _relabelled(distances: Distances, **labels: np.ndarray) -> Distances:
    return replace(distances, labels={**distances.labels, **labels})


def test_same_networks_with_other_inputs_are_separated_by_input_alone():
    found = compare(_draw(0.0, 3.0))
    condition, task = found.separations[Term.CONDITION], found.separations[Term.TASK]
    assert condition.accuracy == 1.0
    assert condition.p_value == pytest.approx(1 / 512)
    assert condition.permanova_p == pytest.approx(1 / 512)
    assert condition.held_out >= 0.9
    assert condition.omega_squared > 0.4 > 0.1 > task.omega_squared
    assert task.permanova_p > 0.05


def test_other_networks_with_the_same_input_are_separated_by_task_alone():
    found = compare(_draw(5.0, 0.0))
    assert found.separations[Term.TASK].accuracy == 1.0
    assert found.separations[Term.TASK].permanova_p == pytest.approx(1 / 126)
    assert found.separations[Term.CONDITION].permanova_p > 0.05
    assert found.separations[Term.TASK].omega_squared > 0.5 > 0.1 > found.separations[Term.CONDITION].omega_squared


def test_growing_effects_give_growing_shares_of_their_own_term_only():
    for term in (Term.TASK, Term.CONDITION):
        sizes = [(size, 1.0) if term is Term.TASK else (1.0, size) for size in (0.0, 1.0, 2.0, 4.0, 8.0)]
        shares = [compare(_draw(*size), dimensions=()).separations[term] for size in sizes]
        omega = [share.omega_squared for share in shares]
        assert all(after > before for before, after in pairwise(omega))


def test_the_order_of_the_systems_does_not_matter():
    distances = _draw(1.0, 1.0)
    first, second = compare(distances), compare(distances.take(np.random.default_rng(0).permutation(20)))
    assert first.separations[Term.TASK].permanova_p == second.separations[Term.TASK].permanova_p
    assert first.separations[Term.CONDITION].accuracy == second.separations[Term.CONDITION].accuracy
    assert first.separations[Term.TASK].share == pytest.approx(second.separations[Term.TASK].share, rel=1e-12)


def test_a_bad_system_leaves_with_its_partner_and_is_counted():
    distances = _draw(2.0, 2.0)
    found = compare(_without(distances, [3, 7]))
    assert isinstance(found, Comparison)
    assert found.status.ok
    assert (found.n_systems, found.n_left_out) == (16, 4)
    assert not set(found.systems.tolist()) & {2, 3, 6, 7}
    assert found.embedding.points.shape == (16, 2)
    assert found.separations[Term.TASK].n_relabellings == 56  # C(8, 3): five and three networks are no mirror images
    alone = compare(distances.take(np.setdiff1d(np.arange(20), [2, 3, 6, 7])))
    assert alone.separations == found.separations


def test_a_pair_without_distance_costs_one_network_alone():
    distances = _draw(2.0, 2.0)
    distances.values[4, 9] = distances.values[9, 4] = np.nan
    assert compare(distances).n_left_out == 2


def test_too_few_networks_are_a_status():
    found = compare(_without(_draw(1.0, 1.0), list(range(10, 20))))
    assert isinstance(found, LeftOut)
    assert found.status.code is Code.TOO_FEW_NETWORKS
    assert "PR" in found.status.message
    assert (found.n_systems, found.n_left_out) == (10, 10)


def test_one_condition_alone_is_a_status():
    assert compare(_draw(1.0, 1.0).select(condition="noise")).status.code is Code.TOO_FEW_NETWORKS


def test_two_seeds_are_enough():
    assert compare(_draw(1.0, 1.0, 2)).separations[Term.TASK].n_relabellings == 3


def test_networks_without_a_name_are_those_of_a_task_and_seed():
    named = _draw(1.0, 1.0)
    rows = zip(*(named.labels[name].tolist() for name in ("task", "seed", "condition")), strict=True)
    systems = [
        System("GRU", task, seed, task, task if condition == "trained" else "gaussian", "delay")
        for task, seed, condition in rows
    ]
    found, other = compare(Distances.of_systems(named.values, systems, "dsa", "rad")), compare(named)
    assert found.networks == tuple(f"GRU/{task}/{seed}" for task in ("CDM", "PR") for seed in range(5))
    assert found.networks[0] == systems[0].network
    assert found.separations == other.separations


def test_identical_systems_have_no_effect_of_anything():
    found = compare(_distances(np.zeros((20, 4))))
    for record in found.separations.values():
        assert record.accuracy == 0.5
        assert record.p_value == 1.0
        assert record.permanova_p == 1.0
        assert record.share == record.omega_squared == 0.0


def test_many_seeds_are_sampled_reproducibly():
    distances = _draw(1.0, 0.0, 10)
    first = compare(distances, max_relabellings=200, dimensions=(2,))
    second = compare(distances, max_relabellings=200, dimensions=(2,))
    assert first.separations[Term.TASK] == second.separations[Term.TASK]
    assert first.separations[Term.TASK].resolution == pytest.approx(1 / 201)


def test_verdicts_that_change_with_the_dimension_are_flagged():
    points = np.zeros((20, 3))
    rng = np.random.default_rng(0)
    points[:, 0] = 8.0 * rng.normal(size=20)
    points[:, 1] = 7.0 * rng.normal(size=20)
    points[:, 2] = 7.0 * (np.arange(20) >= 10)
    found = compare(_distances(points)).separations[Term.TASK]
    assert found.p_values[1] > ALPHA
    assert found.p_values[2] <= ALPHA
    assert found.depends_on_dimension


def test_a_design_that_is_not_crossed_is_refused():
    distances = _draw(1.0, 1.0)
    with pytest.raises(InputError, match="at most two"):
        compare(_relabelled(distances, task=np.repeat(["A", "B", "C", "D"], 5)))
    with pytest.raises(InputError, match="twice in one condition"):
        compare(_relabelled(distances, condition=np.repeat(["a"], 20)))
    with pytest.raises(InputError, match="several tasks"):
        compare(_relabelled(distances, network=np.zeros(20, dtype=int)))


def test_labels_that_are_missing_or_no_seeds_are_refused():
    distances = _draw(1.0, 1.0)
    with pytest.raises(InputError, match="needs the label 'seed'"):
        compare(replace(distances, labels={name: distances.labels[name] for name in ("task", "condition")}))
    with pytest.raises(InputError, match="whole numbers"):
        compare(_relabelled(distances, seed=np.repeat(["a", "b"], 10)))


@pytest.mark.parametrize("kind", [np.asarray, lambda d: d.tolist(), lambda d: None, lambda d: "abc"])
def test_distances_without_labels_are_refused(kind):
    with pytest.raises(InputError, match=r"distances must be Distances, .*: give Distances\(values, "):
        compare(kind(_draw(0.0, 0.0).values))


@pytest.mark.parametrize("size", [1e-160, 1e-310, 1e160, 1e300])
def test_sizes_whose_squares_are_no_numbers_are_refused(size: float):
    given = _draw(3.0, 0.0)
    with pytest.raises(InputError, match="give them in another unit, such as values"):
        compare(Distances(given.values * size, given.labels))


@pytest.mark.parametrize("size", [2.0**-300, 2.0**300])
def test_the_unit_of_distances_changes_nothing(size: float):
    given = _draw(3.0, 0.0)
    found, scaled = compare(given), compare(Distances(given.values * size, given.labels))
    assert isinstance(found, Comparison)
    assert isinstance(scaled, Comparison)
    assert scaled.shares.share == pytest.approx(found.shares.share, rel=1e-9)
    assert scaled.separations[Term.TASK].permanova_p == found.separations[Term.TASK].permanova_p
