from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from dynashape.records import CONDITIONS, PHASES, Condition, System


@pytest.mark.parametrize("condition", Condition)
def test_a_system_is_under_the_condition_that_it_was_made_for(condition: Condition) -> None:
    system = System.under(condition, "GRU", "CDM", 3, noise="gaussian", phase="delay")
    assert system.condition is condition
    assert (system.architecture, system.task, system.seed, system.phase) == ("GRU", "CDM", 3, "delay")
    assert system.network == "GRU/CDM/3"


def test_conditions_differ_in_weights_and_input() -> None:
    made = {one: System.under(one, "GRU", "CDM", 0, noise="gaussian") for one in CONDITIONS}
    assert {one: (own.trained_on, own.input) for one, own in made.items()} == {
        Condition.UNTRAINED: (None, "CDM"),
        Condition.TRAINED: ("CDM", "CDM"),
        Condition.NOISE: ("CDM", "gaussian"),
    }
    assert len(set(made.values())) == 3
    assert {own.network for own in made.values()} == {"GRU/CDM/0"}
    assert {own.phase for own in made.values()} == {""}


def test_initial_weights_are_untrained_whatever_drives_them() -> None:
    assert System("GRU", "CDM", 0, None, "gaussian").condition is Condition.UNTRAINED


def test_a_network_keeps_its_name_in_every_phase_and_no_other_has_it() -> None:
    system = System.under(Condition.TRAINED, "GRU", "CDM", 1, noise="gaussian")
    assert {replace(system, phase=phase).network for phase in PHASES} == {system.network}
    others = replace(system, architecture="LSTM"), replace(system, task="PR"), replace(system, seed=11)
    assert len({system.network, *(other.network for other in others)}) == 4


def test_systems_are_values_that_can_be_keys() -> None:
    system = System("GRU", "CDM", 1, None, "CDM", "delay")
    assert {system: 1}[replace(system)] == 1
    assert pickle.loads(pickle.dumps(system)) == system
    with pytest.raises(AttributeError):
        system.seed = 2  # type: ignore[misc]
