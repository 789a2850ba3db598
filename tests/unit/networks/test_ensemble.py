"""Hand-written gradients are autograd's, and networks of an ensemble do not touch each other."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dynashape.errors import InputError
from dynashape.networks import ARCHITECTURES, Cell, Ensemble, make_cell
from dynashape.networks.ensemble import with_ones

N_NETWORKS, N_TRIALS, N_STEPS, N_INPUTS, N_UNITS, N_ACTIONS = 3, 6, 7, 4, 10, 3


def make_ensemble(cell: Cell, dtype: torch.dtype = torch.float32) -> Ensemble:
    rngs = [np.random.default_rng(seed) for seed in range(N_NETWORKS)]
    return Ensemble(cell, [cell.initialise(N_INPUTS, N_UNITS, N_ACTIONS, rng) for rng in rngs], dtype=dtype)


def draw(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.tensor(np.random.default_rng(seed).standard_normal(shape), dtype=dtype)


def logits_by_steps(cell: Cell, stacked: dict, inputs: torch.Tensor, index: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Activity and logits of one network by the cell's `step` alone: the definition."""
    w = {name: array[index : index + 1] for name, array in stacked.items()}
    state = (torch.zeros(1, inputs.shape[1], N_UNITS, dtype=inputs.dtype),) * cell.n_states
    history = []
    for t in range(inputs.shape[2]):
        drive = torch.stack(
            [inputs[index : index + 1, :, t] @ w["input"][:, g] + w["bias"][:, g, None] for g in range(len(cell.gates))]
        )
        state = cell.step(drive, w["recurrent"], state)
        history.append(state[0])
    activity = torch.stack(history, dim=2)[0]
    return activity, activity @ w["readout"][0] + w["readout_bias"][0]


@pytest.mark.parametrize("nonlinearity", ["relu", "tanh"])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_gradients_equal_autograd_of_each_network(name: str, nonlinearity: str) -> None:
    cell = make_cell(name, nonlinearity=nonlinearity)
    ensemble = make_ensemble(cell, torch.float64)
    ensemble.parameters.add_(0.1 * draw(*ensemble.parameters.shape, seed=5, dtype=torch.float64))
    inputs = draw(N_NETWORKS, N_TRIALS, N_STEPS, N_INPUTS, seed=1, dtype=torch.float64)
    d_logits = draw(N_NETWORKS, N_STEPS, N_TRIALS, N_ACTIONS, seed=2, dtype=torch.float64)
    gradient = torch.zeros_like(ensemble.parameters)
    logits = ensemble.forward(with_ones(inputs))
    ensemble.backward(d_logits, gradient, activity_penalty=0.3)
    got = ensemble.views(gradient)
    for index in range(N_NETWORKS):
        leaves = {key: array.clone().requires_grad_() for key, array in ensemble.stacked.items()}
        activity, expected = logits_by_steps(cell, leaves, inputs, index)
        loss = (expected * d_logits[index].transpose(0, 1)).sum() + 0.3 * activity.square().mean()
        loss.backward()
        # float64 and some 20 products of order one: anything beyond 1e-10 would be a wrong formula.
        torch.testing.assert_close(logits[index].transpose(0, 1), expected.detach(), rtol=1e-10, atol=1e-10)
        for key, leaf in leaves.items():
            torch.testing.assert_close(got[key][index], leaf.grad[index], rtol=1e-10, atol=1e-10, msg=key)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_cell_without_formulas_learns_by_autograd(name: str) -> None:
    written = make_cell(name)

    class StepOnly(type(written)):
        forward, backward = Cell.forward, Cell.backward

        def extra_buffers(self) -> dict[str, int]:
            return {}

    inputs, d_logits = draw(N_NETWORKS, N_TRIALS, N_STEPS, N_INPUTS), draw(N_NETWORKS, N_STEPS, N_TRIALS, N_ACTIONS)
    gradients = []
    for cell in (written, StepOnly()):
        ensemble = make_ensemble(cell)
        gradient = torch.zeros_like(ensemble.parameters)
        ensemble.forward(with_ones(inputs))
        ensemble.backward(d_logits, gradient, activity_penalty=0.1)
        gradients.append(gradient)
    torch.testing.assert_close(*gradients, rtol=1e-4, atol=1e-4)  # float32 sums in two orders


@pytest.mark.parametrize(("n_units", "n_trials", "n_actions"), [(10, 6, 3), (12, 16, 2), (33, 64, 3), (64, 64, 2)])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_network_gives_the_same_bits_alone_and_in_company(
    name: str, n_units: int, n_trials: int, n_actions: int
) -> None:
    # Several sizes: a matrix product may be handed to another kernel at another size, and round otherwise.
    cell = make_cell(name)
    rngs = [np.random.default_rng(seed) for seed in range(N_NETWORKS)]
    ensemble = Ensemble(cell, [cell.initialise(N_INPUTS, n_units, n_actions, rng) for rng in rngs])
    inputs, d_logits = draw(N_NETWORKS, n_trials, N_STEPS, N_INPUTS), draw(N_NETWORKS, N_STEPS, n_trials, n_actions)

    def both(part: slice) -> tuple[torch.Tensor, torch.Tensor]:
        some = Ensemble(cell, ensemble.split()[part])
        gradient = torch.zeros_like(some.parameters)
        logits = some.forward(with_ones(inputs[part]))
        some.backward(d_logits[part], gradient)
        return logits, gradient

    logits, gradient = both(slice(None))
    for index in range(N_NETWORKS):
        one = slice(index, index + 1)
        alone = both(one)
        assert torch.equal(alone[0], logits[one])
        assert torch.equal(alone[1], gradient[one])


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_nan_stays_in_its_network(name: str) -> None:
    ensemble = make_ensemble(make_cell(name))
    inputs = draw(N_NETWORKS, N_TRIALS, N_STEPS, N_INPUTS)
    before, _ = ensemble.run(inputs)
    ensemble.parameters[1] = float("nan")
    after, _ = ensemble.run(inputs)
    assert torch.isnan(after[1]).any()
    assert torch.equal(before[[0, 2]], after[[0, 2]])


def test_run_does_not_depend_on_how_many_trials_it_takes_at_once() -> None:
    ensemble = make_ensemble(make_cell("LSTM"))
    inputs = draw(N_NETWORKS, N_TRIALS, N_STEPS, N_INPUTS)
    whole, parts = ensemble.run(inputs), ensemble.run(inputs, trials_at_once=4)
    # Products of other heights may round otherwise, by a few float32 ulps.
    torch.testing.assert_close(whole, parts, rtol=1e-5, atol=1e-6)


def test_split_returns_what_was_stacked() -> None:
    cell = make_cell("GRU")
    weights = [cell.initialise(N_INPUTS, N_UNITS, N_ACTIONS, np.random.default_rng(seed)) for seed in range(2)]
    for given, got in zip(weights, Ensemble(cell, weights).split(), strict=True):
        assert set(given) == set(got)
        assert all(np.array_equal(given[name], got[name]) for name in given)


def test_weights_of_another_cell_are_refused() -> None:
    weights = make_cell("GRU").initialise(N_INPUTS, N_UNITS, N_ACTIONS, np.random.default_rng(0))
    with pytest.raises(InputError, match="do not fit a LSTM"):
        Ensemble(make_cell("LSTM"), [weights])
    with pytest.raises(InputError, match="at least one network"):
        Ensemble(make_cell("LSTM"), [])
