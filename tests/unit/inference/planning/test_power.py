from __future__ import annotations

import numpy as np
import pytest

from dynashape.errors import InputError
from dynashape.inference import Components, compute_power, pool_components
from dynashape.inference.planning.components import draw_contrasts
from dynashape.inference.planning.power import simulation_error, with_share
from dynashape.records import Term

_NOISE = Components(0.1, 0.1, 0.0, 0.5, 0.5)


@pytest.mark.parametrize("term", list(Term))
def test_power_rises_with_seeds_from_none(term: Term):
    found = compute_power(_NOISE, term, 0.3, (2, 5, 10), n_studies=80)
    assert found.power[0] == 0.0  # 3 or 8 relabellings: the smallest p-value is above 0.05
    assert found.power[0] <= found.power[1] <= found.power[2]
    assert found.power[2] > 0.8
    assert found.needed in (5, 10)


def test_power_without_an_effect_is_the_level():
    found = compute_power(_NOISE, Term.CONDITION, 0.0, (6,), n_studies=300)
    # A standard error of 1.3 %.
    assert found.power[0] == pytest.approx(0.05, abs=0.04)
    assert found.needed is None


def test_larger_effects_need_fewer_seeds():
    small, large = (compute_power(_NOISE, Term.TASK, share, (3, 5, 8), n_studies=60).needed for share in (0.08, 0.6))
    assert large is not None
    assert small is None or large < small


def test_the_same_seed_gives_the_same_power():
    assert compute_power(_NOISE, Term.TASK, 0.2, (4,), n_studies=30) == compute_power(
        _NOISE, Term.TASK, 0.2, (4,), n_studies=30
    )


def test_simulation_error_is_binomial_and_never_none():
    assert simulation_error(100, 400) == pytest.approx(np.sqrt(0.25 * 0.75 / 400), rel=0.02)
    assert 0.0 < simulation_error(400, 400) < 0.01
    assert compute_power(_NOISE, Term.TASK, 0.9, (8,), n_studies=20).error[0] > 0.0


def test_planned_share_is_met():
    for term in Term:
        assert with_share(_NOISE, term, 0.4).shares[term] == pytest.approx(0.4)


def test_pilot_components_are_those_of_its_comparisons():
    rng = np.random.default_rng(0)
    truth = Components(0.6, 0.2, 0.0, 0.7, 0.5, n_dimensions=6)
    found = pool_components([draw_contrasts(truth, 20, rng) for _ in range(40)])
    assert found.total == pytest.approx(1.0)
    assert found.task == pytest.approx(0.3, abs=0.03)
    assert found.network == pytest.approx(0.35, abs=0.03)
    assert 5 <= found.n_dimensions <= 7


def test_plans_that_make_no_sense_are_refused():
    with pytest.raises(InputError, match="share"):
        compute_power(_NOISE, Term.TASK, 1.0)
    with pytest.raises(InputError, match="n_seeds"):
        compute_power(_NOISE, Term.TASK, 0.2, (1, 2))
    with pytest.raises(InputError, match="at least one"):
        pool_components([])
