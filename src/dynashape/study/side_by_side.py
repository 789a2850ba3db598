"""Several finished studies in one report: what differs in what they asked, and in what they found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from dynashape import figures
from dynashape.errors import StoreError
from dynashape.inference import Headline
from dynashape.inference.study.rows import pooled_rows, share_rows
from dynashape.report import lay_side_by_side, render_report
from dynashape.report.captions import Drawing, figure
from dynashape.store import write_atomic
from dynashape.store.plain_files import name_folders
from dynashape.study.found.folder import missing_steps, open_study
from dynashape.study.found.results import Results, read_results
from dynashape.study.found.summary import summarise
from dynashape.study.told.export import read_content


def write_side_by_side(directories: Sequence[Path], out: Path) -> Path:
    """Write one report about several studies: what differs in their specifications, and in their results.

    Parameters
    ----------
    directories : sequence of Path
        The folders of the studies, in which nothing is changed. Each study goes by the name of its folder, with as much
        of the path before it as tells equal names apart.
    out : Path
        The file of the report, outside these folders.

    Returns
    -------
    Path
        The report.

    Raises
    ------
    StoreError
        Where a folder holds no study or is given twice, or the report cannot be written there.
    """
    named = name_folders(directories)
    opened = {name: open_study(directory) for name, directory in named.items()}
    _check_out(out, directories)
    results = {name: read_results(plan, read) for name, (plan, read) in opened.items()}
    contents = {
        name: read_content(summarise(plan.spec, results[name], missing_steps(plan, read)), named[name])
        for name, (plan, read) in opened.items()
    }
    drawn = [drawing.as_element(figures.to_bytes(drawing.draw(), "svg").decode()) for drawing in _figures(results)]
    content = lay_side_by_side(contents, drawn)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return write_atomic(out, render_report(content).encode())
    except OSError as error:
        raise StoreError(f"cannot write {out} ({error.strerror or error}); choose another --out file.") from None


def _check_out(out: Path, directories: Sequence[Path]) -> None:
    if out.is_dir():
        raise StoreError(f"{out} is a folder; give --out the name of a file, such as {out / 'side_by_side.html'}.")
    inside = [str(directory) for directory in directories if directory.resolve() in out.resolve().parents]
    if inside:
        raise StoreError(f"--out {out} lies in the study {inside[0]}, where nothing is written; choose a file outside.")


def _figures(studies: Mapping[str, Results]) -> list[Drawing]:
    concluded = {name: results.conclusions for name, results in studies.items()}
    headlines = {name: known.headline for name, known in concluded.items() if known and known.headline.cells}
    separated = {name: results.separability for name, results in studies.items() if len(results.separability)}
    wanted = [_shares(headlines)] if headlines else []
    if len(separated) > 1:
        first, *others = separated
        wanted += [_difference(number, first, other, separated) for number, other in enumerate(others, 1)]
    return wanted


def _shares(headlines: Mapping[str, Headline]) -> Drawing:
    shares, pooled = (
        pd.DataFrame([row | {"study": name} for name, headline in headlines.items() for row in rows(headline)])
        for rows in (share_rows, pooled_rows)
    )
    return figure("side_by_side_shares", partial(figures.plot_studies, shares, pooled), shares)


def _difference(number: int, first: str, other: str, separated: Mapping[str, pd.DataFrame]) -> Drawing:
    tables = separated[first], separated[other]
    draw = partial(figures.plot_separability_difference, *tables, names=(first, other))
    difference = figures.separability_difference(*tables)
    return figure("side_by_side_separability", draw, difference, suffix=str(number), first=first, other=other)
