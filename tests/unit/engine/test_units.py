from __future__ import annotations

import pickle

import pytest

from dynashape.engine import Outcome, Unit
from dynashape.engine.units import run_unit
from dynashape.errors import InputError
from dynashape.records import OK


def raises(error: BaseException) -> None:
    raise error


def test_a_value_and_its_seconds() -> None:
    outcome = run_unit(Unit("power", pow, {"base": 2, "exp": 5}))
    assert (outcome.name, outcome.value, outcome.status) == ("power", 32, OK)
    assert 0 < outcome.seconds < 60


def test_a_failure_says_what_and_where_and_what_to_do() -> None:
    outcome = run_unit(Unit("bad", raises, {"error": ValueError("two\n  lines")}))
    assert outcome.value is None
    assert outcome.status.code == "failed"
    assert outcome.status.message.startswith("ValueError: two lines (test_units.py, line ")
    assert outcome.status.message.endswith(
        "in raises); correct the cause and run the same command again: what is finished is kept."
    )


def test_dynashapes_own_errors_keep_their_sentence() -> None:
    sentence = "n_delays must lie in 1..24 (the steps of phase 'delay'); got 30."
    assert run_unit(Unit("bad", raises, {"error": InputError(sentence)})).status.message == f"InputError: {sentence}"


def test_a_long_message_is_cut() -> None:
    assert len(run_unit(Unit("bad", raises, {"error": ValueError("x" * 10**6)})).status.message) < 1000


def test_exit_is_a_failure_and_ctrl_c_is_not() -> None:
    assert run_unit(Unit("exit", raises, {"error": SystemExit(3)})).status.message.startswith("SystemExit: 3")
    with pytest.raises(KeyboardInterrupt):
        run_unit(Unit("stop", raises, {"error": KeyboardInterrupt()}))


def test_units_and_outcomes_travel() -> None:
    unit = Unit("power", pow, {"base": 2, "exp": 5})
    assert pickle.loads(pickle.dumps(unit)) == unit
    outcome = Outcome("power", 32)
    assert pickle.loads(pickle.dumps(outcome)) == outcome
