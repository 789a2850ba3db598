"""What is said before a study runs: what its design cannot find, and what its tasks lack."""

from __future__ import annotations

from dynashape.inference import describe_reach
from dynashape.study import StudySpec
from dynashape.tasks import compare_go_cues, survey_trials


def foresee(spec: StudySpec) -> tuple[str, ...]:
    """Sentences on what stands against a study, whose tasks are built and sampled for this; none where nothing does.

    >>> from dynashape.study import load_spec
    >>> [sentence[:31] for sentence in foresee(load_spec("quick", ["seeds=[0, 1]"]))]
    ['2 seeds cannot give a verdict, ']
    """
    surveys = [survey_trials(task.build(spec.timing, spec.input_noise)) for task in spec.tasks]
    said = [sentence for survey in surveys for sentence in survey.sentences]
    reach = describe_reach(len(spec.seeds), spec.separability.max_relabellings)
    return tuple(sentence for sentence in (reach, *said, compare_go_cues(surveys)) if sentence)
