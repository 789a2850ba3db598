from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from dynashape.errors import InputError
from dynashape.inference import Components, Contrasts, compute_contrasts, compute_shares
from dynashape.inference.comparison.permanova import TERMS, omega_squared
from dynashape.inference.planning.components import draw_contrasts, draw_points
from dynashape.records import Term


def test_contrasts_of_distances_are_those_of_the_points():
    components = Components(1.0, 0.5, 0.2, 1.0, 1.0)
    points, tasks = draw_points(components, 5, np.random.default_rng(0))
    direct = draw_contrasts(components, 5, np.random.default_rng(0))
    ours = compute_contrasts(cdist(points, points), tasks)
    # Squaring distances costs a few digits of 1e-16.
    np.testing.assert_allclose(ours.sums, direct.sums, atol=1e-12)
    np.testing.assert_allclose(ours.differences, direct.differences, atol=1e-12)


@pytest.mark.parametrize("term", TERMS)
def test_omega_squared_is_unbiased_where_the_plain_share_is_not(term: Term):
    components = Components(0.3, 0.3, 0.3, 0.5, 0.5)
    rng = np.random.default_rng(1)
    found = [compute_shares(draw_contrasts(components, 5, rng)) for _ in range(400)]
    mean = np.mean([one.omega_squared[term] for one in found])
    error = np.std([one.omega_squared[term] for one in found]) / 20
    # A ratio of unbiased estimates keeps a bias of second order, here below 0.01.
    assert abs(mean - components.shares[term]) < 0.01 + 3 * error


def test_without_effects_omega_squared_is_zero_on_average_and_the_plain_share_is_not():
    rng = np.random.default_rng(2)
    found = [compute_shares(draw_contrasts(Components(0.0, 0.0, 0.0, 1.0, 1.0), 5, rng)) for _ in range(300)]
    for term in TERMS:
        assert abs(np.mean([one.omega_squared[term] for one in found])) < 0.01
        assert np.mean([one.share[term] for one in found]) > 0.02


def test_shares_and_noise_add_up_to_one():
    found = compute_shares(draw_contrasts(Components(1.0, 1.0, 1.0, 1.0, 1.0), 5, np.random.default_rng(3)))
    assert sum(found.share.values()) + found.network + found.residual == pytest.approx(1.0, abs=1e-12)


def test_planted_effects_of_growing_size_give_growing_shares():
    for term in TERMS:
        shares = []
        for size in (0.0, 0.5, 1.0, 2.0, 4.0):
            sizes = {"task": 0.2, "condition": 0.2, "interaction": 0.2} | {term: size}
            contrasts = draw_contrasts(Components(network=1.0, residual=1.0, **sizes), 5, np.random.default_rng(4))
            shares.append(compute_shares(contrasts).omega_squared[term])
        assert shares == sorted(shares)
        assert shares[-1] > shares[0] + 0.2


def test_same_networks_driven_by_two_inputs_are_all_input():
    contrasts = draw_contrasts(Components(0.0, 1.0, 0.0, 0.0, 0.0), 5, np.random.default_rng(5))
    assert compute_shares(contrasts).share[Term.CONDITION] == pytest.approx(1.0)
    assert compute_shares(contrasts).omega_squared[Term.CONDITION] == pytest.approx(1.0)


def test_other_weights_under_the_same_input_are_all_connectivity():
    contrasts = draw_contrasts(Components(1.0, 0.0, 0.0, 0.0, 0.0), 5, np.random.default_rng(6))
    assert compute_shares(contrasts).omega_squared[Term.TASK] == pytest.approx(1.0)


def test_leaving_a_network_out_by_weight_equals_computing_without_it():
    contrasts = draw_contrasts(Components(0.5, 0.5, 0.1, 1.0, 1.0), 4, np.random.default_rng(7))
    kept = np.arange(8) != 2
    smaller = Contrasts(
        contrasts.sums[np.ix_(kept, kept)], contrasts.differences[np.ix_(kept, kept)], contrasts.tasks[kept]
    )
    np.testing.assert_allclose(
        omega_squared(contrasts, kept[None].astype(float)), omega_squared(smaller, np.ones((1, 7))), rtol=1e-10
    )


def test_one_task_or_two_networks_are_refused():
    with pytest.raises(InputError, match="both tasks"):
        compute_shares(Contrasts(np.eye(4), np.eye(4), np.ones(4, dtype=bool)))
    with pytest.raises(InputError, match="three networks"):
        compute_shares(Contrasts(np.eye(2), np.eye(2), np.array([True, False])))
    with pytest.raises(InputError, match="two systems"):
        compute_contrasts(np.zeros((3, 3)), np.array([True, False]))
