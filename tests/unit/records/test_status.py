from __future__ import annotations

import pytest

from dynashape.records import OK, Code, Status


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_meaning_that_a_status_without_a_message_says(code: Code) -> None:
    assert code.meaning
    assert str(Status(code)) == ("ok" if code is Code.OK else f"{code}: {code.meaning}")
    assert str(Status(code, "do this")) == f"{code}: do this"
    assert Status(code).ok is (code is Code.OK)


def test_meanings_differ() -> None:
    assert len({code.meaning for code in Code}) == len(Code)


def test_nothing_said_is_well() -> None:
    assert Status() == OK
    assert OK.ok
