"""What a study cannot find, said before it runs: tests that no result could pass, tasks that do not hold the answer."""

from __future__ import annotations

from dynashape.inference import FEWEST_SEEDS, fewest_seeds, smallest_p_value
from dynashape.records import ALPHA, Term
from dynashape.study.ask.spec import StudySpec
from dynashape.tasks import compare_go_cues, survey_trials


def foresee(spec: StudySpec) -> tuple[str, ...]:
    """Say what a study cannot find by its design, and what its tasks lack.

    Parameters
    ----------
    spec : StudySpec
        The study.

    Returns
    -------
    tuple of str
        Sentences; none where nothing stands against it.

    Notes
    -----
    NeuroGym environments and classes of one's own are built for it, and sampled.

    Examples
    --------
    >>> from dynashape.study import load_spec
    >>> [sentence[:31] for sentence in foresee(load_spec("quick", ["seeds=[0, 1]"]))]
    ['2 seeds cannot give a verdict (']
    """
    surveys = [survey_trials(task.build(spec.timing, spec.input_noise)) for task in spec.tasks]
    said = [f"Task {survey.task}: {remark}." for survey in surveys for remark in survey.remarks]
    return tuple(sentence for sentence in (foresee_tests(spec), *said, compare_go_cues(surveys)) if sentence)


def foresee_tests(spec: StudySpec) -> str:
    """What so few seeds cannot find, whatever the networks do, and how many could; empty where nothing is out of reach.

    A verdict needs an error over seeds, and a test a smallest p of at most `ALPHA`.
    """
    n_seeds, limit = len(spec.seeds), spec.separability.max_relabellings
    smallest = {term: smallest_p_value(term, n_seeds, limit) for term in _TESTED}
    lost = [term for term, p_value in smallest.items() if p_value > ALPHA]
    said = [f"cannot give a verdict (its intervals need {FEWEST_SEEDS})"] if n_seeds < FEWEST_SEEDS else []
    said += [
        f"cannot tell {_TESTED[term]} apart at {ALPHA:g} (the smallest p is {smallest[term]:.2g})" for term in lost
    ]
    if not said:
        return ""
    needed = [fewest_seeds(term, ALPHA, limit) for term in lost]
    remedy = (
        f"raise separability.max_relabellings, which is {limit}"
        if None in needed
        else f"{max([FEWEST_SEEDS, *(number for number in needed if number)])} seeds are the fewest that can"
    )
    return f"{n_seeds} seeds {', and '.join(said)}; {remedy}."


_TESTED = {Term.CONDITION: "training or input", Term.TASK: "tasks"}
