"""What the report of a study says: the verdict and its numbers, then everything behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dynashape.inference import MEASURED_BIAS
from dynashape.report import (
    ClaimElement,
    Explorer,
    FigureElement,
    KeyNumber,
    ReportContent,
    TableElement,
    describe_methods,
)
from dynashape.study.drawing import label_distances
from dynashape.study.footing import compare_footing
from dynashape.study.measures import DISSIMILARITIES
from dynashape.study.power_report import power_tables
from dynashape.study.results import Results
from dynashape.study.sensitivity_report import sensitivity_tables
from dynashape.study.spec import StudySpec
from dynashape.study.steps.train import pool_size
from dynashape.study.summary import summarise
from dynashape.study.warnings import find_warnings

_QUESTIONS = {
    (1, "task"): "Do tasks differ, whether trained or not?",
    (1, "training"): "Does training change the dynamics?",
    (2, "task"): "Do tasks differ, whatever drives the network?",
    (2, "input"): "Does the input change the dynamics?",
}


_HEADLINE = "input - training"
_OUTCOMES = {
    "supported": "Found here too",
    "contradicted": "The opposite is found",
    "open": "Cannot be told",
}


def compose_report(
    spec: StudySpec,
    results: Results,
    directory: Path,
    failures: Mapping[str, str],
    provenance: Mapping[str, Any],
    figures: Sequence[FigureElement] = (),
    more_tables: Sequence[TableElement] = (),
) -> ReportContent:
    """The content of a study's report, from its results and from the sensitivity and power analyses in its folder.

    Nothing is written. `failures` are the units without a result, each with the reason.
    """
    summary = summarise(spec, results, failures)
    explorer = None
    if len(results.separability):
        explorer = Explorer(
            separability=results.separability,
            embeddings=results.embeddings if len(results.embeddings) else None,
            distances=label_distances(results, spec.dissimilarity) or None,
            networks=results.networks,
            meta=results.meta_points if len(results.meta_points) else None,
        )
    return ReportContent(
        title=f"{spec.name}: what shapes the dynamics?",
        verdict=_verdict(summary),
        details=_details(summary),
        key_numbers=_headlines(summary),
        claims=_claims(summary),
        explorer=explorer,
        figures=figures,
        tables=[*_tables(spec, results), *more_tables, *sensitivity_tables(directory), *power_tables(directory)],
        methods=describe_methods(spec.as_dict(), n_pooled=pool_size(spec.training)),
        notices=find_warnings(results, failures),
        parameters=spec.as_dict(),
        provenance=provenance,
    )


def _claims(summary: Mapping[str, Any]) -> list[ClaimElement]:
    return [
        ClaimElement(claim["claim"], _OUTCOMES[claim["outcome"]], claim["finding"], claim["rule"])
        for claim in summary["headline"].get("claims", [])
    ]


def _overall(summary: Mapping[str, Any]) -> dict[tuple[int, str], Mapping[str, Any]]:
    return {(row["analysis"], row["labelling"]): row for row in summary["separability"] if row["phase"] == "all"}


def _verdict(summary: Mapping[str, Any]) -> str:
    pooled = _input_against_training(summary)
    if pooled is None:
        return _counted(summary)
    words = {"input dominates": "Input dominates training.", "training dominates": "Training dominates input."}
    return words.get(pooled["verdict"], "Whether input or training dominates cannot be told.")


def _input_against_training(summary: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = [row for row in summary["headline"].get("pooled", []) if row["contrast"] == _HEADLINE]
    return found[0] if found else None


def _counted(summary: Mapping[str, Any]) -> str:
    rows = _overall(summary)
    train, drive = rows.get((1, "training")), rows.get((2, "input"))
    if not train or not drive or train["mean_accuracy"] is None or drive["mean_accuracy"] is None:
        return "Too little of the study is done to say what shapes the dynamics."
    return (
        f"Input was told apart in {drive['n_told_apart']} of {drive['n_comparisons']} comparisons, training in "
        f"{train['n_told_apart']} of {train['n_comparisons']} (exact permutation test at .05, uncorrected)."
    )


def _details(summary: Mapping[str, Any]) -> list[str]:
    networks = summary["networks"]
    pooled = _input_against_training(summary)
    said = []
    if pooled is not None:
        said = [f"{summary['headline']['sentence']} {_coverage(summary)}".strip(), _counted(summary)]
    said += [
        f"{networks['n_reached']} of {networks['n_networks']} networks solved their task; all networks of a group did "
        f"so in {networks['n_groups_reached']} of {networks['n_groups']} groups of architecture and task."
    ]
    explained = summary["meta_clustering"].get("explained")
    if explained:
        shares = ", ".join(f"{row['factor'].replace('_', ' ')} {row['share']:.0%}" for row in explained)
        said.append(f"Share of the meta-clustering's variance that each factor explains: {shares}.")
    return said


def _coverage(summary: Mapping[str, Any]) -> str:
    """How far the intervals of single cells can be trusted at this number of seeds."""
    found = [cell["difference"] for cell in summary["headline"]["cells"] if cell["contrast"] == _HEADLINE]
    if not found:
        return ""
    fewest = min(found, key=lambda one: int(one["n_seeds"]))
    return (
        f"Intervals are over seeds, nominally 95 %; those of single cells were measured to cover "
        f"{fewest['coverage']:.1%} with {fewest['n_seeds']} seeds."
    )


def _headlines(summary: Mapping[str, Any]) -> list[KeyNumber]:
    found = []
    for key, row in _overall(summary).items():
        if row["mean_accuracy"] is None:
            continue
        found.append(
            KeyNumber(
                f"{row['mean_accuracy']:.2f}",
                f"{key[1]} separation, analysis {key[0]}",
                f"{_QUESTIONS.get(key, '')} Mean in-sample accuracy; chance {row['mean_chance']:.2f}; told apart in "
                f"{row['n_told_apart']} of {row['n_comparisons']}.",
            )
        )
    return found


def _tables(spec: StudySpec, results: Results) -> list[TableElement]:
    omega, plain = MEASURED_BIAS["omega_squared"], MEASURED_BIAS["share"]
    wishes = (
        (
            "networks",
            "The networks",
            results.networks,
            "One row a network; accuracy is of the response, on fresh trials. The norm is of all recurrent weights "
            "together (Frobenius), activity is its root mean square over fresh trials; both also before training.",
        ),
        (
            "footing",
            "Are the networks on an equal footing?",
            compare_footing(results.networks),
            "Median over the seeds of each architecture and task, with the range in brackets: accuracy as a share of "
            "the ideal observer's, fixation outside the response window, updates until done, norm of the recurrent "
            "weights and root mean square of the activity.",
        ),
        (
            "separability",
            "Every comparison",
            results.separability,
            "One row a comparison and labelling: in-sample accuracy in the MDS plane, its chance level and exact "
            "permutation p (corrected: q, and max p over the whole family), accuracy with a seed left out, and the "
            "statistics on the full distance matrix. Omega low to omega high is the nominal 95 % interval over seeds, "
            "omega coverage how often such intervals were measured to hold the truth. Measured bias with five seeds: "
            f"omega squared {omega[0]:.3f} on average and at most {omega[1]:.3f} either way, the plain share "
            f"{plain[0]:+.3f} and up to {plain[1]:+.3f}. Columns such as stress 3d are of MDS in three dimensions; "
            "depends on dimension says that p crosses .05 among them.",
        ),
        (
            "bounds",
            "Floors and ceilings of the distances",
            results.bounds,
            "Floor: mean distance between the even and the odd trials of the same network. Ceiling: mean distance "
            "between networks of the same architecture, task and condition with other seeds. 95 % intervals over "
            "seeds (networks of a seed averaged first; jackknife for the ceiling, whose pairs share networks).",
        ),
        (
            "alignments",
            "The alignments" if spec.dissimilarity == "dsa" else "The pairs compared",
            results.alignments,
            "Pairs aligned and converged; spread over starts in radians."
            if spec.dissimilarity == "dsa"
            else f"Pairs compared by the {DISSIMILARITIES[spec.dissimilarity]}, which is computed in one go: nothing "
            "has to converge.",
        ),
    )
    return [TableElement(name, title, table, caption) for name, title, table, caption in wishes if len(table)]
