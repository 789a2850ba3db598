"""The processors of a study are noted while it runs, so that an interrupted run leaves its own."""

from __future__ import annotations

import json

from dynashape.engine import Outcome
from dynashape.steps import NotedProcessors


def test_processors_are_noted_as_they_are_met(tmp_path):
    first = NotedProcessors(tmp_path / "provenance.json")
    for processor in ("B", "B", ""):
        first.note(Outcome("a unit", None, processor=processor))
    second = NotedProcessors(tmp_path / "provenance.json")
    second.note(Outcome("another", None, processor="A"))
    assert json.loads((tmp_path / "provenance.json").read_text()) == {"processors": ["A", "B"]}
    assert (first.met, second.met) == (("B",), ("A",))


def test_what_provenance_holds_stays(tmp_path):
    (tmp_path / "provenance.json").write_text(json.dumps({"runs": [{"started": "then"}]}))
    NotedProcessors(tmp_path / "provenance.json").note(Outcome("a unit", None, processor="A"))
    assert json.loads((tmp_path / "provenance.json").read_text()) == {
        "runs": [{"started": "then"}],
        "processors": ["A"],
    }
