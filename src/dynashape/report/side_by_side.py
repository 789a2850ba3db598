"""Several studies in one report: what differs in their specifications, and what that does to their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from dynashape.errors import InputError
from dynashape.records import ALPHA
from dynashape.report.elements import FigureElement, KeyNumber, MethodsSection, Notice, ReportContent, TableElement
from dynashape.report.methods import list_parameters

COMPARISON = ("analysis", "labelling", "architecture", "phase", "task_a", "task_b")
MEASURES = ("accuracy", "held_out", "share", "omega_squared")
# Specifications may differ in these without being different studies.
_NAMES = ("name",)
# Fields named in the opening; the table has all of them.
_TOLD_AT_MOST = 6


def lay_side_by_side(studies: Mapping[str, ReportContent], figures: Sequence[FigureElement] = ()) -> ReportContent:
    """Compose one report about several studies: their verdicts, settings and results beside each other.

    Comparisons are matched by analysis, labelling, architecture, phase and task pair; only those that all studies hold
    are set against each other.

    Parameters
    ----------
    studies : mapping of str to ReportContent
        The reports of the single studies, by name.
    figures : sequence of FigureElement, optional
        The figures of the report.

    Returns
    -------
    ReportContent
        What the common report says.

    Raises
    ------
    InputError
        Where there are fewer than two studies.

    Examples
    --------
    >>> both = {name: ReportContent(name, f"{name} says so.", parameters={"dsa": {"rank": rank}})
    ...         for name, rank in (("paper", 15), ("variant", 10))}
    >>> lay_side_by_side(both).tables[0].table.to_dict("records")
    [{'field': 'dsa.rank', 'paper': '15', 'variant': '10'}]
    """
    if len(studies) < 2:
        raise InputError(f"lay_side_by_side needs at least two studies; got {len(studies)}.")
    names = list(studies)
    differing = differing_parameters({name: content.parameters for name, content in studies.items()})
    merged = _merge(studies)
    tables = [
        TableElement("settings", "What differs in the specifications", differing, "All other fields are the same.")
    ]
    key_numbers: list[KeyNumber] = []
    verdict = f"{len(names)} studies side by side: {_listed(names)}."
    if merged is not None and len(merged):
        flips = merged[~_agree(merged, names)]
        tables += [
            TableElement("means", "Mean over comparisons", _means(merged, names), _means_caption(merged, names)),
            TableElement(
                "flips",
                "Comparisons that come out differently",
                flips[_told_first(flips)].reset_index(drop=True),
                f"Told apart (q, or p without q, of at most {ALPHA:g}) in one study and not in another: "
                f"{len(flips)} of {len(merged)}.",
            ),
        ]
        verdict = f"{len(merged) - len(flips)} of {len(merged)} separations come out alike in {_listed(names)}."
        key_numbers = _key_numbers(merged, names)
    return ReportContent(
        title=_listed(names),
        verdict=verdict,
        details=[*(f"{name}: {content.verdict}" for name, content in studies.items()), _differing_words(differing)],
        key_numbers=key_numbers,
        figures=figures,
        tables=[table for table in tables if len(table.table)],
        methods=_methods(studies),
        notices=[Notice(f"{name}: {notice.text}") for name, content in studies.items() for notice in content.notices],
        parameters={name: content.parameters for name, content in studies.items()},
        provenance={name: content.provenance for name, content in studies.items()},
    )


def differing_parameters(parameters: Mapping[str, Mapping[str, object]]) -> pd.DataFrame:
    """The fields in which specifications differ, one row a field, one column a study; a missing field is a dash.

    >>> differing_parameters({"a": {"rank": 1, "mds": "metric"}, "b": {"rank": 2, "mds": "metric"}}).to_dict("records")
    [{'field': 'rank', 'a': '1', 'b': '2'}]
    """
    flat = {name: dict(list_parameters(spec)) for name, spec in parameters.items()}
    fields = list(dict.fromkeys(field for values in flat.values() for field in values))
    rows = [
        {"field": field, **{name: values.get(field, "–") for name, values in flat.items()}}
        for field in fields
        if field not in _NAMES and len({values.get(field, "–") for values in flat.values()}) > 1
    ]
    return pd.DataFrame(rows, columns=["field", *flat])


def _differing_words(differing: pd.DataFrame) -> str:
    names = list(differing.columns[1:])
    told = [f"{row['field']} ({', '.join(row[name] for name in names)})" for row in differing.to_dict("records")]
    if not told:
        return "Their specifications are the same."
    more = f" and {len(told) - _TOLD_AT_MOST} more fields" if len(told) > _TOLD_AT_MOST else ""
    return f"Their specifications differ in {'; '.join(told[:_TOLD_AT_MOST])}{more}."


def _methods(studies: Mapping[str, ReportContent]) -> list[MethodsSection]:
    """Each section once where all studies have it alike, otherwise each study's own under its name."""
    titles = list(dict.fromkeys(part.title for content in studies.values() for part in content.methods))
    found = []
    for title in titles:
        by_study = {
            name: part.paragraphs
            for name, content in studies.items()
            for part in content.methods
            if part.title == title
        }
        if len(by_study) == len(studies) and len(set(by_study.values())) == 1:
            found.append(MethodsSection(title, next(iter(by_study.values()))))
        else:
            found += [MethodsSection(f"{title}: {name}", paragraphs) for name, paragraphs in by_study.items()]
    return found


