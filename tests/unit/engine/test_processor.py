"""Every unit of work says on what processor it ran, with what torch makes of it once torch is there."""

from __future__ import annotations

import sys
from types import SimpleNamespace

from dynashape.engine.processor import compare_processors, describe_processor, kinds_of_processor
from dynashape.engine.serial import SerialEngine
from dynashape.engine.units import Unit


def test_torch_is_asked_only_where_it_is_imported(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    plain = describe_processor()
    cpu = SimpleNamespace(get_cpu_capability=lambda: "AVX2")
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(backends=SimpleNamespace(cpu=cpu)))
    assert describe_processor() == f"{plain}, torch uses AVX2"


def test_a_unit_that_works_and_one_that_fails_say_where():
    with SerialEngine() as engine:
        outcomes = engine.run([Unit("works", abs, {}), Unit("works too", describe_processor)])
    assert [outcome.status.ok for outcome in outcomes] == [False, True]
    assert {outcome.processor for outcome in outcomes} == {outcomes[1].value}


def test_kinds_are_told_apart_by_name_and_by_what_torch_uses():
    assert kinds_of_processor(["A", "A, torch uses AVX2", "A, torch uses AVX512", "", "B"]) == (
        "A, torch uses AVX2",
        "A, torch uses AVX512",
        "B",
    )
    assert kinds_of_processor([]) == ()


def test_two_kinds_of_processor_are_a_warning():
    assert compare_processors(["A", "A", "A, torch uses AVX2"]) == ""
    said = compare_processors(["B", "A"])
    assert said.startswith("This study was computed on 2 kinds of processor")
    assert said.endswith(": A; B.")
