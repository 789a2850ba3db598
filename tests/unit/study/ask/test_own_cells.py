"""Architectures beyond the three reach a study through its specification alone."""

from __future__ import annotations

import pytest

from dynashape.errors import SpecError
from dynashape.networks import make_cell
from dynashape.steps import Reader, perform
from dynashape.store import Store
from dynashape.study import load_spec
from dynashape.study.ask.load import parse_spec
from dynashape.study.work.plan import make_plan

LEAKY = {
    "architectures": ["Leaky-RNN", "GRU"],
    "networks": {"n_units": 8, "options": {"nonlinearity": "tanh", "Leaky-RNN": {"tau_ms": 160}}},
}


class Mine(type(make_cell("GRU"))):
    """A cell of one's own."""


def test_options_reach_the_cells_and_the_time_step_is_the_studys():
    spec = parse_spec(LEAKY)
    cell = spec.networks.cell("Leaky-RNN", spec.timing.dt_ms)
    assert cell.alpha == 20 / 160
    assert type(spec.networks.cell("GRU", 20).nonlinearity).__name__ == "Tanh"


def test_a_leaky_tanh_network_trains_and_is_recorded(tmp_path):
    fields = ["architectures=[Leaky-RNN]", "networks={n_units: 8, options: {tau_ms: 80, recurrent_noise: 0.05}}"]
    plan = make_plan(load_spec("smoke", [*fields, "training.max_updates=4", "training.evaluate_every=2"]))
    store = Store.create(tmp_path)
    for steps in (plan.trains, plan.examines, plan.records, plan.final.fits):
        (own,) = [step for step in steps if step.name == "Leaky-RNN DC"]
        perform(store.root, own)
    found = Reader(store)(own)
    assert len(found) == 3 * 3 * 4  # seeds, conditions, phases
    assert {operator.status.code for operator in found.values()} == {"ok"}


def test_an_own_cell_is_named_by_its_entry_point(entry_point):
    spec = parse_spec({"architectures": ["Mine"], "networks": {"cells": {"Mine": entry_point(Mine)}}})
    assert isinstance(spec.networks.cell("Mine", 20), Mine)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"architectures": ["Leaky-RN"]}, "did you mean 'Leaky-RNN'"),
        ({"architectures": ["X"], "networks": {"cells": {"X": "nowhere:X"}}}, "cannot load the cell 'nowhere:X'"),
        ({"architectures": ["a/b"], "networks": {"cells": {"a/b": "x:Y"}}}, "networks.cells.a/b"),
        ({"networks": {"options": {"tau_ms": 100}}}, "cannot be made with options"),
        ({"networks": {"options": {"nonlinearity": "tan"}}}, "did you mean 'tanh'"),
    ],
)
def test_a_mistake_is_named(raw, said):
    with pytest.raises(SpecError) as caught:
        parse_spec(raw)
    assert said in str(caught.value)
