"""The leaky network follows its equation, and its noise is its own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dynashape.errors import InputError
from dynashape.networks import Ensemble, make_cell


def weights(cell, seed=0):
    return cell.initialise(3, 12, 2, np.random.default_rng(seed))


def inputs(n_networks=1, n_trials=4, n_steps=40, seed=0):
    drawn = np.random.default_rng(seed).standard_normal((n_networks, n_trials, n_steps, 3))
    return torch.as_tensor(drawn, dtype=torch.float32)


def test_without_recurrence_it_relaxes_with_its_time_constant():
    cell = make_cell("Leaky-RNN", tau_ms=200, dt_ms=20, recurrent_gain=0.0)
    own = weights(cell)
    constant = torch.ones(1, 1, 60, 3)
    with torch.no_grad():
        activity = Ensemble(cell, [own]).run(constant)[0][0, 0].numpy()
    target = np.tanh(own["input"][0].sum(axis=0))
    # Euler: after t steps 1 - (1 - alpha)^t of the way; float32 over 60 steps.
    way = 1 - 0.9 ** np.arange(1, 61)
    assert activity == pytest.approx(way[:, None] * target, abs=1e-5)


def test_noise_is_new_for_new_trials_only_and_the_same_in_company():
    cell = make_cell("Leaky-RNN", recurrent_noise=0.2)
    own = [weights(cell, 0), weights(cell, 1)]
    drive = inputs(2)
    with torch.no_grad():
        both = Ensemble(cell, own).run(drive)[0]
        alone = Ensemble(cell, own[1:]).run(drive[1:])[0]
        quiet = Ensemble(make_cell("Leaky-RNN"), own).run(drive)[0]
    assert torch.equal(both[1], alone[0])
    assert not torch.allclose(both, quiet, atol=1e-2)
    assert not torch.equal((both - quiet)[0], (both - quiet)[1])


def test_the_noise_makes_activity_of_the_stated_size_whatever_the_time_step():
    # A linear leaky unit driven by it alone has this standard deviation (Ornstein-Uhlenbeck, in Euler steps).
    for dt_ms in (10, 20):
        cell = make_cell("Leaky-RNN", tau_ms=100, dt_ms=dt_ms, recurrent_noise=0.05, recurrent_gain=0.0)
        silent = {name: np.zeros_like(array) for name, array in weights(cell).items()}
        with torch.no_grad():
            late = Ensemble(cell, [silent]).run(torch.zeros(1, 50, 200, 3))[0][0, :, 100:]
        euler = 0.05 / np.sqrt(1 - dt_ms / 200)
        # tanh is linear to 1 % at this size; 60,000 correlated values give the deviation to about 2 %.
        assert float(late.std()) == pytest.approx(euler, rel=0.06)


def test_a_time_constant_below_the_time_step_is_refused():
    with pytest.raises(InputError, match="tau_ms"):
        make_cell("Leaky-RNN", tau_ms=10, dt_ms=20)
