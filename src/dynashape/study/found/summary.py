"""The headline numbers of a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from dynashape.engine import compare_processors
from dynashape.inference import describe_reach
from dynashape.records import ALL
from dynashape.report import Notice
from dynashape.report.opening import Separated, Trained, count_networks, count_separated
from dynashape.report.warnings import find_warnings
from dynashape.study.ask.spec import StudySpec
from dynashape.study.found.results import Results
from dynashape.study.work.meta_cluster import MetaClustered, TooFewPoints


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
        return {
            "study": self.spec.name,
            "headline": _conclusions(results),
            "networks": asdict(self.networks),
            "separability": [asdict(row) for row in self.separability],
            "alignments": _counts(results.alignments, {name: name for name in ("n_pairs", "n_aligned", "n_converged")}),
            "selection": _selection(results),
            "scale": {
                "n_cells": len(results.scale),
                **_counts(results.scale, {"n_blind": "blind", "n_seeds_alike": "seeds_alike"}),
            },
            "meta_clustering": _meta_clustering(results.meta),
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
    trained, separated = count_networks(results.networks), tuple(count_separated(results.separability))
    return StudySummary(spec, results, trained, separated, failures, warnings)


def _selection(results: Results) -> dict[str, object]:
    found = results.selection
    if found is None:
        return {}
    names = ("n_delays", "rank", "criterion")
    return {name: getattr(found, name) for name in names} | {
        "candidates": len(found.candidates),
        **asdict(found.status),
    }


def _counts(table: pd.DataFrame, columns: Mapping[str, str]) -> dict[str, int]:
    return {name: int(table[column].sum()) if len(table) else 0 for name, column in columns.items()}


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


def _meta_clustering(meta: MetaClustered | TooFewPoints | None) -> dict[str, object]:
    if meta is None:
        return {}
    shown = {"explained": [], "message": "", "n_left_out": meta.n_left_out, "features": list(meta.features)}
    if isinstance(meta, TooFewPoints):
        return shown | {"message": meta.message}
    found = meta.found
    return shown | {
        "explained": [asdict(factor) for factor in found.explained],
        "stress": found.embedding.stress,
        **{name: getattr(found, name) for name in ("n_groups", "silhouettes", "stable", "same_number")},
    }
