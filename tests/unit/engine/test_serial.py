from __future__ import annotations

import pytest

from dynashape.engine import Engine, Outcome, Unit, open_engine
from dynashape.errors import InputError


def inverse(x: float) -> float:
    return 1 / x


def stop() -> None:
    raise KeyboardInterrupt


def test_outcomes_in_order_and_failures_apart() -> None:
    seen: list[Outcome] = []
    with open_engine("serial") as engine:
        assert isinstance(engine, Engine)
        assert engine.n_workers == 1
        outcomes = engine.run([Unit(f"inverse of {x}", inverse, {"x": x}) for x in (1, 0, 4)], seen.append)
    assert [outcome.value for outcome in outcomes] == [1, None, 0.25]
    assert [outcome.status.code for outcome in outcomes] == ["ok", "failed", "ok"]
    assert seen == outcomes


def test_ctrl_c_stops_at_once() -> None:
    seen: list[Outcome] = []
    units = [Unit("a", inverse, {"x": 1}), Unit("b", stop), Unit("c", inverse, {"x": 1})]
    with pytest.raises(KeyboardInterrupt):
        open_engine("serial").run(units, seen.append)
    assert [outcome.name for outcome in seen] == ["a"]


def test_no_units() -> None:
    assert open_engine("serial").run([]) == []


def test_two_units_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="two units are called 'a'"):
        open_engine("serial").run([Unit("a", inverse, {"x": 1}), Unit("a", inverse, {"x": 2})])
