"""How far fits are to be trusted: what is doubtful about systems, each kind with its threshold and its remedy.

The thresholds stand with their evidence in docs/method.md; ordinary systems give no doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from jaxtyping import Shaped

from dynashape.dissimilarity.estimator.facts import ActivityFacts
from dynashape.dissimilarity.estimator.parameters import Parameters
from dynashape.dissimilarity.operator.fit import Operator
from dynashape.records import Array

_MEAN = 0.99
_WINDOWS_A_RANK = 10
_OFFSET = 0.5
_OFFSET_OF_SOME, _OFFSET_OF_NONE = 0.2, 0.05
_TRIALS_APART = 3.0
_CHANGE_APART = 10.0
_NEIGHBOURS, _UNCORRELATED = 0.4, 0.3
_SMOOTH_UNITS, _SMOOTH_SHARE, _SMOOTH, _KERNEL, _STEADY = 10, 0.005, 1.3, (1.4, 1.85), 0.85
_LISTED = 5


class DoubtKind(StrEnum):
    """Why a fit may not be what it seems."""

    NO_BETTER_THAN_MEAN = "no better than the mean"
    FEW_WINDOWS = "few windows"
    SINGLE_TRIAL = "single trial"
    TRIALS_AS_SYSTEMS = "trials as systems"
    OFFSET = "offset"
    UNEQUAL_TRIALS = "unequal trials"
    UNEQUAL_STEPS = "unequal steps"
    SMOOTHED = "smoothed"
    AXES = "axes"
    NO_HALVES = "no halves"


@dataclass(frozen=True)
class Doubt:
    """One kind of doubt, the systems that it is about, and what to do.

    Attributes
    ----------
    kind : DoubtKind
        What is doubted; a word or two.
    systems : tuple of str
        The names of the systems.
    message : str
        A sentence with the systems, the numbers and the remedy.
    """

    kind: DoubtKind
    systems: tuple[str, ...]
    message: str


def find_doubts(
    names: Sequence[str],
    facts: Sequence[ActivityFacts],
    operators: Sequence[Operator],
    parameters: Parameters,
    may_be_trials: bool,
) -> tuple[Doubt, ...]:
    """The doubts about fitted systems, one of each kind at most."""
    return _gather(
        names,
        [
            *_of_fits(facts, operators),
            *_of_activity(facts, parameters, may_be_trials),
            *_of_all(facts, operators, parameters),
        ],
    )


def find_doubts_of_driven(
    names: Sequence[str], facts: Sequence[ActivityFacts], errors: Sequence[float | None], center: str | None
) -> tuple[Doubt, ...]:
    """The doubts about driven systems, of which input and activity together predict the next step."""
    return _gather(names, [_poor(errors, ""), _single(facts), _offset(facts, center)])


def _gather(names: Sequence[str], found: Sequence[_Found]) -> tuple[Doubt, ...]:
    out = []
    for kind, places, words in found:
        if places:
            named = tuple(names[i] for i in places)
            listed = ", ".join(named[:_LISTED]) + (", ..." if len(named) > _LISTED else "")
            message = f"{len(named)} of {len(names)} systems ({listed}): {words}"
            out.append(Doubt(kind, named, message))
    return tuple(out)


_Found = tuple[DoubtKind, list[int], str]


def _of_fits(facts: Sequence[ActivityFacts], operators: Sequence[Operator]) -> Iterator[_Found]:
    total = any(operator.regression == "tls" for operator in operators)
    yield _poor(
        [operator.one_step_error for operator in operators],
        'Total least squares does so above the true rank: use a lower rank, or regression="ols". ' if total else "",
    )
    windows = [
        fact.n_steps - fact.n_trials * (operator.n_delays - 1) * operator.delay_interval
        for fact, operator in zip(facts, operators, strict=True)
    ]
    least = [_WINDOWS_A_RANK * operator.rank for operator in operators]
    few = [i for i, (has, needs) in enumerate(zip(windows, least, strict=True)) if has < needs]
    yield (
        DoubtKind.FEW_WINDOWS,
        few,
        f"{_range([windows[i] for i in few])} windows are few for rank {operators[0].rank}, which takes "
        f"{_WINDOWS_A_RANK} for each coordinate, {max(least)}; distances may be mostly error. Use more trials, fewer "
        "delays or a lower rank.",
    )


def _of_activity(facts: Sequence[ActivityFacts], parameters: Parameters, may_be_trials: bool) -> Iterator[_Found]:
    single = [i for i, fact in enumerate(facts) if fact.n_trials == 1]
    if may_be_trials:
        yield (
            DoubtKind.TRIALS_AS_SYSTEMS,
            single,
            "each (steps, units) array was taken for a system of one trial. Where they are the trials of one system, "
            "give them as one entry: X = [[trial, trial, ...], ...].",
        )
    else:
        yield _single(facts)
    yield _offset(facts, parameters.center)
    turned = [
        i
        for i, fact in enumerate(facts)
        if fact.along_units > max(_NEIGHBOURS, fact.along_steps + _NEIGHBOURS) and fact.along_steps < _UNCORRELATED
    ]
    yield (
        DoubtKind.AXES,
        turned,
        f"neighbouring units are correlated ({_range([facts[i].along_units for i in turned])}) and successive steps "
        f"are not ({_range([facts[i].along_steps for i in turned])}), as where the last axis is time. The axes are "
        "(trials, steps, units).",
    )
    smooth = [i for i, fact in enumerate(facts) if _is_smoothed(fact)]
    yield (
        DoubtKind.SMOOTHED,
        smooth,
        "even the weakest directions change smoothly, as after smoothing over steps; an operator then holds the kernel "
        "besides the dynamics. Give unsmoothed activity in coarser bins, or smooth all systems alike.",
    )


def _poor(errors: Sequence[int | float | None], remedy: str) -> _Found:
    poor = [i for i, error in enumerate(errors) if error is not None and error > _MEAN]
    return (
        DoubtKind.NO_BETTER_THAN_MEAN,
        poor,
        "in trials held out the operator predicts the next step no better than each unit's mean does (error "
        f"{_range([errors[i] for i in poor])}, the mean 1), so distances may be mostly noise; compare with floor_. "
        f"{remedy}Use coarser bins, more trials or other delays, or leave them out.",
    )


def _single(facts: Sequence[ActivityFacts]) -> _Found:
    return (
        DoubtKind.SINGLE_TRIAL,
        [i for i, fact in enumerate(facts) if fact.n_trials == 1],
        "one trial, or an average, shows few transitions, and its error cannot be told from its dynamics. Give all "
        "trials, or cut a long recording into stretches (a list).",
    )


def _offset(facts: Sequence[ActivityFacts], center: str | None) -> _Found:
    offsets = [fact.offset for fact in facts]
    unequal = max(offsets, default=0.0) >= _OFFSET_OF_SOME and min(offsets, default=0.0) < _OFFSET_OF_NONE
    least = _OFFSET_OF_SOME if unequal else _OFFSET
    return (
        DoubtKind.OFFSET,
        [] if center else [i for i, offset in enumerate(offsets) if offset >= least],
        f"a constant offset of the units holds {_range([o for o in offsets if o >= least])} of the sum of squares and "
        "fills the first direction, whose coordinate hardly varies, so systems differ by their baselines. Compare with "
        'center="unit", which subtracts each unit\'s mean.',
    )


def _of_all(facts: Sequence[ActivityFacts], operators: Sequence[Operator], parameters: Parameters) -> Iterator[_Found]:
    n_steps = np.array([fact.n_steps for fact in facts])
    if parameters.corrected:
        remedy = "Read squared_corrected_; below about 24 trials above the true rank a part stays."
    else:
        remedy = "Give corrected=True, or as many trials of each."
    yield (
        DoubtKind.UNEQUAL_TRIALS,
        _far(n_steps, _TRIALS_APART),
        f"they have few steps beside the others ({_range(n_steps.tolist())} in all trials together), and with less "
        f"data a system seems farther from every other. {remedy}",
    )
    # Noise changes from step to step as much as can be; of that another doubt tells.
    change = np.array([1.0 - fact.along_steps for fact in facts])
    noise = [operator.one_step_error is None or operator.one_step_error > _MEAN for operator in operators]
    change = np.where(noise | ~(change > 0.0), np.nan, change)
    yield (
        DoubtKind.UNEQUAL_STEPS,
        _far(change, _CHANGE_APART),
        "from step to step they change far less than others (correlation of successive steps "
        f"{_range([fact.along_steps for fact in facts])}), as with other bins, smoothing or noise; these are compared "
        "as if they were dynamics. Bin and smooth all systems alike, or see that they do differ so.",
    )


def _is_smoothed(fact: ActivityFacts) -> bool:
    weak = fact.weak
    if weak is None or fact.n_units < _SMOOTH_UNITS or weak.share < _SMOOTH_SHARE:
        return False
    return weak.roughness < _SMOOTH and _KERNEL[0] < weak.curvature < _KERNEL[1] and weak.steadiness > _STEADY


def _far(values: Shaped[Array, " systems"], apart: float) -> list[int]:
    """The positions of values that are so many times smaller than the largest."""
    if len(values) < 2 or np.isnan(values).all():
        return []
    return [int(i) for i in np.flatnonzero(values * apart < np.nanmax(values))]


def _range(values: Sequence[int | float | None]) -> str:
    """Numbers in words: one, or from the least to the largest."""
    known = [value for value in values if value is not None and not np.isnan(value)]
    if not known:
        return "none"
    low, high = (str(v) if isinstance(v, int) else f"{v:.2f}" for v in (min(known), max(known)))
    return low if low == high else f"{low} to {high}"
