"""Whether the inputs of a task hold its answer: what is right in trials whose inputs are all but equal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from dynashape.records import Array, Trials

# As shares of the median distance between the inputs of two trials.
_NEAR, _EQUAL = 0.05, 1e-3
_FEWEST_PAIRS = 100
# Where equal inputs disagree less often than this, it is rounding rather than the task.
_RARELY = 0.02


@dataclass(frozen=True)
class Answers:
    """How often two trials with the same, or nearly the same, noise-free inputs have the same right answer.

    Attributes
    ----------
    n_near, n_equal : int
        Number of trials with another whose inputs lie within a twentieth, or a thousandth, of the median distance.
    agreement, equal_agreement : float or None
        The share of them in which the nearest trial has the same right answer; None below 100 trials.
    chance : float
        How often two trials drawn at random have the same right answer.
    """

    n_near: int
    n_equal: int
    agreement: float | None
    equal_agreement: float | None
    chance: float

    @property
    def held(self) -> bool | None:
        """Whether the inputs hold the answer: False where near trials agree as chance would have it.

        None where too few trials are near each other to tell.
        """
        if self.agreement is None:
            return None
        # Two trials can be each other's nearest, which halves the independent pairs.
        error = float(np.sqrt(2.0 * self.chance * (1.0 - self.chance) / self.n_near))
        return self.agreement > self.chance + 3.0 * error

    @property
    def remark(self) -> str:
        """What a reader should know, in a sentence without its full stop; empty where there is nothing to say."""
        if self.held is False:
            return (
                "the inputs do not hold the answer: where two trials have nearly equal inputs without noise, their "
                f"right answers agree in {self.agreement:.0%} of pairs, by chance in {self.chance:.0%}. No training "
                "can teach it; other parameters of the environment may show more"
            )
        if self.equal_agreement is not None and self.equal_agreement < 1.0 - _RARELY:
            return (
                "the inputs hold the answer in part: where two trials have equal inputs without noise, "
                f"{1.0 - self.equal_agreement:.0%} of pairs have different right answers, so nobody can always be right"
            )
        return ""


def compare_answers(trials: Trials, last: int) -> Answers:
    """Compare the right answers of trials whose inputs up to the step `last` are all but equal.

    Parameters
    ----------
    trials : Trials
        Trials without noise.
    last : int
        The step after the last that counts, such as the end of the response window.

    Returns
    -------
    Answers
        How often near and equal trials agree.

    Notes
    -----
    This is the accuracy of the nearest neighbour: where it is that of chance in trials that are dense enough, so is the
    accuracy of any rule that does not change between neighbours. Every input of every step is scaled to a variance of
    one, so a weak input counts as much as a strong one, and steps at which no input changes count once.
    """
    choice = np.asarray(trials.conditions["choice"])
    values, counts = np.unique(choice, return_counts=True)
    del values
    chance = float(np.sum(np.square(counts / len(choice))))
    points = _changing_inputs(trials.inputs[:, :last])
    squares = np.square(points).sum(axis=1)
    distances = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2.0 * points @ points.T, 0.0))
    scale = float(np.median(distances))
    np.fill_diagonal(distances, np.inf)
    nearest = distances.argmin(axis=1)
    smallest, agree = distances[np.arange(len(choice)), nearest], choice[nearest] == choice
    near, equal = smallest <= _NEAR * scale, smallest <= _EQUAL * scale
    return Answers(
        n_near=int(near.sum()),
        n_equal=int(equal.sum()),
        agreement=float(agree[near].mean()) if near.sum() >= _FEWEST_PAIRS else None,
        equal_agreement=float(agree[equal].mean()) if equal.sum() >= _FEWEST_PAIRS else None,
        chance=chance,
    )


def _changing_inputs(inputs: Float[Array, "trials steps channels"]) -> Float[Array, "trials values"]:
    """The inputs of all steps at which some trial's inputs change, each scaled to a variance of one."""
    changes = np.abs(np.diff(inputs, axis=1)).max(axis=(0, 2)) > 0
    kept = inputs[:, np.concatenate([[True], changes])].reshape(len(inputs), -1).astype(np.float64)
    spread = kept.std(axis=0)
    varying = spread > 1e-6
    return np.asarray((kept[:, varying] - kept[:, varying].mean(axis=0)) / spread[varying])
