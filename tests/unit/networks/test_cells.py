"""Cells against published implementations, and activity of order one before training."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest
import torch

from dynashape.errors import InputError, SpecError
from dynashape.networks import ARCHITECTURES, Ensemble, known_architectures, make_cell
from dynashape.networks.cell import random_orthogonal
from dynashape.networks.nonlinearity import make_nonlinearity
from dynashape.networks.registry import takes_option

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


@pytest.fixture
def cells(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A user's module, as it can be imported."""
    module = ModuleType("somebodys_cells")
    monkeypatch.setitem(sys.modules, "somebodys_cells", module)
    return module


def test_an_own_cell_is_made_from_its_entry_point_and_nothing_stays_behind(cells: ModuleType) -> None:
    class Own(type(make_cell("GRU"))):
        def __init__(self, *, speed: float = 1.0) -> None:
            super().__init__()
            self.speed = speed

    def make_own(dt_ms: int = 20) -> Own:
        return Own(speed=dt_ms / 10)

    cells.Own, cells.make_own = Own, make_own
    known = known_architectures()
    assert make_cell("somebodys_cells:Own", speed=3.0).speed == 3.0
    assert make_cell("somebodys_cells:make_own").speed == 2.0
    assert takes_option("somebodys_cells:Own", "speed")
    assert not takes_option("somebodys_cells:Own", "dt_ms")
    assert takes_option("somebodys_cells:make_own", "dt_ms")
    assert known_architectures() == known


@pytest.mark.parametrize(("found", "got"), [(dict, "dict"), (lambda: 3, "int"), (3, "int"), (make_cell("GRU"), "Gru")])
def test_what_is_no_cell_is_refused(cells: ModuleType, found: object, got: str) -> None:
    cells.found = found
    with pytest.raises(InputError, match=rf"'somebodys_cells:found' must be a subclass of .*Cell.*; got {got}\."):
        make_cell("somebodys_cells:found")


def test_an_entry_point_that_leads_nowhere_is_named(cells: ModuleType) -> None:
    with pytest.raises(SpecError, match="cannot load the cell 'somebodys_cells:Own'"):
        make_cell("somebodys_cells:Own")
