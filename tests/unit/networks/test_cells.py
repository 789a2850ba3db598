"""Cells against published implementations, and activity of order one before training."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dynashape.errors import InputError
from dynashape.networks import (
    ARCHITECTURES,
    Ensemble,
    known_architectures,
    make_cell,
    make_nonlinearity,
    random_orthogonal,
    register_cell,
)

# Where torch.nn keeps our gates: its rows are (reset, update, new) and (input, forget, cell, output).
TORCH_ORDER = {"V-RNN": (0,), "GRU": (1, 0, 2), "LSTM": (0, 1, 3, 2)}
TORCH_MODULES = {"V-RNN": torch.nn.RNN, "GRU": torch.nn.GRU, "LSTM": torch.nn.LSTM}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_tanh_variant_equals_torch(name: str) -> None:
    cell = make_cell(name, nonlinearity="tanh")
    weights = cell.initialise(4, 9, 2, np.random.default_rng(3))
    module = TORCH_MODULES[name](4, 9, batch_first=True)
    order = TORCH_ORDER[name]
    with torch.no_grad():
        module.weight_ih_l0.copy_(torch.tensor(np.concatenate([weights["input"][g].T for g in order])))
        module.weight_hh_l0.copy_(torch.tensor(np.concatenate([weights["recurrent"][g].T for g in order])))
        module.bias_ih_l0.copy_(torch.tensor(np.concatenate([weights["bias"][g] for g in order])))
        module.bias_hh_l0.zero_()
        inputs = torch.tensor(np.random.default_rng(0).standard_normal((5, 11, 4)), dtype=torch.float32)
        expected = module(inputs)[0]
    activity, _ = Ensemble(cell, [weights]).run(inputs[None])
    torch.testing.assert_close(activity[0], expected, rtol=1e-5, atol=1e-5)  # float32 over 11 steps


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_untrained_activity_is_of_order_one(name: str) -> None:
    cell = make_cell(name)
    weights = [cell.initialise(7, 64, 3, np.random.default_rng(seed)) for seed in range(3)]
    inputs = torch.tensor(np.random.default_rng(9).standard_normal((3, 20, 96, 7)), dtype=torch.float32)
    activity, logits = Ensemble(cell, weights).run(inputs)
    assert torch.isfinite(logits).all()
    root_mean_square = activity[:, :, -24:].square().mean(dim=(1, 2, 3)).sqrt()
    assert (root_mean_square > 0.05).all()
    assert (root_mean_square < 5).all()


def test_same_stream_same_weights() -> None:
    cell = make_cell("LSTM")
    one, two = (cell.initialise(3, 8, 2, np.random.default_rng(4)) for _ in range(2))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert all(array.dtype == np.float32 for array in one.values())


def test_random_orthogonal_is_orthogonal() -> None:
    q = random_orthogonal(20, np.random.default_rng(0))
    np.testing.assert_allclose(q @ q.T, np.eye(20), atol=1e-12)  # float64 rounding of 20 terms


def test_names_that_are_not_known() -> None:
    with pytest.raises(InputError, match="did you mean 'V-RNN'"):
        make_cell("VRNN")
    with pytest.raises(InputError, match="did you mean 'relu'"):
        make_nonlinearity("relo")
    with pytest.raises(InputError, match="cannot be made with options"):
        make_cell("GRU", speed=3)


def test_a_registered_cell_is_made_by_name() -> None:
    class Own(type(make_cell("GRU"))):
        pass

    register_cell("own", Own)
    register_cell("own", Own)
    assert isinstance(make_cell("own"), Own)
    assert "own" in known_architectures()
    with pytest.raises(InputError, match="already registered"):
        register_cell("own", type(make_cell("GRU")))
