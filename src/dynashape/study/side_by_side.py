"""Several finished studies in one report: what differs in what they asked, and in what they found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dynashape import figures
from dynashape.errors import StoreError
from dynashape.report import FigureElement, ReportContent, lay_side_by_side, render_report
from dynashape.store import Store, write_atomic
from dynashape.study.conclusions import pooled_table, shares_table
from dynashape.study.plan import Plan
from dynashape.study.reporting import compose_report
from dynashape.study.results import Results, read_results
from dynashape.study.status import missing_units, open_study


@dataclass(frozen=True)
class _Study:
    """A study as it is read from its folder; nothing in there is changed."""

    content: ReportContent
    results: Results


def write_side_by_side(directories: Sequence[Path], out: Path) -> Path:
    """Write one report about the studies in these folders, and return its path; nothing inside the folders is touched.

    Each study goes by the name of its folder, with as much of the path before it as tells equal names apart. Raises
    StoreError where a folder holds no study, is given twice, or where `out` is a folder or lies in one of the studies.
    """
    named = name_folders(directories)
    opened = {name: open_study(directory) for name, directory in named.items()}
    _check_out(out, directories)
    studies = {name: _read(named[name], plan, store) for name, (plan, store) in opened.items()}
    content = lay_side_by_side({name: study.content for name, study in studies.items()}, _draw(studies))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return write_atomic(out, render_report(content).encode())
    except OSError as error:
        raise StoreError(f"cannot write {out} ({error.strerror or error}); choose another --out file.") from None


def name_folders(directories: Sequence[Path]) -> dict[str, Path]:
    """The folders by name, in the order given; StoreError where one is given twice.

    >>> list(name_folders([Path("/a/quick"), Path("/b/quick"), Path("/b/paper")]))
    ['a/quick', 'b/quick', 'paper']
    """
    places = [directory.resolve() for directory in directories]
    twice = [str(given) for given, place in zip(directories, places, strict=True) if places.count(place) > 1]
    if twice:
        raise StoreError(f"a study stands beside others, not itself; got the same folder as {' and '.join(twice)}.")
    n_parts = [1] * len(places)
    names = [place.name or str(place) for place in places]
    # Different folders differ somewhere on their way from the root, so this ends.
    while len(set(names)) < len(names):
        n_parts = [n + (names.count(name) > 1) for n, name in zip(n_parts, names, strict=True)]
        names = [Path(*place.parts[-n:]).as_posix() for place, n in zip(places, n_parts, strict=True)]
    return dict(zip(names, directories, strict=True))


def _check_out(out: Path, directories: Sequence[Path]) -> None:
    if out.is_dir():
        raise StoreError(f"{out} is a folder; give --out the name of a file, such as {out / 'side_by_side.html'}.")
    inside = [str(one) for one in directories if one.resolve() in out.resolve().parents]
    if inside:
        raise StoreError(f"--out {out} lies in the study {inside[0]}, where nothing is written; choose a file outside.")


def _read(directory: Path, plan: Plan, store: Store) -> _Study:
    results = read_results(plan, store)
    written = directory / "provenance.json"
    provenance = json.loads(written.read_text()) if written.is_file() else {}
    return _Study(compose_report(plan.spec, results, directory, missing_units(plan, store), provenance), results)


def _draw(studies: Mapping[str, _Study]) -> list[FigureElement]:
    concluded = {name: study.results for name, study in studies.items() if study.results.conclusions.get("cells")}
    separated = {name: study.results for name, study in studies.items() if len(study.results.separability)}
    drawn = [_shares(concluded)] if concluded else []
    if len(separated) > 1:
        first, *others = separated
        drawn += [_difference(place, first, other, separated) for place, other in enumerate(others)]
    return drawn


def _shares(studies: Mapping[str, Results]) -> FigureElement:
    shares = _stack({name: shares_table(results.conclusions) for name, results in studies.items()})
    pooled = _stack({name: pooled_table(results.conclusions) for name, results in studies.items()})
    return FigureElement(
        "side_by_side_shares",
        "How much input, training and task account for in each study",
        _svg(figures.plot_studies(shares, pooled)),
        "Share of the variance of dissimilarities (omega-squared), averaged over task pairs, with 95 % jackknife "
        "intervals over seeds, by phase, architecture and cause. Below: differences of two shares pooled over "
        "architectures and phases, with the interval from which the verdict follows. Networks of equal seeds may be "
        "the same in several studies, so overlapping intervals do not say that studies agree.",
        "For each architecture and cause, the shares of all studies beside each other by phase; below, the pooled "
        "differences of each study with intervals.",
        shares,
    )


def _difference(place: int, first: str, other: str, studies: Mapping[str, Results]) -> FigureElement:
    tables = studies[first].separability, studies[other].separability
    return FigureElement(
        f"side_by_side_separability{place + 1}",
        f"Separability: {other} less {first}",
        _svg(figures.plot_separability_difference(*tables, names=(first, other))),
        f"Accuracy in the MDS plane in {other} less that in {first}, in every comparison that both hold. Brown: "
        f"{other} separates better, blue: {first} does. A dot marks a labelling that is told apart (q, or p where "
        "there is no q, of at most .05) in one of them only. Hatched: no accuracy in one of them.",
        "Maps of the difference of accuracies by task pair, phase and architecture, for each analysis and labelling.",
        figures.separability_difference(*tables),
    )


def _stack(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([table.assign(study=name) for name, table in tables.items()], ignore_index=True)


def _svg(figure: Any) -> str:
    return figures.to_bytes(figure, "svg").decode()
