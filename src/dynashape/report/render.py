"""The report as one HTML file that needs nothing beside it: styles, scripts, plots and numbers are all inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jinja2
from markupsafe import Markup

from dynashape.records.appearance import SEQUENTIAL_COLOURS
from dynashape.report.elements import Notice, ReportContent
from dynashape.report.inline_svg import THEME_COLOURS, inline_svg
from dynashape.report.methods import list_parameters
from dynashape.report.payload import build_payload, to_script_json

SCRIPTS = ("page.js", "tables.js", "explorer.js", "plots.js")

# What names the keys of a study in its provenance, also where several studies each have their own.
_KEYS = ".keys."


def render_report(content: ReportContent) -> str:
    """Render the report as one HTML file, which opens from disk or a file share, without a network.

    plotly.js (about 4.5 MB) is inlined once, and only where there is something interactive to draw.

    Parameters
    ----------
    content : ReportContent
        What the report says.

    Returns
    -------
    str
        The text of the HTML file.

    Raises
    ------
    InputError
        Where the separability table of the explorer lacks a column.

    Examples
    --------
    >>> "<h1" in render_report(ReportContent("A study", "Input dominates."))
    True
    """
    payload, shown = build_payload(content)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("dynashape.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    loader = environment.loader
    assert loader is not None
    source = {name: loader.get_source(environment, name)[0] for name in ("report.css", *SCRIPTS)}
    provenance = list_parameters(content.provenance)
    return environment.get_template("report.html.j2").render(
        content=content,
        explorer=payload["explorer"],
        shown=shown,
        drawings={f.name: Markup(inline_svg(f.svg, f.name, f.alternative)) for f in content.figures},
        notices_about=_notices_about(content),
        parameters=list_parameters(content.parameters),
        # A key for each of hundreds of units is for looking up, not for reading: it is folded away.
        provenance=[(name, value) for name, value in provenance if _KEYS not in f".{name}"],
        keys=[(f".{name}".replace(_KEYS, ".", 1)[1:], value) for name, value in provenance if _KEYS in f".{name}"],
        theme=THEME_COLOURS,
        squares=SEQUENTIAL_COLOURS,
        css=Markup(source["report.css"]),
        scripts=Markup("\n".join(source[name] for name in SCRIPTS)),
        plotly=Markup(_plotly()) if payload["explorer"] is not None else None,
        data=Markup(to_script_json(payload)),
    )


def _notices_about(content: ReportContent) -> Mapping[str, list[Notice]]:
    found: dict[str, list[Notice]] = {}
    for notice in content.notices:
        found.setdefault(notice.about, []).append(notice)
    return found


def _plotly() -> Any:
    # Imported here: plotly is slow to import, and a report without an explorer does not need it.
    from plotly.offline import get_plotlyjs

    return get_plotlyjs()
