"""Surveys of the tasks of one study beside each other."""

from __future__ import annotations

from collections.abc import Iterable

from dynashape.tasks.survey.survey import Survey


def compare_go_cues(surveys: Iterable[Survey]) -> str:
    """Say where some tasks have a go cue and others have none; empty where they are alike.

    Parameters
    ----------
    surveys : iterable of Survey
        Those of the tasks that are compared.

    Returns
    -------
    str
        One sentence, which names the tasks.
    """
    found = tuple(surveys)
    cued = [survey.task for survey in found if survey.go_inputs]
    others = [
        f"{survey.task} ({survey.response_cue.removeprefix('no go cue; ')})" for survey in found if not survey.go_inputs
    ]
    if not cued or not others:
        return ""
    return (
        "Tasks with and without a go cue are compared: when the response begins, an input changes alike in every trial "
        f"of {', '.join(cued)}, but not of {'; '.join(others)}. What tells their networks apart may be how they know "
        "when to respond."
    )
