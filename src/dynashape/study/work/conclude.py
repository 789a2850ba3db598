"""Correct all tests as one family, and say what shapes the dynamics: shares, intervals, a verdict by a stated rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dynashape.inference import Claim, Family, Headline, check_claims, compute_headline, correct_family
from dynashape.steps import Reader
from dynashape.study.work.compare import Compare, read_comparisons
from dynashape.study.work.record import SnapshotStep


@dataclass(frozen=True)
class Conclusions:
    """The corrected tests of a study, its headline, and what it says to the claims of the paper."""

    family: Family
    headline: Headline
    claims: tuple[Claim, ...]


@dataclass(frozen=True, eq=False)
class Conclude(SnapshotStep[Conclusions]):
    """The conclusions from all comparisons."""

    title: ClassVar[str] = "drawing conclusions"

    compares: tuple[Compare, ...]

    @property
    def what(self) -> str:
        return "all comparisons"

    def run(self, read: Reader) -> Conclusions:
        comparisons = read_comparisons(self.compares, read)
        headline = compute_headline(comparisons)
        return Conclusions(correct_family(comparisons), headline, check_claims(headline))
