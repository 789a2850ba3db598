"""What the trials of a task show and hide: a go cue, a context, what never varies, whether inputs hold the answer."""

from dynashape.tasks.survey.answers import Answers, compare_answers
from dynashape.tasks.survey.survey import Survey, survey_trials
from dynashape.tasks.survey.together import compare_go_cues

__all__ = ["Answers", "Survey", "compare_answers", "compare_go_cues", "survey_trials"]
