"""A survey of the trials of one task, from sampled trials without noise."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Shaped

from dynashape.records import Array, Trials
from dynashape.seeds import stream
from dynashape.tasks.survey.answers import Answers, compare_answers
from dynashape.tasks.task import Task

N_TRIALS = 1000
_MOST_NAMES = 4
_MOST_NUMBERS = 20_000_000


@dataclass(frozen=True)
class Survey:
    """What the trials of a task show, found in trials that are sampled without noise.

    Attributes
    ----------
    task : str
        The name of the task.
    response_inputs : tuple of str
        The inputs that change when the response window begins.
    go_inputs : tuple of str
        Those of them that change alike in every trial: a go cue, which is no stimulus.
    cued : float
        The share of trials in which some input changes when the response window begins.
    context_inputs : tuple of str
        The inputs that differ between trials before the stimulus phase: they tell the context.
    n_contexts : int
        How many different contexts they tell; 1 where there are none.
    constant_inputs : tuple of str
        The inputs that have one value in all trials and steps.
    constant_conditions : mapping of str to str
        The conditions that have one value in all trials, with this value.
    answers : Answers
        Whether trials with equal inputs have equal right answers.
    ideal_observer : bool
        Whether the task has an ideal observer.
    """

    task: str
    response_inputs: tuple[str, ...]
    go_inputs: tuple[str, ...]
    cued: float
    context_inputs: tuple[str, ...]
    n_contexts: int
    constant_inputs: tuple[str, ...]
    constant_conditions: Mapping[str, str]
    answers: Answers
    ideal_observer: bool

    @property
    def response_cue(self) -> str:
        """What tells that the response begins, in words."""
        if self.go_inputs:
            return f"a go cue, {_few(self.go_inputs)}"
        if not self.response_inputs:
            return "no input changes"
        share = "" if self.cued > 0.99 else f" in {self.cued:.0%} of the trials"
        return f"no go cue; stimuli change{share}, {_few(self.response_inputs)}"

    @property
    def words(self) -> dict[str, str]:
        """The survey in words, each under what it is about."""
        constant = [f"{name} = {value}" for name, value in self.constant_conditions.items()]
        constant += [f"input {_few(self.constant_inputs)}"] if self.constant_inputs else []
        held = {True: "held by the inputs", False: "NOT held by the inputs", None: "cannot be told from samples"}
        in_part = self.answers.held and self.answers.remark
        return {
            "when the response begins": self.response_cue,
            "context": f"{self.n_contexts}, shown by {_few(self.context_inputs)}"
            if self.context_inputs
            else "none shown",
            "never varies": ", ".join(constant) or "nothing",
            "right answer": "held by the inputs in part" if in_part else held[self.answers.held],
            "ideal observer": "known" if self.ideal_observer else "not known",
        }

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know before the task is used, each a sentence without its full stop."""
        said = []
        if not self.response_inputs:
            said.append("no input changes when the response begins, so networks must time it themselves")
        elif not self.go_inputs and self.cued <= 0.99:
            said.append(f"no input changes when the response begins in {1.0 - self.cued:.0%} of the trials")
        # An ideal observer says itself how far the inputs hold the answer.
        if self.answers.remark and not self.ideal_observer:
            said.append(self.answers.remark)
        return tuple(said)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The remarks as sentences that name the task."""
        return tuple(f"Task {self.task}: {remark}." for remark in self.remarks)


def survey_trials(task: Task, n_trials: int = N_TRIALS) -> Survey:
    """Look at what the trials of a task show, and whether that is enough to answer.

    Parameters
    ----------
    task : Task
        The task.
    n_trials : int, default 1000
        Number of trials that are sampled, without noise as far as it can be taken away. Fewer are where so many would
        hold more than twenty million numbers.

    Returns
    -------
    Survey
        What was found; the same for each call.

    Raises
    ------
    InputError
        For fewer than one trial.

    Examples
    --------
    >>> from dynashape.tasks import make_task
    >>> found = survey_trials(make_task("CDM"))
    >>> found.go_inputs, found.context_inputs, found.n_contexts
    (('fixation',), ('context1', 'context2'), 2)
    """
    n_trials = min(n_trials, max(_MOST_NUMBERS // (task.timing.n_steps * task.n_inputs), 1))
    trials = task.sample_noise_free(n_trials, stream("survey", task.name))
    start, stop = task.response_window
    changing, alike, cued = _changes_at(trials.inputs, start)
    contexts, n_contexts = _contexts(trials.inputs[:, : task.phases["stimulus"][0]])
    flat = trials.inputs.reshape(-1, trials.inputs.shape[2])
    return Survey(
        task=task.name,
        response_inputs=_named(task.input_names, changing),
        go_inputs=_named(task.input_names, alike),
        cued=cued,
        context_inputs=_named(task.input_names, contexts),
        n_contexts=n_contexts,
        constant_inputs=_named(task.input_names, (flat == flat[0]).all(axis=0)),
        constant_conditions=_constant(trials),
        answers=compare_answers(trials, stop),
        ideal_observer=task.ideal_choices(trials) is not None,
    )


def _changes_at(
    inputs: Float[Array, "trials steps channels"], start: int
) -> tuple[Bool[Array, " channels"], Bool[Array, " channels"], float]:
    """The channels that change at a step, those that do alike in every trial, and the share of trials with a change.

    Noise that could not be taken away changes inputs at every step, so a change counts that is twice those around it.
    """
    steps = np.diff(inputs.astype(np.float64), axis=1)
    sizes = np.sqrt(np.square(steps).mean(axis=0))
    around = [sizes[step] for step in (start - 2, start) if 0 <= step < len(sizes)]
    background = np.min(around, axis=0) if around else np.zeros(inputs.shape[2])
    here = steps[:, start - 1]
    changing = sizes[start - 1] > 2.0 * background + 1e-6
    spread = np.sqrt(np.maximum(here.var(axis=0) - np.square(background), 0.0))
    alike = changing & (spread <= 0.05 * np.abs(here.mean(axis=0)))
    cued = (np.abs(here) > 2.0 * background + 1e-6)[:, changing].any(axis=1)
    return changing, alike, float(cued.mean())


def _contexts(early: Float[Array, "trials steps channels"]) -> tuple[Bool[Array, " channels"], int]:
    """The channels that differ between trials in these steps by more than noise would, and how many patterns occur."""
    early = early.astype(np.float64)
    means = early.mean(axis=1)
    noise = np.sqrt(np.square(early.std(axis=1)).mean(axis=0) / early.shape[1])
    differing = means.std(axis=0) > 3.0 * noise + 1e-6
    return differing, len(np.unique(means[:, differing].round(2), axis=0))


def _constant(trials: Trials) -> dict[str, str]:
    """The conditions with one value in all trials."""

    def is_constant(values: Shaped[Array, " trials"]) -> bool:
        return bool((values == values[0]).all())

    return {name: _plain(values[0]) for name, values in trials.conditions.items() if is_constant(values)}


def _plain(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)


def _named(names: Sequence[str], chosen: Bool[Array, " channels"]) -> tuple[str, ...]:
    return tuple(name for name, wanted in zip(names, chosen, strict=True) if wanted)


def _few(names: Sequence[str]) -> str:
    """Names in a list, three or more that differ in a number at their end as one, and of many the first."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(re.sub(r"\d+$", "", name), []).append(name)
    listed = []
    for stem, own in groups.items():
        listed += own if len(own) < 3 else [f"{stem}* ({len(own)})"]
    left = len(listed) - _MOST_NAMES
    return ", ".join(listed) if left <= 0 else f"{', '.join(listed[:_MOST_NAMES])} and {left} more"
