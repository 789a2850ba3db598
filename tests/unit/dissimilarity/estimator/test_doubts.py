"""What is said of fits that may not be what they seem, and that nothing is said of ordinary ones."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from dynashape.dissimilarity import DSA, DoubtKind, fit_operator
from dynashape.errors import DoubtWarning
from latent_systems import record, rotations

ORDINARY = [record(rotations(k), np.random.default_rng(k), 20 + 2 * k, 50, 20 + 3 * k) for k in range(4)]


def network(seed: int, leak: float, noise: float, gain: float) -> np.ndarray:
    """Trials of a random tanh network from random states."""
    rng = np.random.default_rng(seed)
    weights = gain * rng.normal(size=(48, 48)) / np.sqrt(48)
    x = rng.normal(size=(25, 48))
    steps = []
    for _ in range(50):
        steps.append(x)
        x = (1 - leak) * x + leak * np.tanh(x @ weights) + noise * rng.normal(size=x.shape)
    return np.stack(steps, axis=1)


@pytest.mark.parametrize("noise", [0.1, 0.3, 1.0])
def test_ordinary_recordings_give_no_doubt(noise: float) -> None:
    given = [record(rotations(100 + k), np.random.default_rng(k), 20 + k, 50, 20 + k, noise) for k in range(20)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dsa = DSA(3, 6).fit(given)
    assert dsa.doubts_ == ()


@pytest.mark.parametrize(("noise", "gain"), [(0.0, 0.8), (0.0, 1.5), (0.1, 1.2)])
def test_ordinary_networks_give_no_doubt(noise: float, gain: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        DSA(3, 6).fit([network(k, 0.2 + 0.1 * (k % 3), noise, gain) for k in range(6)])


def few_steps(x: np.ndarray) -> np.ndarray:
    return x[:2, :20]


DOUBTFUL = {
    DoubtKind.NO_BETTER_THAN_MEAN: lambda x: np.random.default_rng(0).normal(size=x.shape),
    DoubtKind.FEW_WINDOWS: few_steps,
    DoubtKind.SINGLE_TRIAL: lambda x: x[:1],
    DoubtKind.OFFSET: lambda x: x + 10.0 * np.random.default_rng(0).normal(size=x.shape[2]),
    DoubtKind.UNEQUAL_TRIALS: lambda x: x[:5],
    DoubtKind.UNEQUAL_STEPS: lambda x: x[:, :1] + 0.01 * np.random.default_rng(0).normal(size=x.shape).cumsum(axis=1),
    DoubtKind.SMOOTHED: lambda x: gaussian_filter1d(x, 1.5, axis=1),
    DoubtKind.AXES: lambda x: x.transpose(0, 2, 1),
}


@pytest.mark.parametrize("kind", DOUBTFUL)
def test_each_doubt_names_the_system_and_is_told_once(kind: DoubtKind) -> None:
    given = {**dict(zip("ABC", ORDINARY, strict=False)), "odd one": DOUBTFUL[kind](ORDINARY[3])}
    with pytest.warns(DoubtWarning) as caught:
        dsa = DSA(3, 6).fit(given)
    (doubt,) = [doubt for doubt in dsa.doubts_ if doubt.kind == kind]
    assert doubt.systems == ("odd one",)
    texts = [str(each.message) for each in caught]
    assert texts.count(doubt.message) == 1
    assert len(texts) == len(dsa.doubts_)
    assert "1 of 4 systems (odd one): " in doubt.message
    assert all(each.filename == __file__ for each in caught)
    assert kind in dsa.summary().systems[3].doubts


def test_a_list_of_trials_is_named_for_what_it_is() -> None:
    trials = list(record(rotations(0), np.random.default_rng(0), 6, 100))
    with pytest.warns(DoubtWarning, match=r"taken for a system of one trial.*X = \[\[trial, trial"):
        dsa = DSA(2, 6).fit(trials)
    assert dsa.distances_.shape == (6, 6)
    assert [doubt.kind for doubt in dsa.doubts_] == [DoubtKind.TRIALS_AS_SYSTEMS]
    # Trials of one system, and single trials of systems that differ in their units.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        DSA(2, 6).fit([trials])
    with pytest.warns(DoubtWarning, match="one trial, or an average"):
        DSA(2, 6).fit([trials[0], trials[1][:, :20]])


def test_unequal_trials_are_doubted_with_a_correction_too() -> None:
    few = ORDINARY[3][:5]
    # The distances stay what they are, so this doubt stays, with another remedy.
    with pytest.warns(DoubtWarning, match="Read squared_corrected_; below about 24 trials above the true rank"):
        DSA(3, 6, corrected=True).fit([*ORDINARY[:3], few])


def test_spikes_are_judged_by_the_mean() -> None:
    # Persistence is a worse guess of noise than any operator, and no sign of dynamics.
    rng = np.random.default_rng(0)
    counts = rng.poisson(0.3, size=(30, 50, 20))
    with pytest.warns(DoubtWarning, match="no better than each unit's mean"):
        dsa = DSA(1, 4).fit([counts, *ORDINARY[:1]])
    noise = dsa.summary().systems[0]
    assert noise.error < noise.persistence
    assert noise.error > 0.99 * noise.error_of_mean


def test_summary() -> None:
    with pytest.warns(DoubtWarning):
        dsa = DSA(3, 6).fit({"A": ORDINARY[0], "B": ORDINARY[1]}, reference={"C": ORDINARY[2][:1, :40]})
    records = dsa.summary().records()
    assert [row["name"] for row in records] == ["A", "B", "C"]
    assert [row["trials"] for row in records] == [20, 22, 1]
    assert [row["steps"] for row in records] == [50, 50, 40]
    assert [row["units"] for row in records] == [20, 23, 26]
    assert records[0]["error"] == fit_operator(ORDINARY[0], 3, 6).one_step_error
    assert records[2]["doubts"] == "few windows, single trial, unequal trials"
    text = str(dsa.summary())
    assert text.splitlines()[0].split()[:4] == ["name", "trials", "steps", "units"]
    assert len(text.splitlines()) == 4 + len(dsa.doubts_)
    assert "1 of 3 systems (C): one trial" in text


def test_summary_of_operators() -> None:
    dsa = DSA().fit([fit_operator(x, 3, 6) for x in ORDINARY])
    assert dsa.doubts_ == ()
    assert dsa.summary().records()[0]["trials"] is None
    assert str(dsa.summary()).splitlines()[1].split()[:4] == ["system", "0", "-", "-"]
