"""On what kind of processor this process computes: two kinds round differently."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_CAPABILITY = ", torch uses "


def describe_processor() -> str:
    """Name the processor of this process and, once torch is imported, the instructions that torch uses on it.

    >>> platform.machine() in describe_processor()
    True
    """
    torch = sys.modules.get("torch")  # not imported for this: most units of work do without
    capability = "" if torch is None else f"{_CAPABILITY}{torch.backends.cpu.get_cpu_capability()}"
    return f"{_hardware()}{capability}"


def kinds_of_processor(descriptions: Iterable[str]) -> tuple[str, ...]:
    """The different ones among descriptions, sorted; without torch only where none with torch has its processor.

    >>> kinds_of_processor(["A", "A, torch uses AVX2", "B", "B"])
    ('A, torch uses AVX2', 'B')
    """
    kinds = set(descriptions) - {""}
    with_torch = {kind.partition(_CAPABILITY)[0] for kind in kinds if _CAPABILITY in kind}
    return tuple(sorted(kind for kind in kinds if _CAPABILITY in kind or kind not in with_torch))


def compare_processors(kinds: Iterable[str]) -> str:
    """A sentence that warns where there are several kinds of processor; empty where there is one.

    >>> compare_processors(["A", "A"])
    ''
    """
    different = kinds_of_processor(kinds)
    if len(different) < 2:
        return ""
    return (
        f"This study was computed on {len(different)} kinds of processor, which round differently, so that networks "
        f"trained on one are not to the bit those of another: {'; '.join(different)}."
    )


@cache
def _hardware() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines()
    except OSError:
        return f"{platform.processor() or 'unknown processor'} ({platform.machine()})"
    found = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    # Virtual machines give many processors one name; family and model tell them apart.
    parts = [platform.machine(), *(f"{name} {found[key]}" for name, key in _PARTS if key in found)]
    return f"{found.get('model name', 'unknown processor')} ({', '.join(parts)})"


_PARTS = (("family", "cpu family"), ("model", "model"), ("implementer", "CPU implementer"), ("part", "CPU part"))
