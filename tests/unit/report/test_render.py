from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from dynashape.report import (
    ClaimElement,
    Explorer,
    FigureElement,
    KeyNumber,
    MethodsSection,
    Notice,
    ReportContent,
    TableElement,
    render_report,
)
from dynashape.report.inline_svg import THEME_COLOURS, inline_svg

SVG = (
    '<?xml version="1.0"?><!DOCTYPE svg><svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" height="4pt" '
    'viewBox="0 0 9 4"><metadata>who</metadata><defs><path id="m1"/></defs><g id="g" clip-path="url(#m1)">'
    '<use xlink:href="#m1" style="fill: #1f2430; stroke: #123456"/></g></svg>'
)


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        for name in ("src", "href"):
            if name in found and tag != "a":
                self.sources.append(found[name])


def a_report(**changes) -> ReportContent:
    table = pd.DataFrame({"task": ["CDM"], "accuracy": [0.25]})
    parts = {
        "title": "A study",
        "verdict": "Input <dominates>.",
        "details": ["Because of this."],
        "key_numbers": [KeyNumber("1.00", "input separation", "72 of 72")],
        "figures": [
            FigureElement("first", "First", SVG, "What is plotted.", 'A "dot" & more', table),
            FigureElement("second", "Second", SVG, "Again.", "Another dot"),
        ],
        "tables": [TableElement("networks", "Networks", table)],
        "methods": [MethodsSection("Tasks", ("Four tasks.",))],
        "notices": [Notice("Mind this.", about="first"), Notice("And that.")],
        "parameters": {"dsa": {"rank": 15}},
        "provenance": {"versions": {"numpy": "2.2"}},
    }
    return ReportContent(**(parts | changes))


def test_the_verdict_comes_first_and_text_is_escaped():
    html = render_report(a_report())
    assert "Input &lt;dominates&gt;." in html
    places = [
        html.index(text) for text in ("Input &lt;", "1.00", "What is plotted.", "Four tasks.", "dsa.rank", "numpy")
    ]
    assert places == sorted(places)


def test_a_warning_stands_at_its_figure_and_in_the_list():
    html = render_report(a_report())
    figure = html[html.index('id="first"') : html.index('id="second"')]
    assert "Mind this." in figure
    assert html.count("Mind this.") == 2
    assert "And that." in html[html.index('id="warnings"') :]


def test_ids_are_unique_and_every_contents_link_has_its_target():
    page = Page(render_report(a_report()))
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(page.links) > 8


def test_nothing_is_loaded_from_elsewhere(synthetic):
    html = render_report(a_report(explorer=Explorer(synthetic.separability())))
    page = Page(html)
    assert [source for source in page.sources if not source.startswith(("data:", "#"))] == []
    assert "@import" not in html[: html.index("</style>")]


def test_plotly_is_there_once_and_only_with_an_explorer(synthetic):
    marker = "plotly.js v"
    assert marker not in render_report(a_report())
    assert render_report(a_report(explorer=Explorer(synthetic.separability()))).count(marker) == 1


def test_no_script_contains_what_would_end_or_escape_it(synthetic):
    html = render_report(a_report(explorer=Explorer(synthetic.separability())))
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", html, flags=re.DOTALL)
    assert len(scripts) == 3
    assert not any("<!--" in script and "<script" in script for script in scripts)


def test_the_same_content_gives_the_same_page(synthetic):
    content = a_report(explorer=Explorer(synthetic.separability()))
    assert render_report(content) == render_report(content)


def test_parts_that_are_not_there_leave_no_heading():
    html = render_report(ReportContent("t", "v"))
    assert not re.search(r"<h2", html)


def test_a_drawing_keeps_its_references_and_follows_the_theme():
    drawn = inline_svg(SVG, "first", 'A "dot" & more')
    assert drawn.startswith("<svg role=")
    assert 'aria-label="A &quot;dot&quot; &amp; more"' in drawn
    assert 'id="first-m1"' in drawn and 'href="#first-m1"' in drawn and "url(#first-m1)" in drawn
    assert "var(--figure-ink,#1f2430)" in drawn
    assert "#123456" in drawn
    assert "metadata" not in drawn
    assert "width=" not in drawn


@pytest.mark.parametrize(
    "name", ["--figure-ink", "--figure-muted", "--figure-faint", "--figure-shade", "--figure-paper"]
)
def test_both_themes_know_the_colours_of_the_drawings(name):
    html = render_report(ReportContent("t", "v"))
    assert len(re.findall(rf"{name}: #", html)) == 2


def test_the_words_on_coloured_squares_keep_their_colour_in_both_themes():
    from dynashape.figures.style import ON_DARK, ON_LIGHT

    assert not {ON_DARK, ON_LIGHT} & set(THEME_COLOURS)


def test_a_light_page_shows_the_colours_of_the_drawings():
    css = render_report(ReportContent("t", "v"))
    light = css[css.index(":root {") : css.index(":root[data-theme")]
    assert all(f"{variable}: {colour};" in light for colour, variable in THEME_COLOURS.items())


def test_keys_of_units_are_folded_away():
    content = ReportContent("t", "v", provenance={"a": {"python": "3.13", "keys": {"train GRU CDM": "0f3c"}}})
    html = render_report(content)
    shown, folded = html[html.index('id="provenance"') :].split("<details>")
    assert "a.python" in shown and "0f3c" not in shown
    assert "Keys of the 1 units" in folded and "a.train GRU CDM" in folded


def test_the_papers_claims_stand_beside_what_is_found():
    claims = [ClaimElement("Input <matters> more.", "Found here too", "input dominates", "the interval is above zero")]
    page = render_report(a_report(claims=claims))
    shown = page[page.index('id="verdict"') : page.index("</section>")]
    for words in ("Input &lt;matters&gt; more.", "Found here too", "input dominates", "the interval is above zero"):
        assert words in shown
    assert "The paper’s claim" not in render_report(a_report())
