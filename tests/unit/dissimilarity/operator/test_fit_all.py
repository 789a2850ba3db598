"""Many systems fitted at one rank: as each alone, on any number of threads, with all faults in one error."""

from __future__ import annotations

import numpy as np
import pytest

from dynashape.dissimilarity import fit_operator, fit_operators
from dynashape.errors import InputError


def walks(n_units: int = 6, seed: int = 0, n_trials: int = 10) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n_trials, 20, n_units)).cumsum(axis=1)


@pytest.mark.parametrize("rank", [3, 0.95, "svht"])
@pytest.mark.parametrize("n_jobs", [2, 5, -1])
def test_the_result_does_not_depend_on_the_threads(rank: object, n_jobs: int) -> None:
    systems = [walks(seed=k) for k in range(7)]
    for one, many in zip(fit_operators(systems, 2, rank), fit_operators(systems, 2, rank, n_jobs=n_jobs), strict=True):
        np.testing.assert_array_equal(one.matrix, many.matrix)
        assert one.one_step_error == many.one_step_error


def test_each_is_fitted_as_it_would_be_alone() -> None:
    systems = [walks(seed=k) for k in range(3)]
    options = {"delay_interval": 2, "ridge": 1e-3, "center": "unit", "regression": "tls", "steps_ahead": 2}
    for system, operator in zip(systems, fit_operators(systems, 2, 4, **options), strict=True):
        np.testing.assert_array_equal(operator.matrix, fit_operator(system, 2, 4, **options).matrix)


def test_a_rule_gives_all_the_largest_rank_that_it_finds() -> None:
    systems = [walks(6, seed=k) * np.logspace(0, -k, 6) for k in range(3)]
    alone = [fit_operator(system, 2, 0.95).rank for system in systems]
    assert len(set(alone)) > 1
    together = fit_operators(systems, 2, 0.95)
    assert {operator.rank for operator in together} == {max(alone)}
    np.testing.assert_array_equal(together[1].matrix, fit_operator(systems[1], 2, max(alone)).matrix)


def test_all_bad_systems_are_named_in_one_error_with_what_was_given() -> None:
    bad = walks()
    bad[2, 3, 1] = np.nan
    systems = [walks(3), walks(), bad, walks()[:, :1], walks(4)]
    with pytest.raises(InputError) as caught:
        fit_operators(systems, 1, 5, names=["a", "b", "c", "d", "e"])
    message = str(caught.value)
    assert "smaller of 200 windows and 3 columns (1 delays x 3 units) of a; got 5" in message
    assert "c has 1 value that is not finite" in message
    assert "d needs trials of at least 2 steps" in message
    assert "4 columns (1 delays x 4 units) of e; got 5" in message
    assert " b" not in message


@pytest.mark.parametrize("rank", [0.999, "svht"])
def test_a_system_too_small_for_the_rank_that_a_rule_found_is_named_with_the_rule(rank: object) -> None:
    rng = np.random.default_rng(0)
    large = rng.normal(size=(20, 30, 8)).cumsum(axis=1) @ rng.normal(size=(8, 40))
    large += 0.01 * rng.normal(size=large.shape)
    with pytest.raises(InputError) as caught:
        fit_operators([large, walks(3)], 1, rank)
    found = fit_operator(large, 1, rank).rank
    assert "system 1 has at most 3 directions, the smaller of 200 windows and 3 columns" in str(caught.value)
    assert f"fewer than rank={rank!r} asks for {found} (in system 0)" in str(caught.value)
    padded = fit_operators([large, walks(3)], 1, rank, zero_pad=True)
    assert [operator.matrix.shape[0] for operator in padded] == [found, found]
    assert padded[1].status.code == "rank_deficient"
    assert (
        f"holds 3 directions above rounding, rank={rank!r} asks for {found} (in system 0)" in padded[1].status.message
    )
    np.testing.assert_array_equal(padded[1].matrix[:3, :3], fit_operator(walks(3), 1, 3).matrix)
    assert not padded[1].matrix[3:].any()


def test_noise_is_not_compared_at_the_rank_of_other_systems() -> None:
    rng = np.random.default_rng(0)
    signal = rng.normal(size=(20, 30, 4)).cumsum(axis=1) @ rng.normal(size=(4, 20))
    noise = rng.normal(size=(20, 30, 20))
    operators = fit_operators([signal + 0.1 * noise, noise], 1, "svht")
    assert operators[0].status.ok
    assert operators[1].status.code == "too_few_directions"
    assert "finds no direction of system 1 above noise" in operators[1].status.message


@pytest.mark.parametrize(("rank", "total"), [(3, 4), (0.9, 8)])
def test_progress_ends_at_its_total(rank: object, total: int) -> None:
    told: list[tuple[int, int]] = []
    fit_operators(
        [walks(seed=k) * np.logspace(0, -k, 6) for k in range(4)], 1, rank, progress=lambda *at: told.append(at)
    )
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert {of for _, of in told} == {total}
    assert told[-1][0] == total


def test_faults_of_all_systems_are_told_once() -> None:
    with pytest.raises(InputError) as caught:
        fit_operators([walks(), walks()], 2, 0)
    assert str(caught.value).count("rank must be") == 1
    with pytest.raises(InputError, match=r"names must hold one name for each of 2 systems; got 1"):
        fit_operators([walks(), walks()], 2, 3, names=["a"])
    with pytest.raises(InputError, match="at least one system"):
        fit_operators([], 2, 3)
