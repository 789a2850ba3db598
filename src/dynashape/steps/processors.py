"""The kinds of processor that a run meets, each noted in a file at once, since the run may be interrupted."""

from __future__ import annotations

import json
from pathlib import Path

from dynashape.engine import Outcome, kinds_of_processor
from dynashape.store import write_atomic


class NotedProcessors:
    """The kinds of processor that units of work met, beside what else a file of JSON holds, under "processors"."""

    def __init__(self, path: Path) -> None:
        self._path, self._met = path, set[str]()

    @property
    def met(self) -> tuple[str, ...]:
        """The different kinds that were met since this was made."""
        return kinds_of_processor(self._met)

    def note(self, outcome: Outcome) -> None:
        """Note the processor of a unit of work."""
        if outcome.processor and outcome.processor not in self._met:
            self._met.add(outcome.processor)
            held = json.loads(self._path.read_text()) if self._path.exists() else {}
            held["processors"] = sorted({*held.get("processors", []), outcome.processor})
            write_atomic(self._path, (json.dumps(held, indent=2, ensure_ascii=False) + "\n").encode())
