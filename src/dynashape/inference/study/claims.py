"""The paper's claims beside what a study finds: each is supported, contradicted or open by a stated rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dynashape.inference.study.headline import CellContrast, Headline
from dynashape.records import HEADLINE, ClaimOutcome, Verdict


@dataclass(frozen=True)
class Claim:
    """A claim of the paper, judged by what a study finds.

    Attributes
    ----------
    claim, rule : str
        What the paper says, and the rule that judges it here.
    outcome : ClaimOutcome
        Supported, contradicted or open.
    finding : str
        The verdicts behind the outcome.
    """

    claim: str
    rule: str
    outcome: ClaimOutcome
    finding: str


def check_claims(headline: Headline) -> tuple[Claim, ...]:
    """Judge the readings of the paper's conclusion by the headline of a study.

    Parameters
    ----------
    headline : Headline
        See `compute_headline`.

    Returns
    -------
    tuple of Claim

    References
    ----------
    Fakharian et al., Heterogeneous effect of input and task-optimization on the dynamics of RNNs, CCN 2025: input
    structure rather than task-optimised connectivity organises the dynamics, whatever the architecture and the task,
    and the effects are heterogeneous.

    Examples
    --------
    >>> [str(claim.outcome) for claim in check_claims(Headline((), (), (), ()))]
    ['open', 'open', 'open', 'open']
    """
    pooled = headline.of(HEADLINE)
    verdict = Verdict.CANNOT_BE_TOLD if pooled is None else pooled.verdict
    groups = {
        pooled_in.group: pooled_in.verdict for pooled_in in headline.by_architecture if pooled_in.contrast is HEADLINE
    }
    pairs = {
        pooled_in.group: pooled_in.verdict for pooled_in in headline.by_task_pair if pooled_in.contrast is HEADLINE
    }
    cells = [cell for cell in headline.cells if cell.contrast is HEADLINE]
    counts = headline.count_verdicts(HEADLINE)
    return (
        Claim(
            "Input structure shapes the dynamics more than task-optimised connectivity does.",
            "the pooled interval of (input share - training share) lies above zero",
            _outcome(verdict),
            str(verdict),
        ),
        Claim(
            "It does so whatever the architecture.",
            "that interval lies above zero in every architecture; contradicted where one lies below zero",
            _outcome_of_all(groups.values()),
            _listed(groups),
        ),
        Claim(
            "It does so whatever the task.",
            "that interval lies above zero for every pair of tasks; contradicted where one lies below zero",
            _outcome_of_all(pairs.values()),
            _listed(pairs),
        ),
        Claim(
            "The effects are heterogeneous.",
            "the intervals of two architecture-phase cells do not overlap; never contradicted, only left open",
            ClaimOutcome.SUPPORTED if _some_lie_apart(cells) else ClaimOutcome.OPEN,
            "; ".join(f"{verdict} in {count}" for verdict, count in counts.items()) or str(Verdict.CANNOT_BE_TOLD),
        ),
    )


_OUTCOMES = {
    Verdict.of(HEADLINE.first.labelling): ClaimOutcome.SUPPORTED,
    Verdict.of(HEADLINE.second.labelling): ClaimOutcome.CONTRADICTED,
}


def _outcome(verdict: Verdict) -> ClaimOutcome:
    return _OUTCOMES.get(verdict, ClaimOutcome.OPEN)


def _outcome_of_all(verdicts: Iterable[Verdict]) -> ClaimOutcome:
    outcomes = {_outcome(verdict) for verdict in verdicts}
    if ClaimOutcome.CONTRADICTED in outcomes:
        return ClaimOutcome.CONTRADICTED
    return ClaimOutcome.SUPPORTED if outcomes == {ClaimOutcome.SUPPORTED} else ClaimOutcome.OPEN


def _listed(verdicts: Mapping[str, Verdict]) -> str:
    return "; ".join(f"{name}: {verdict}" for name, verdict in verdicts.items()) or str(Verdict.CANNOT_BE_TOLD)


def _some_lie_apart(cells: list[CellContrast]) -> bool:
    lows, highs = [cell.difference.low for cell in cells], [cell.difference.high for cell in cells]
    return bool(cells) and max(lows) > min(highs)
