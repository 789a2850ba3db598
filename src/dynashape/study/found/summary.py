"""The headline numbers of a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from dynashape.engine import compare_processors
from dynashape.inference import describe_reach
from dynashape.records import ALL, ALPHA
from dynashape.report import Notice
from dynashape.study.ask.spec import StudySpec
from dynashape.study.found.results import Results
from dynashape.study.found.warnings import find_warnings


@dataclass(frozen=True)
class Trained:
    """How many networks and groups (architecture and task) there are, and how many reached their criterion."""

    n_networks: int = 0
    n_reached: int = 0
    n_groups: int = 0
    n_groups_reached: int = 0


@dataclass(frozen=True)
class Separated:
    """How often a labelling was told apart (p at most .05) in the comparisons of a phase, or (`all`) of every phase."""

    analysis: int
    labelling: str
    phase: str
    n_comparisons: int
    mean_accuracy: float | None
    mean_chance: float | None
    n_told_apart: int


@dataclass(frozen=True)
class StudySummary:
    """What a study found in a few numbers, beside the results they come from."""

    spec: StudySpec
    results: Results
    networks: Trained
    separability: tuple[Separated, ...]
    failures: Mapping[str, str]
    warnings: tuple[Notice, ...]

    @property
    def overall(self) -> tuple[Separated, ...]:
        """Each analysis and labelling, over all phases."""
        return tuple(row for row in self.separability if row.phase == ALL)

    def as_dict(self) -> dict[str, object]:
        """The summary as plain values, as in `summary.json`."""
        results = self.results
        alignments = results.alignments
        counts = ("n_pairs", "n_aligned", "n_converged")
        return {
            "study": self.spec.name,
            "headline": _conclusions(results),
            "networks": asdict(self.networks),
            "separability": [asdict(row) for row in self.separability],
            "alignments": {name: int(alignments[name].sum()) if len(alignments) else 0 for name in counts},
            "meta_clustering": _meta_clustering(results),
            "failures": dict(self.failures),
            "warnings": [notice.text for notice in self.warnings],
        }


def summarise(
    spec: StudySpec, results: Results, failures: Mapping[str, str], processors: Sequence[str] = ()
) -> StudySummary:
    """The headline numbers; `failures` are the steps without a result, each with the reason."""
    reach = describe_reach(len(spec.seeds), spec.separability.max_relabellings)
    whole = ((reach, "verdict"), (compare_processors(processors), "networks"))
    warnings = (*(Notice(said, about=part) for said, part in whole if said), *find_warnings(results, failures))
    trained, separated = _count_networks(results.networks), tuple(_separability(results.separability))
    return StudySummary(spec, results, trained, separated, failures, warnings)


def _count_networks(networks: pd.DataFrame) -> Trained:
    if networks.empty:
        return Trained()
    reached = networks["reached"].astype(bool)
    groups = reached.groupby([networks["architecture"], networks["task"]]).all()
    return Trained(len(networks), int(reached.sum()), len(groups), int(groups.sum()))


def _separability(table: pd.DataFrame) -> list[Separated]:
    if table.empty:
        return []
    rows = []
    for (analysis, labelling), part in table.groupby(["analysis", "labelling"], sort=True):
        rows.append(_tally(int(analysis), str(labelling), ALL, part))
        rows += [
            _tally(int(analysis), str(labelling), str(phase), own) for phase, own in part.groupby("phase", sort=False)
        ]
    return rows


def _tally(analysis: int, labelling: str, phase: str, part: pd.DataFrame) -> Separated:
    usable = part.dropna(subset=["accuracy", "p_value"])
    accuracy, chance = (float(usable[name].mean()) if len(usable) else None for name in ("accuracy", "chance"))
    told_apart = int((usable["p_value"] <= ALPHA).sum())
    return Separated(analysis, labelling, phase, len(part), accuracy, chance, told_apart)


def _conclusions(results: Results) -> dict[str, object]:
    found = results.conclusions
    if found is None:
        return {}
    return {
        "smallest_max_p": found.family.smallest_max_p,
        "n_tests": found.family.n_tests,
        "sentence": found.headline.sentence,
        **asdict(found.headline),
        "claims": [asdict(claim) for claim in found.claims],
    }


def _meta_clustering(results: Results) -> dict[str, object]:
    meta = results.meta
    if meta is None:
        return {}
    shown: dict[str, object] = {"explained": []}
    if meta.found is not None:
        names = ("n_groups", "silhouettes", "stable", "same_number")
        shown = {"explained": [asdict(own) for own in meta.found.explained], "stress": meta.found.embedding.stress}
        shown |= {name: getattr(meta.found, name) for name in names}
    return {**shown, "message": meta.message, "n_left_out": meta.n_left_out, "features": list(meta.features)}
