"""What to do about a network that did not learn its task: more training does not help where the task is the limit."""

from __future__ import annotations

import numpy as np

from dynashape.records import Trials
from dynashape.tasks import Task, survey_trials

_TRAIN_MORE = "raise training.max_updates or the number of units"


def advise(task: Task, trials: Trials, accuracy: float) -> str:
    """Say what may help a network with this accuracy on these trials of a task.

    At chance the task is surveyed, since its inputs may not hold the answer.

    >>> from dynashape.tasks import make_task
    >>> gng = make_task("GNG")
    >>> advise(gng, gng.sample(500, np.random.default_rng(0)), 0.5)
    'this is chance, though the inputs hold the answer; raise training.max_updates or the number of units'
    """
    if at_chance(accuracy, trials):
        answers = survey_trials(task).answers
        if answers.held is False:
            return f"this is chance, and {answers.remark}"
        if answers.held:
            return f"this is chance, though the inputs hold the answer; {_TRAIN_MORE}"
        return (
            "this is chance: ask whether the inputs hold the answer, which sampled trials cannot tell; if they do, "
            f"{_TRAIN_MORE}"
        )
    if task.ideal_choices(trials) is None and task.stated_ceiling == 1:
        return f"noise may be the limit: state what can be reached as the task's `ceiling`, or {_TRAIN_MORE}"
    return _TRAIN_MORE


def at_chance(accuracy: float, trials: Trials) -> bool:
    """Tell whether an accuracy is what always giving the most frequent right answer would have, or less.

    It may lie above by three standard errors.

    >>> trials = Trials(np.zeros((4, 2, 1), np.float32), np.zeros((4, 2), np.int64), {"choice": np.array([1, 1, 2, 2])})
    >>> at_chance(0.5, trials)
    True
    """
    counts = np.unique(np.asarray(trials.conditions["choice"]), return_counts=True)[1]
    share = float(counts.max() / counts.sum())
    return float(accuracy) <= share + 3.0 * float(np.sqrt(share * (1.0 - share) / counts.sum()))
