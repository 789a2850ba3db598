"""The paper's claims beside what a study finds: each is supported, contradicted or open by a stated rule."""

from __future__ import annotations

from dataclasses import dataclass

from dynashape.inference.headline import CANNOT_BE_TOLD, Headline

_CONTRAST = "input - training"


@dataclass(frozen=True)
class Claim:
    """A claim of the paper, the rule that judges it here, and the outcome ("supported", "contradicted", "open")."""

    claim: str
    rule: str
    outcome: str
    finding: str


def check_claims(headline: Headline) -> tuple[Claim, ...]:
    """The readings of the paper's conclusion, judged by this study's headline.

    Fakharian et al. (CCN 2025): input structure rather than task-optimised connectivity organises the dynamics,
    whatever the architecture and the task, and their effects are heterogeneous.

    >>> [claim.outcome for claim in check_claims(Headline((), (), (), ()))]
    ['open', 'open', 'open', 'open']
    """
    pooled = headline.of(_CONTRAST)
    verdict = CANNOT_BE_TOLD if pooled is None else pooled.verdict
    groups = {found.group: found.verdict for found in headline.by_architecture if found.contrast == _CONTRAST}
    pairs = {found.group: found.verdict for found in headline.by_task_pair if found.contrast == _CONTRAST}
    cells = [found for found in headline.cells if found.contrast == _CONTRAST]
    apart = _apart([(cell.difference.low, cell.difference.high) for cell in cells])
    overlap = "open" if not apart else "supported"
    return (
        Claim(
            "Input structure shapes the dynamics more than task-optimised connectivity does.",
            "the pooled interval of (input share - training share) lies above zero",
            _outcome(verdict),
            verdict,
        ),
        Claim(
            "It does so whatever the architecture.",
            "that interval lies above zero in every architecture; contradicted where one lies below zero",
            _outcome_of_all(list(groups.values())),
            "; ".join(f"{name}: {found}" for name, found in groups.items()) or CANNOT_BE_TOLD,
        ),
        Claim(
            "It does so whatever the task.",
            "that interval lies above zero for every pair of tasks; contradicted where one lies below zero",
            _outcome_of_all(list(pairs.values())),
            "; ".join(f"{name}: {found}" for name, found in pairs.items()) or CANNOT_BE_TOLD,
        ),
        Claim(
            "The effects are heterogeneous.",
            "the intervals of two architecture-phase cells do not overlap; never contradicted, only left open",
            overlap,
            "; ".join(f"{verdict} in {count}" for verdict, count in headline.count_verdicts(_CONTRAST).items())
            or CANNOT_BE_TOLD,
        ),
    )


def _outcome(verdict: str) -> str:
    return {"input dominates": "supported", "training dominates": "contradicted"}.get(verdict, "open")


def _outcome_of_all(verdicts: list[str]) -> str:
    outcomes = {_outcome(verdict) for verdict in verdicts}
    if "contradicted" in outcomes:
        return "contradicted"
    return "supported" if outcomes == {"supported"} else "open"


def _apart(intervals: list[tuple[float, float]]) -> bool:
    if not intervals:
        return False
    return max(low for low, _ in intervals) > min(high for _, high in intervals)
