"""What a study concludes as the rows of tables: its comparisons, their maps, and its contrasts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import pandas as pd

from dynashape.dissimilarity import ordering_stability
from dynashape.distances import Distances
from dynashape.errors import InputError
from dynashape.inference.comparison.records import SEPARATED, Compared, ComparisonKey, usable_comparisons
from dynashape.inference.comparison.rows import comparison_rows
from dynashape.inference.study.headline import Headline
from dynashape.inference.study.multiple_tests import Corrected
from dynashape.records import ALPHA, System


def separability_rows(
    comparisons: Mapping[ComparisonKey, Compared], corrected: Sequence[Corrected] = ()
) -> Iterator[dict[str, object]]:
    """One row a comparison and labelling, with corrected p-values where the study has concluded."""
    tests = {(test.key, test.term): test for test in corrected}
    for key, compared in comparisons.items():
        for term, row in zip(SEPARATED, comparison_rows(key, compared), strict=True):
            test = tests.get((key, term))
            if test is not None:
                row |= {"q_value": test.q_accuracy, "q_permanova": test.q_permanova, "max_p": test.max_p}
            yield row


def embedding_rows(
    comparisons: Mapping[ComparisonKey, Compared], systems: Mapping[ComparisonKey, Sequence[System]]
) -> Iterator[dict[str, object]]:
    """One row a point of a comparison's map; `systems` are those of each comparison, in the order of its distances."""
    for key, comparison in usable_comparisons(comparisons).items():
        embedding = comparison.embedding
        for number, point in zip(comparison.systems.tolist(), embedding.points.tolist(), strict=True):
            system = systems[key][number]
            labels = {"task": system.task, "seed": system.seed, "condition": str(system.condition)}
            names = ("x", "y", *(f"dimension_{number}" for number in range(3, len(point) + 1)))
            # A map of one dimension is a line in the plane.
            coordinates = dict(zip(names, [*point, 0.0] if len(point) == 1 else point, strict=True))
            yield {**asdict(key), **labels, **coordinates, "stress": embedding.stress}


def dimension_rows(comparisons: Mapping[ComparisonKey, Compared]) -> Iterator[dict[str, object]]:
    """One row a comparison, labelling and number of dimensions: whether it is told apart, and otherwise than before."""
    for key, comparison in usable_comparisons(comparisons).items():
        for term, separation in comparison.separations.items():
            labels = {"analysis": key.analysis, "labelling": str(key.labelling(term))}
            tried = zip(comparison.dimensions, separation.accuracies, separation.p_values, strict=True)
            for n_components, accuracy, p_value in tried:
                told_apart = p_value <= ALPHA
                row = {**labels, "n_components": n_components, "accuracy": accuracy, "told_apart": told_apart}
                yield row | {"flips": told_apart != (separation.p_value <= ALPHA)}


def contrast_rows(headline: Headline) -> Iterator[dict[str, object]]:
    """Both shares of each contrast and their difference in every place: pooled, by architecture, in every cell."""
    for place, found in headline.places():
        values = {
            f"{side}{suffix}": getattr(getattr(found, side), name)
            for side in ("first", "second", "difference")
            for suffix, name in (("", "estimate"), ("_low", "low"), ("_high", "high"))
        }
        yield {"contrast": str(found.contrast), **asdict(place), **values, "verdict": str(found.verdict)}


def share_rows(headline: Headline) -> list[dict[str, object]]:
    """One row an architecture, phase, labelling and analysis: share, share_low and share_high."""
    rows: dict[tuple[object, ...], dict[str, object]] = {}
    for cell in headline.cells:
        for side, share in ((cell.contrast.first, cell.first), (cell.contrast.second, cell.second)):
            where = {"architecture": cell.architecture, "phase": cell.phase}
            labels = {**where, "labelling": str(side.labelling), "analysis": side.analysis.number}
            values = {"share": share.estimate, "share_low": share.low, "share_high": share.high}
            # Two contrasts can have a share in common.
            rows.setdefault(tuple(labels.values()), labels | values)
    return list(rows.values())


def pooled_rows(headline: Headline) -> list[dict[str, object]]:
    """One row a contrast, pooled over all cells: the difference with its intervals, and the verdict."""
    return [
        {"contrast": str(pooled.contrast), **asdict(pooled.difference), "verdict": str(pooled.verdict)}
        for pooled in headline.pooled
    ]


def tabulate_dimensions(comparisons: Mapping[ComparisonKey, Compared]) -> pd.DataFrame:
    """How the tests of a study come out in MDS planes of other dimensions, over all comparisons."""
    table = pd.DataFrame(dimension_rows(comparisons))
    if table.empty:
        return table
    return table.groupby(["analysis", "labelling", "n_components"], as_index=False).agg(
        mean_accuracy=("accuracy", "mean"),
        n_told_apart=("told_apart", "sum"),
        n_flips=("flips", "sum"),
        n_comparisons=("flips", "size"),
    )


def stability_rows(measured: Sequence[Mapping[tuple[str, str], Distances]]) -> Iterator[dict[str, object]]:
    """One row an architecture and phase: Kendall's W of the order of distances over several measurements."""
    for cell in measured[0] if len(measured) > 1 else ():
        try:
            order = ordering_stability([found[cell].values for found in measured if cell in found])
        except InputError:  # too few are left to be ordered
            continue
        labels = dict(zip(("architecture", "phase"), cell, strict=True))
        yield {**labels, "w": order.w, "n_choices": order.n_measurements, "n_pairs": order.n_pairs}
