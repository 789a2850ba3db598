"""The analyses of the study: what each compares, what its labellings are called, which shares are set against others.

A comparison (two tasks, two conditions of the same networks) knows three *terms*: task, condition and their
interaction. What the term condition is called as a *labelling* depends on the analysis: training or input.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dynashape.records.systems import Condition

ALPHA = 0.05
"""A test counts as telling two groups apart where its p-value is at most this."""


class Term(StrEnum):
    """A term of the variance of one comparison."""

    TASK = "task"
    CONDITION = "condition"
    INTERACTION = "interaction"


class Labelling(StrEnum):
    """What tells the systems of a comparison apart, in the words of the study."""

    TASK = "task"
    TRAINING = "training"
    INPUT = "input"


class Verdict(StrEnum):
    """Which of two shares is larger, if that can be told.

    Examples
    --------
    >>> Verdict.of(Labelling.INPUT)
    <Verdict.INPUT: 'input dominates'>
    """

    INPUT = "input dominates"
    TRAINING = "training dominates"
    TASK = "task dominates"
    CANNOT_BE_TOLD = "cannot be told"

    @classmethod
    def of(cls, labelling: Labelling) -> Verdict:
        """Give the verdict that this labelling has the larger share."""
        return cls(f"{labelling} dominates")


class ClaimOutcome(StrEnum):
    """What a study says to a claim of the paper, and (`words`) how a reader is told."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    OPEN = "open"

    @property
    def words(self) -> str:
        """The outcome as a report says it."""
        return _OUTCOME_WORDS[self]


_OUTCOME_WORDS = {
    ClaimOutcome.SUPPORTED: "Found here too",
    ClaimOutcome.CONTRADICTED: "The opposite is found",
    ClaimOutcome.OPEN: "Cannot be told",
}


@dataclass(frozen=True)
class Analysis:
    """An analysis compares two conditions of the same networks.

    Attributes
    ----------
    number : int
        Its number in the published study.
    conditions : tuple of two Condition
        The conditions that it compares.
    told_apart_by : Labelling
        What tells the two conditions apart.
    words : str
        The two conditions in words.
    task_question, condition_question : str
        What is asked where systems are told apart by their task, and by their condition.

    Examples
    --------
    >>> first, second = ANALYSES
    >>> second.labelling(Term.CONDITION), second.term(Labelling.INPUT)
    (<Labelling.INPUT: 'input'>, <Term.CONDITION: 'condition'>)
    """

    number: int
    conditions: tuple[Condition, Condition]
    told_apart_by: Labelling
    words: str
    task_question: str
    condition_question: str

    @property
    def labellings(self) -> tuple[Labelling, Labelling]:
        """The task, and what tells the two conditions apart."""
        return Labelling.TASK, self.told_apart_by

    def labelling(self, term: Term) -> Labelling:
        """Give the word for a term in this analysis."""
        return Labelling.TASK if term is Term.TASK else self.told_apart_by

    def term(self, labelling: Labelling) -> Term:
        """Give the term behind a labelling of this analysis."""
        return Term.TASK if labelling is Labelling.TASK else Term.CONDITION

    def question(self, labelling: Labelling) -> str:
        """Give the question where systems are told apart by this labelling."""
        return self.task_question if labelling is Labelling.TASK else self.condition_question


ANALYSES: tuple[Analysis, Analysis] = (
    Analysis(
        1,
        (Condition.UNTRAINED, Condition.TRAINED),
        Labelling.TRAINING,
        "untrained and trained",
        "Do tasks differ, whether trained or not?",
        "Does training change the dynamics?",
    ),
    Analysis(
        2,
        (Condition.TRAINED, Condition.NOISE),
        Labelling.INPUT,
        "trained and noise-driven",
        "Do tasks differ, whatever drives the network?",
        "Does the input change the dynamics?",
    ),
)
"""The published analyses: networks before and after training, and trained networks on task and on random input."""


def analysis_numbered(number: int) -> Analysis:
    """The analysis of this number; KeyError where there is none."""
    return _NUMBERED[number]


_NUMBERED = {analysis.number: analysis for analysis in ANALYSES}

ALL = "all"
"""What stands for an architecture or a phase where something is pooled over all of them."""


@dataclass(frozen=True)
class Share:
    """A share of the variance of dissimilarities.

    Attributes
    ----------
    analysis : Analysis
        The analysis to which it belongs.
    labelling : Labelling
        The labelling of that analysis whose share it is.
    """

    analysis: Analysis
    labelling: Labelling

    @property
    def term(self) -> Term:
        """The term of the comparisons of that analysis."""
        return self.analysis.term(self.labelling)


class Contrast(StrEnum):
    """A difference of two shares on which verdicts rest; its value is its name.

    Examples
    --------
    >>> HEADLINE.first.labelling, HEADLINE.second.analysis.number
    (<Labelling.INPUT: 'input'>, 1)
    """

    INPUT_TRAINING = "input - training"
    TASK_TRAINING = "task - training"
    INPUT_TASK = "input - task"

    @property
    def first(self) -> Share:
        """The share from which the other one is subtracted."""
        return _SIDES[self][0]

    @property
    def second(self) -> Share:
        """The share that is subtracted."""
        return _SIDES[self][1]


_TRAINING, _INPUT = ANALYSES
_SIDES = {
    Contrast.INPUT_TRAINING: (Share(_INPUT, Labelling.INPUT), Share(_TRAINING, Labelling.TRAINING)),
    Contrast.TASK_TRAINING: (Share(_TRAINING, Labelling.TASK), Share(_TRAINING, Labelling.TRAINING)),
    Contrast.INPUT_TASK: (Share(_INPUT, Labelling.INPUT), Share(_INPUT, Labelling.TASK)),
}

HEADLINE = Contrast.INPUT_TRAINING
"""The contrast that answers the study's question."""