def _told_first(merged: pd.DataFrame) -> list[str]:
    """The columns with the verdicts before the measures, which are many."""
    return sorted(
        merged.columns, key=lambda name: 0 if name in COMPARISON else 1 if name.startswith("told apart") else 2
    )


def _merge(studies: Mapping[str, ReportContent]) -> pd.DataFrame | None:
    """One row a comparison and labelling that every study holds, with each study's measures in columns of its own."""
    merged: pd.DataFrame | None = None
    # A study that lists its tasks in another order names a pair the other way round; the first study's order is shown.
    pairs: dict[frozenset[str], tuple[str, str]] = {}
    for name, content in studies.items():
        if content.explorer is None:
            return None
        table = content.explorer.separability
        kept = table[list(COMPARISON)].copy()
        given = list(zip(kept["task_a"], kept["task_b"], strict=True))
        kept[["task_a", "task_b"]] = [pairs.setdefault(frozenset(pair), pair) for pair in given]
        for measure in MEASURES:
            if measure in table:
                kept[f"{measure}, {name}"] = pd.to_numeric(table[measure])
        kept[f"told apart, {name}"] = [_told_apart(row) for row in table.to_dict("records")]
        merged = kept if merged is None else merged.merge(kept, on=list(COMPARISON), how="inner")
    return merged


def _told_apart(row: Mapping[str, object]) -> bool | None:
    """By the q-value, or by the p-value where there is no q-value; None without either."""
    for column in ("q_value", "p_value"):
        value = row.get(column)
        if isinstance(value, float) and value == value:
            return value <= ALPHA
    return None


def _agree(merged: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    return merged[[f"told apart, {name}" for name in names]].nunique(axis=1, dropna=False) == 1


def _measure(merged: pd.DataFrame, names: Sequence[str]) -> str:
    """What is averaged: the variance share where every study has it, since accuracies hit their ceiling of one."""
    return "share" if all(f"share, {name}" in merged for name in names) else "accuracy"


def _means(merged: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    columns = [f"{_measure(merged, names)}, {name}" for name in names]
    means = merged.groupby(["analysis", "labelling", "phase"], sort=False)[columns].mean().reset_index()
    if len(names) == 2:
        means["difference"] = means[columns[1]] - means[columns[0]]
    return means


def _means_caption(merged: pd.DataFrame, names: Sequence[str]) -> str:
    what = "Variance share (PERMANOVA)" if _measure(merged, names) == "share" else "Accuracy in the MDS plane"
    return f"{what}, averaged over the architectures and task pairs that all studies hold."


def _key_numbers(merged: pd.DataFrame, names: Sequence[str]) -> list[KeyNumber]:
    measure = _measure(merged, names)
    words = "mean variance share" if measure == "share" else "mean accuracy"
    found = []
    for (analysis, labelling), part in merged.groupby(["analysis", "labelling"], sort=False):
        values = [part[f"{measure}, {name}"].mean() for name in names]
        found.append(
            KeyNumber(
                " · ".join(f"{value:.2f}" for value in values),
                f"{labelling} separation, analysis {analysis}",
                f"{words} in {_listed(names)}",
            )
        )
    return found


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}"
