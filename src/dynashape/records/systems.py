"""What is compared: a network with these weights, driven by this input, in this phase of the trial."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PHASES: tuple[str, ...] = ("fixation", "stimulus", "delay", "decision")
"""The phases of a trial, in their order."""


class Condition(StrEnum):
    """The three conditions of the published study, which its two analyses compare."""

    UNTRAINED = "untrained"
    TRAINED = "trained"
    NOISE = "noise"


CONDITIONS: tuple[Condition, ...] = tuple(Condition)
"""The conditions, in their order."""


@dataclass(frozen=True, slots=True)
class System:
    """The labels of one system: which network, trained on what, driven by what, in which phase.

    Attributes
    ----------
    architecture : str
        The architecture of the network.
    task : str
        The task whose network this is and whose timing it follows.
    seed : int
        The seed of the network.
    trained_on : str or None
        The task on which it was trained, or None for the initial weights.
    input : str
        What drives it: a task, or the name of a random input.
    phase : str, default ""
        The phase of the trial; empty where a system is looked at over whole trials.

    Examples
    --------
    >>> System("GRU", "CDM", 0, trained_on=None, input="CDM").condition
    <Condition.UNTRAINED: 'untrained'>
    >>> System.under(Condition.NOISE, "GRU", "CDM", 0, noise="gaussian").input
    'gaussian'
    >>> str(System("GRU", "CDM", 0, trained_on="CDM", input="CDM", phase="delay"))
    'GRU/CDM/0/trained/delay'
    """

    architecture: str
    task: str
    seed: int
    trained_on: str | None
    input: str
    phase: str = ""

    @classmethod
    def under(
        cls, condition: Condition, architecture: str, task: str, seed: int, *, noise: str, phase: str = ""
    ) -> System:
        """Label a network in one condition of the published study.

        Parameters
        ----------
        condition : Condition
            The condition.
        architecture, task : str
            The architecture of the network, and its task.
        seed : int
            The seed of the network.
        noise : str
            The name of the random input of the condition ``noise``.
        phase : str, default ""
            The phase of the trial.

        Returns
        -------
        System
            The labels.
        """
        trained_on = None if condition is Condition.UNTRAINED else task
        return cls(architecture, task, seed, trained_on, noise if condition is Condition.NOISE else task, phase)

    @property
    def condition(self) -> Condition:
        """The condition of the published study that this is."""
        if self.trained_on is None:
            return Condition.UNTRAINED
        return Condition.TRAINED if self.input == self.task else Condition.NOISE

    def __str__(self) -> str:
        return "/".join(filter(None, (self.network, self.condition, self.phase)))

    @property
    def network(self) -> str:
        """The name of the network, which it keeps in every condition and phase."""
        return f"{self.architecture}/{self.task}/{self.seed}"
