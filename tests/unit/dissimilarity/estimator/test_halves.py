"""Floors and corrected distances, on recordings whose latent dynamics are equal or differ by a known amount."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from dynashape.dissimilarity import DSA, fit_operator
from dynashape.errors import DoubtWarning, InputError
from dynashape.records import Code
from latent_systems import observe, record, rotations

STEP, OTHER = rotations(0), rotations(0, shift=0.1)


@pytest.mark.filterwarnings("ignore::dynashape.errors.DoubtWarning")
def test_floors_are_distances_of_halves() -> None:
    given = [record(rotations(k), np.random.default_rng(k)) for k in range(3)]
    dsa = DSA(2, 6).fit(given)
    assert dsa.floor_.shape == dsa.unit_floor_.shape == (3,)
    # Two trials have one pair of halves.
    pair = DSA(1, 6).fit([given[0][:2], given[1][:2]])
    halves = DSA(1, 6).fit([given[1][:1], given[1][1:2]]).distances_[0, 1]
    assert pair.floor_[1] == pytest.approx(halves, rel=1e-6)
    floors = dsa.floors(repeats=4)
    assert floors.trial_halves.shape == floors.unit_halves.shape == (4, 3)
    assert (floors.trial_halves == dsa.floors().trial_halves[:4]).all()
    assert floors.trials == pytest.approx(np.sqrt((floors.trial_halves**2).mean(axis=0)))
    assert len(set(floors.trial_halves[:, 0])) == len(set(floors.unit_halves[:, 0])) == 4
    assert floors.units == pytest.approx(np.sqrt((floors.unit_halves**2).mean(axis=0)))
    assert "system 2" in str(floors)


def test_floors_hang_on_nothing_but_the_system() -> None:
    given = [record(rotations(k), np.random.default_rng(k), n_units=20 + k) for k in range(3)]
    found = DSA(2, 6).fit(given).floors(3)
    turned = DSA(2, 6).fit({"c": given[2], "a": given[0]}).floors(3)
    assert (turned.trial_halves == found.trial_halves[:, [2, 0]]).all()
    assert (turned.unit_halves == found.unit_halves[:, [2, 0]]).all()


def test_a_list_of_trials_has_the_floors_of_their_array() -> None:
    x = record(STEP, np.random.default_rng(0))
    array, ragged = DSA(2, 6).fit([x, x]), DSA(2, 6).fit([list(x), [x[:7], *x[7:]]])
    assert (ragged.floors(2).trial_halves == array.floors(2).trial_halves).all()


def test_what_cannot_be_halved_has_a_status() -> None:
    x = record(STEP, np.random.default_rng(0), n_steps=200, n_units=6)
    with pytest.warns(DoubtWarning, match="one trial"):
        floors = DSA(1, 6).fit([x, x[:1]]).floors()
    assert np.isfinite(floors.trials[0])
    assert np.isnan(floors.trials[1])
    assert floors.trial_statuses[1].code == Code.TOO_FEW_TRIALS
    assert "at least 2 trials" in floors.trial_statuses[1].message
    # Of 6 units each half has 3, and one delay of them no six directions.
    assert np.isnan(floors.units).all()
    assert "a half of the units of system 0" in floors.unit_statuses[0].message
    assert "rank must lie in 1..3" in floors.unit_statuses[0].message
    for repeats in (0, 1.5, True, None, [1], np.nan, np.inf, "2"):
        with pytest.raises(InputError, match="repeats must be"):
            DSA(1, 6).fit([x]).floors(repeats)


@pytest.mark.parametrize(("n_first", "n_second"), [(24, 24), (120, 8)])
def test_corrected_squares_are_unbiased_and_hardly_noisier(n_first: int, n_second: int) -> None:
    readout = np.random.default_rng(1).normal(size=(6, 30))
    naive, corrected = [], []
    for draw in range(25):
        rng = np.random.default_rng([n_second, draw])
        trials = (n_first, n_second, n_second)
        same = [observe(step, readout, rng, n) for step, n in zip((STEP, STEP, OTHER), trials, strict=True)]
        dsa = DSA(1, 6, corrected=True).fit(same)
        naive.append(dsa.distances_[0, 1:] ** 2)
        corrected.append(dsa.squared_corrected_[0, 1:])
    means, errors = np.mean(corrected, axis=0), np.std(corrected, axis=0) / np.sqrt(len(corrected))
    biased = np.mean(naive, axis=0)
    # Of equal dynamics: within chance of 0, where the naive square is far from it.
    assert abs(means[0]) < 3 * errors[0]
    assert biased[0] > 6 * errors[0]
    # Of others: the square with much data (600 trials each), which the naive one exceeds.
    rng = np.random.default_rng(0)
    truth = DSA(1, 6).fit([observe(step, readout, rng, 600) for step in (STEP, OTHER)]).distances_[0, 1] ** 2
    assert abs(means[1] - truth) < 3 * errors[1]
    assert biased[1] - truth > abs(means[1] - truth)
    # The price: the variance of the halves besides that of the square.
    spread = np.std(corrected, axis=0) / np.std(naive, axis=0)
    assert (spread < 1.5).all()


def stretches(rng: np.random.Generator, readout: np.ndarray, lengths: Sequence[int]) -> list[np.ndarray]:
    """Trials of these lengths from the end of long ones, where activity is stationary."""
    whole = observe(STEP, readout, rng, len(lengths), max(lengths) + 30)
    return [trial[-length:] for trial, length in zip(whole, lengths, strict=True)]


@pytest.mark.parametrize("lengths", [(500, *[30] * 11), (150, 30) * 8])
def test_corrected_squares_of_unequal_trials_are_unbiased(lengths: tuple[int, ...]) -> None:
    readout = np.random.default_rng(1).normal(size=(6, 30))
    naive, corrected = [], []
    for draw in range(20):
        rng = np.random.default_rng([len(lengths), draw])
        dsa = DSA(1, 6, corrected=True).fit([stretches(rng, readout, lengths) for _ in range(3)])
        pairs = np.triu_indices(3, 1)
        naive.append((dsa.distances_[pairs] ** 2).mean())
        corrected.append(dsa.squared_corrected_[pairs].mean())
    error = np.std(corrected) / np.sqrt(len(corrected))
    assert abs(np.mean(corrected)) < 3 * error
    assert np.mean(naive) > 6 * error


@pytest.mark.parametrize(("n_trials", "product"), [(2, 1 / 4), (3, 2 / 9), (5, 6 / 25)])
def test_the_correction_knows_how_much_the_halves_hold(n_trials: int, product: float) -> None:
    given = [record(rotations(k), np.random.default_rng(k), n_trials, n_steps=150) for k in range(2)]
    dsa = DSA(2, 6, corrected=True).fit(given)
    expected = dsa.distances_[0, 1] ** 2 - product * (dsa.floor_**2).sum()
    assert dsa.squared_corrected_[0, 1] == pytest.approx(expected, rel=1e-12)


def conditions_in_turn(rng: np.random.Generator, step: np.ndarray, drives: np.ndarray, n_trials: int) -> np.ndarray:
    """Activity (trials, steps, units) of trials that are driven by the rows of `drives` in turn."""
    x = 0.3 * rng.normal(size=(n_trials, 6))
    states = []
    for _ in range(40):
        states.append(x)
        x = x @ step.T + np.resize(drives, (n_trials, 6)) + 0.1 * rng.normal(size=x.shape)
    seen = np.stack(states, axis=1) @ np.random.default_rng(1).normal(size=(6, 20))
    return seen + 0.3 * seen.std() * rng.normal(size=seen.shape)


@pytest.mark.filterwarnings("ignore::dynashape.errors.DoubtWarning")
def test_conditions_in_turn_do_not_pass_for_error() -> None:
    drives = 0.3 * np.random.default_rng(7).normal(size=(2, 6))
    corrected = []
    for draw in range(12):
        rng = np.random.default_rng(draw)
        dsa = DSA(1, 6, corrected=True).fit([conditions_in_turn(rng, step, drives, 80) for step in (STEP, OTHER)])
        corrected.append(dsa.squared_corrected_[0, 1])
    rng = np.random.default_rng(99)
    much = [conditions_in_turn(rng, step, drives, 4000) for step in (STEP, OTHER)]
    truth = DSA(1, 6).fit(much).distances_[0, 1] ** 2
    error = np.std(corrected) / np.sqrt(len(corrected))
    assert abs(np.mean(corrected) - truth) < 3 * error
    # Halves of one condition each lie so far apart that correction by them would be seen.
    every_other = DSA(1, 6).fit([much[0][:80:2], much[0][1:80:2]]).distances_[0, 1] ** 2
    assert every_other / 4 > 3 * error


def test_corrected_squares_of_a_rectangle_and_of_spectra() -> None:
    given = [record(rotations(k), np.random.default_rng(k)) for k in range(4)]
    for dissimilarity in ("dsa", "spectral"):
        options = {"corrected": True, "dissimilarity": dissimilarity}
        square = DSA(2, 6, **options).fit(given)
        assert (np.diag(square.squared_corrected_) == 0.0).all()
        assert (square.squared_corrected_ == square.squared_corrected_.T).all()
        f = square.floor_
        expected = square.distances_[0, 2] ** 2 - (f[0] ** 2 + f[2] ** 2) / 4
        assert square.squared_corrected_[0, 2] == pytest.approx(expected, rel=1e-12)
        found = DSA(2, 6, **options).fit(given[:1], reference=given[1:])
        assert (found.squared_corrected_ == square.squared_corrected_[:1, 1:]).all()
        assert (found.floor_ == f[:1]).all()


def test_where_there_are_no_halves_there_is_no_correction() -> None:
    x = record(STEP, np.random.default_rng(0), n_steps=100)
    with pytest.warns(DoubtWarning, match=r"1 of 3 systems \(system 1\) have no halves of trials .* NaN there"):
        dsa = DSA(2, 6, corrected=True).fit([x, x[:1], x[1:]])
    assert np.isnan(dsa.squared_corrected_[0, 1])
    assert np.isfinite(dsa.squared_corrected_[0, 2])
    with pytest.raises(InputError, match="corrected=True needs the activity"):
        DSA(corrected=True).fit([fit_operator(x, 2, 6)])
