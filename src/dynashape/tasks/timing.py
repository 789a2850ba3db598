"""How long each phase lasts: one timing for all tasks, so that a phase can be compared from task to task."""

from __future__ import annotations

from dataclasses import dataclass

from dynashape.errors import InputError, SpecError, unknown_name
from dynashape.records import PHASES


@dataclass(frozen=True)
class Timing:
    """The time step and the length of each phase.

    Parameters
    ----------
    dt_ms : int, default 20
        The time step, in milliseconds.
    fixation_ms, stimulus_ms, delay_ms, decision_ms : int, default 480
        The length of each phase, in milliseconds.

    Raises
    ------
    SpecError
        Where a duration is no whole number of milliseconds, or no positive multiple of `dt_ms`.

    Notes
    -----
    Milliseconds are whole because NeuroGym floors durations to its ``dt``: a fraction would silently shorten a phase.
    The default, 24 steps a phase, divides by four (the four stimuli of PR) and by two (stimulus and response of DC).

    Examples
    --------
    >>> Timing().phases
    {'fixation': (0, 24), 'stimulus': (24, 48), 'delay': (48, 72), 'decision': (72, 96)}
    """

    dt_ms: int = 20
    fixation_ms: int = 480
    stimulus_ms: int = 480
    delay_ms: int = 480
    decision_ms: int = 480

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not isinstance(value, int):
                raise SpecError(f"{name} must be a whole number of milliseconds; got {value!r}.")
        if self.dt_ms < 1:
            raise SpecError(f"dt_ms must be at least 1 ms; got {self.dt_ms}.")
        faults = [
            f"{phase}_ms = {duration}"
            for phase, duration in self.durations_ms.items()
            if duration < self.dt_ms or duration % self.dt_ms
        ]
        if faults:
            raise SpecError(
                f"each phase must last a positive multiple of dt_ms = {self.dt_ms}; got {', '.join(faults)}. "
                f"Change these durations or dt_ms."
            )

    @property
    def durations_ms(self) -> dict[str, int]:
        """The length of each phase in milliseconds, in order."""
        return {phase: int(getattr(self, f"{phase}_ms")) for phase in PHASES}

    @property
    def phases(self) -> dict[str, tuple[int, int]]:
        """The first step of each phase and the step after its last, in order."""
        bounds: dict[str, tuple[int, int]] = {}
        start = 0
        for phase, duration in self.durations_ms.items():
            bounds[phase] = (start, start + duration // self.dt_ms)
            start = bounds[phase][1]
        return bounds

    @property
    def n_steps(self) -> int:
        """The number of steps in a whole trial.

        >>> Timing(dt_ms=10).n_steps
        192
        """
        return sum(self.durations_ms.values()) // self.dt_ms

    def steps_in(self, phase: str) -> int:
        """Count the steps of one phase; InputError where there is no such phase.

        >>> Timing(delay_ms=1000).steps_in("delay")
        50
        """
        if phase not in PHASES:
            raise InputError(unknown_name("phase", phase, PHASES))
        start, stop = self.phases[phase]
        return stop - start

    def parts(self, phase: str, n_parts: int, task: str) -> list[tuple[int, int]]:
        """Cut a phase into equal parts.

        Parameters
        ----------
        phase : str
            The name of the phase.
        n_parts : int
            Number of parts.
        task : str
            Who asks; named in the error.

        Returns
        -------
        list of tuple of two int
            The first step of each part, and the step after its last.

        Raises
        ------
        SpecError
            Where the steps of the phase do not divide by `n_parts`.

        Examples
        --------
        >>> Timing().parts("decision", 2, task="DC")
        [(72, 84), (84, 96)]
        """
        n_steps = self.steps_in(phase)
        if n_steps % n_parts:
            raise SpecError(
                f"task {task!r} needs the steps of phase {phase!r} to be a multiple of {n_parts}; "
                f"got {n_steps} steps ({phase}_ms = {self.durations_ms[phase]}, dt_ms = {self.dt_ms}). "
                f"Make {phase}_ms a multiple of {n_parts * self.dt_ms}."
            )
        first, length = self.phases[phase][0], n_steps // n_parts
        return [(first + k * length, first + (k + 1) * length) for k in range(n_parts)]
