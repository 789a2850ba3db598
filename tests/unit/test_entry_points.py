from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from dynashape.entry_points import load_named
from dynashape.errors import SpecError


def test_a_class_is_found_by_module_and_name() -> None:
    assert load_named("fractions:Fraction", "cell") is Fraction


@pytest.mark.parametrize(
    ("entry_point", "message"),
    [
        ("fractions", "has no attribute ''"),
        ("fractions:", "has no attribute ''"),
        ("fractions:Fractoin", "has no attribute 'Fractoin'"),
        ("fractions:Fraction:more", "has no attribute 'Fraction:more'"),
        ("no_such_module:Cell", "No module named 'no_such_module'"),
        (":Cell", "Empty module name"),
        ("", "Empty module name"),
        (".here:Cell", "relative"),
        ("wrong_syntax:Cell", r"wrong_syntax\.py, line 1"),
        ("stops:Cell", "division by zero"),
        ("needs_more:Cell", "No module named 'no_such_module'"),
    ],
)
def test_what_cannot_be_loaded_is_one_error_that_says_what_and_why(
    entry_point: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "wrong_syntax.py").write_text("class Cell\n")
    (tmp_path / "stops.py").write_text("1 / 0\n")
    (tmp_path / "needs_more.py").write_text("import no_such_module\n")
    with pytest.raises(SpecError, match=message) as caught:
        load_named(entry_point, "cell")
    assert str(caught.value).startswith(f"cannot load the cell {entry_point!r}: ")
    assert "on PYTHONPATH" in str(caught.value)
