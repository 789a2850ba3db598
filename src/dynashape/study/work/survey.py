"""Survey the trials of a task as they are in this study: what they show, and whether that is enough to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dynashape.steps import Reader, Step
from dynashape.study.ask.parts import TaskSpec
from dynashape.tasks import Survey, Timing, survey_trials


@dataclass(frozen=True, eq=False)
class SurveyTask(Step[Survey]):
    """What the trials of one task show. Kept, so that a report needs neither NeuroGym nor one's own module."""

    title: ClassVar[str] = "surveying tasks"

    task: TaskSpec
    timing: Timing

    @property
    def name(self) -> str:
        return self.task.name

    def run(self, read: Reader) -> Survey:
        del read
        return survey_trials(self.task.build(self.timing, input_noise=0.0))
