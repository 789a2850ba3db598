"""The engine without workers: one unit after the other in this process, for debugging and tiny studies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import final

from dynashape.engine.units import Outcome, Unit, check_names, run_unit


@final
class SerialEngine:
    """Units run here, in order; a debugger and a profiler see everything."""

    @property
    def n_workers(self) -> int:
        return 1

    def run(self, units: Sequence[Unit], on_done: Callable[[Outcome], None] | None = None) -> list[Outcome]:
        check_names(units)
        outcomes: list[Outcome] = []
        for unit in units:
            outcome = run_unit(unit)
            outcomes.append(outcome)
            if on_done is not None:
                on_done(outcome)
        return outcomes

    def close(self) -> None:
        pass  # there are no workers to stop

    def __enter__(self) -> SerialEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
