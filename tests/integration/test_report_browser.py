"""The report in a real browser: it opens from disk alone, shows the table's numbers, and does what its controls say."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import sync_playwright

from dynashape.figures import plot_distance_matrices, plot_separability_map, to_bytes
from dynashape.records import task_pair
from dynashape.report import (
    Explorer,
    FigureElement,
    KeyNumber,
    MethodsSection,
    Notice,
    ReportContent,
    TableElement,
    render_report,
)

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium: apt-get install chromium"),
]
FIRST = "1|V-RNN|stimulus|CDM-PR"


@pytest.fixture(scope="module")
def study(synthetic):
    return {
        "separability": synthetic.separability(),
        "embeddings": synthetic.embeddings(),
        "distances": synthetic.distances(),
        "networks": synthetic.networks(),
        "meta": synthetic.meta()[0],
    }


@pytest.fixture(scope="module")
def report(study, tmp_path_factory):
    figures = [
        FigureElement(
            "separability_map",
            "Separability",
            to_bytes(plot_separability_map(study["separability"]), "svg").decode(),
            "Accuracy of a logistic regression in the MDS plane.",
            "Four blocks of squares.",
            study["separability"],
        ),
        FigureElement(
            "distances",
            "Distances",
            to_bytes(plot_distance_matrices(study["distances"]), "svg").decode(),
            "Angular distances.",
            "Twelve matrices.",
        ),
    ]
    content = ReportContent(
        "A made-up study",
        "Input structure dominates the dynamics.",
        details=["It separates networks in every phase."],
        key_numbers=[KeyNumber("1.00", "input separation", "72 of 72 comparisons")],
        explorer=Explorer(
            study["separability"],
            study["embeddings"],
            study["distances"],
            study["networks"],
            study["meta"],
        ),
        figures=figures,
        tables=[TableElement("networks", "Networks", study["networks"], "One row a network.")],
        methods=[MethodsSection("Tasks", ("Four tasks.",))],
        notices=[Notice("One network is below its criterion.", about="networks")],
        parameters={"dsa": {"rank": 15}, "a_long_name": {"of_a_field": "with_a_long_value_" * 6}},
        provenance={"versions": {"numpy": "2.2"}},
    )
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_report(content), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def axe(tmp_path_factory) -> str:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("the accessibility check needs npm, to fetch axe-core")
    folder = tmp_path_factory.mktemp("axe")
    fetched = subprocess.run(
        [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "axe-core@4"],
        capture_output=True,
        text=True,
        check=False,
    )
    if fetched.returncode:
        pytest.skip(f"npm could not fetch axe-core: {fetched.stderr[-200:]}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, report):
    """Open the report; when the test is over, nothing may have been asked of a network or complained of."""
    contexts, requests, complaints = [], [], []

    def opened(width: int = 1400, scheme: str = "light", height: int = 900):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(report.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []
    assert complaints == []


def plotted(page, name: str) -> None:
    page.locator(f"#{name}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#{name} .main-svg", state="attached")


def key_of(row) -> str:
    """The comparison of a row, as the page calls it."""
    return f"{row.analysis}|{row.architecture}|{row.phase}|{task_pair(row.task_a, row.task_b)}"


def rows_of(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """The rows of this comparison."""
    return table[[key_of(row) == key for row in table.itertuples()]]


def test_every_square_shows_the_number_of_the_table(open_page, study):
    page = open_page()
    squares = page.eval_on_selector_all(
        ".square", "all => all.map(s => [s.dataset.key, s.dataset.labelling, Number(s.dataset.value), s.textContent])"
    )
    table = study["separability"]
    assert len(squares) == len(table)
    known = {(key_of(row), row.labelling): row.accuracy for row in table.itertuples()}
    assert len(known) == len(table)
    for key, labelling, value, text in squares:
        assert value == known[key, labelling]
        assert text == ("1" if value >= 0.995 else f"{value + 1e-9:.2f}"[1:])


def test_a_square_opens_its_map_its_distances_and_its_statistics(open_page, study):
    page = open_page()
    plotted(page, "plot-embedding")
    key, labelling = "2|GRU|delay|DC-PR", "input"
    page.click(f'.square[data-key="{key}"][data-labelling="{labelling}"]')
    assert page.inner_text("#detail-title") == "GRU · delay · DC-PR · analysis 2"
    pressed = page.eval_on_selector_all('.square[aria-pressed="true"]', "all => all.map(s => s.dataset.key)")
    assert set(pressed) == {key}
    rows = rows_of(study["separability"], key).set_index("labelling")
    cells = page.eval_on_selector_all(
        "#statistics td[data-statistic]",
        "all => all.map(c => [c.dataset.statistic, c.dataset.labelling, Number(c.dataset.value)])",
    )
    assert len(cells) > 12
    for statistic, which, value in cells:
        assert value == rows.loc[which, statistic]
    points = page.evaluate(
        "document.getElementById('plot-embedding').data.flatMap(t => t.x.map((x, i) => [x, t.y[i]]))"
    )
    own = rows_of(study["embeddings"], key)
    assert sorted(map(tuple, points)) == sorted(zip(own["x"], own["y"], strict=True))
    drawn = page.evaluate("document.getElementById('plot-distances').data[0].z")
    distances = study["distances"]["GRU", "delay"]
    order = [
        int(np.flatnonzero(distances.where(task=task, condition=condition, seed=seed))[0])
        for task in ("DC", "PR")
        for condition in ("trained", "noise")
        for seed in range(5)
    ]
    for i, a in enumerate(order):
        # Four digits of each distance are kept in the page.
        assert drawn[i] == pytest.approx(distances.values[a, order].tolist(), abs=5e-5)


def test_hovering_names_the_network(open_page, study):
    page = open_page()
    plotted(page, "plot-embedding")
    page.wait_for_selector("#plot-embedding .points path", state="attached")
    page.locator("#plot-embedding").scroll_into_view_if_needed()
    box = page.locator("#plot-embedding .points path").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + box["width"] / 2 + 1, box["y"] + box["height"] / 2)
    page.wait_for_selector("#plot-embedding .hovertext")
    text = page.locator("#plot-embedding .hovertext").first.text_content()
    assert "CDM" in text and "seed" in text and "untrained" in text
    seed = int(text.split("seed ")[1].split(",")[0])
    networks = study["networks"].set_index(["architecture", "task", "seed"])
    assert f"{networks.loc[('V-RNN', 'CDM', seed), 'accuracy']:.3f}" in text


def test_filters_move_everything_together(open_page, study):
    page = open_page(height=2600)
    plotted(page, "plot-meta")
    plotted(page, "plot-profile")
    page.select_option("#filter-architecture", "LSTM")
    page.select_option("#filter-phase", "delay")
    page.select_option("#filter-analysis", "2")
    n_squares = len(study["separability"])
    keys = page.eval_on_selector_all(".square", "all => all.map(s => s.dataset.key)")
    assert len(keys) == n_squares // (2 * 3 * 4)  # of the analyses, architectures and phases
    assert all(key.startswith("2|LSTM|delay|") for key in keys)
    assert page.inner_text("#announce") == f"{len(set(keys))} of {n_squares // 2} comparisons shown"
    assert page.inner_text("#detail-title").startswith("LSTM · delay")
    dots = page.evaluate(
        "document.getElementById('plot-profile').data.filter(t => t.mode === 'markers').flatMap(t => t.customdata)"
    )
    assert sorted(set(dots)) == sorted(set(keys))
    clear = page.evaluate(
        "document.getElementById('plot-meta').data"
        ".flatMap(t => t.customdata.filter((_, i) => t.marker.opacity[i] > 0.5))"
    )
    assert len(clear) == len(set(keys))
    assert all((row["analysis"], row["architecture"], row["phase"]) == ("2", "LSTM", "delay") for row in clear)
    page.click("#filter-reset")
    page.wait_for_function(f"document.querySelectorAll('.square').length === {n_squares}")


def test_another_measure_can_be_shown(open_page, study):
    page = open_page()
    page.select_option("#filter-measure", "share")
    value = page.get_attribute(f'.square[data-key="{FIRST}"][data-labelling="task"]', "data-value")
    rows = rows_of(study["separability"], FIRST).set_index("labelling")
    assert float(value) == rows.loc["task", "share"]


def test_the_map_can_be_walked_with_the_keyboard(open_page):
    page = open_page()
    assert page.locator('.square[tabindex="0"]').count() == 1
    page.locator('.square[tabindex="0"]').focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.inner_text("#detail-title") == "V-RNN · delay · CDM-DC · analysis 1"
    assert page.evaluate("document.activeElement.dataset.key") == "1|V-RNN|delay|CDM-DC"
    assert page.locator('.square[tabindex="0"]').count() == 1


def test_tables_sort_and_unfold(open_page, study):
    page = open_page()
    assert page.locator("#table-networks tbody tr").count() == 15
    page.click("#table-networks .buttons button:first-child")
    assert page.locator("#table-networks tbody tr").count() == len(study["networks"])
    page.click('#table-networks th button:has-text("accuracy")')
    first = page.locator("#table-networks tbody tr").first.locator("td").nth(4)
    assert float(first.get_attribute("title")) == study["networks"]["accuracy"].min()
    assert page.locator("#table-networks tr.flag").count() == 1


def test_the_buttons_save_the_drawing_and_its_data(open_page, study, tmp_path):
    page = open_page()
    with page.expect_download() as caught:
        page.click('#separability_map button[data-csv="separability"]')
    caught.value.save_as(tmp_path / "data.csv")
    saved = pd.read_csv(tmp_path / "data.csv")
    saved["message"] = saved["message"].astype(object).fillna("")  # what is empty, a CSV cannot tell from missing
    pd.testing.assert_frame_equal(saved, study["separability"], check_dtype=False, check_exact=True)
    with page.expect_download() as caught:
        page.click('button[data-svg="separability_map"]')
    caught.value.save_as(tmp_path / "figure.svg")
    svg = (tmp_path / "figure.svg").read_text()
    assert svg.startswith("<svg")
    assert "var(" not in svg
    assert "pt" in svg[: svg.index(">")]
    plotted(page, "plot-embedding")
    with page.expect_download() as caught:
        page.click('button[data-plot-svg="plot-embedding"]')
    caught.value.save_as(tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").read_text().startswith("<svg")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 400])
def test_nothing_overflows_and_words_can_be_read(open_page, width, scheme, tmp_path):
    page = open_page(width, scheme)
    assert page.get_attribute("html", "data-theme") == scheme
    for name in ("plot-embedding", "plot-distances", "plot-profile", "plot-meta"):
        plotted(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    contrast = page.evaluate(CONTRAST)
    # WCAG AA for body text.
    assert {words: ratio for words, ratio in contrast.items() if ratio < 4.5} == {}
    image = page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert int.from_bytes(image[16:20], "big") == width


CONTRAST = """() => {
  const luminance = (colour) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = colour.match(/[0-9.]+/g).map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$/.test(colour) && colour !== "transparent") return colour;
    }
    return "rgb(255,255,255)";
  };
  const found = {};
  const worded = "h1, h2, h3, h4, p, dt, dd, td, th, a, button, figcaption, label, .legend span";
  for (const element of document.querySelectorAll(worded)) {
    const words = element.textContent.trim();
    if (!words || element.closest(".visually-hidden, .skip, noscript") || element.disabled) continue;
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((x, y) => y - x);
    found[`${element.tagName}.${element.className} ${words.slice(0, 30)}`] = (a + 0.05) / (b + 0.05);
  }
  return found;
}"""


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (400, "dark")])
def test_nobody_is_shut_out(open_page, axe, width, scheme):
    page = open_page(width, scheme)
    for name in ("plot-embedding", "plot-distances", "plot-profile", "plot-meta"):
        plotted(page, name)
    page.evaluate(axe)
    faults = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    told = [f"{fault['impact']} {fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in faults]
    assert [line for line in told if line.startswith(("serious", "critical"))] == []


def test_the_theme_can_be_chosen(open_page):
    page = open_page(scheme="light")
    seen = []
    for _ in range(3):
        page.click("#theme")
        seen.append(page.get_attribute("html", "data-theme"))
    assert seen == ["light", "dark", "light"]


def test_it_opens_quickly(open_page):
    page = open_page()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    plotted(page, "plot-embedding")
    spent = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    # Processor time of the page until it is drawn, plots included, so that a busy machine does not count.
    assert spent["ThreadTime"] < 3.0


def test_it_prints_without_controls(open_page):
    page = open_page(scheme="dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.get_attribute("html", "data-theme") == "light"
    for hidden in (".bar", ".toc", ".filters", ".buttons"):
        assert not page.locator(hidden).first.is_visible()
    assert page.locator("#plot-profile .main-svg").count() > 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.get_attribute("html", "data-theme") == "dark"
