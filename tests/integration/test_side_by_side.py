"""Two tiny studies that differ in one field: one offline file shows the field and both results; the folders stay."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def studies(dynashape, tiny_study, tiny_options, tmp_path_factory) -> tuple[Path, Path]:
    """The tiny study and a variant of another rank."""
    folder = tmp_path_factory.mktemp("studies")
    first = shutil.copytree(tiny_study, folder / "paper" / "tiny")
    second = folder / "variant" / "tiny"
    # What both studies share is found in the store, and trained only once.
    shutil.copytree(first / "store", second / "store")
    dynashape("run", "smoke", "--out", second, *tiny_options, "--set", "dsa.rank=3")
    return first, second


@pytest.fixture(scope="module")
def report(dynashape, studies, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("here")
    before = contents(studies)
    assert dynashape("report", *studies, cwd=folder).words == "Report: side_by_side.html"
    assert [path.name for path in folder.iterdir()] == ["side_by_side.html"]
    assert contents(studies) == before
    return folder / "side_by_side.html"


def contents(studies) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for folder in studies for path in [folder, *folder.rglob("*")]}


def test_the_file_goes_where_it_is_asked_for(dynashape, studies, tmp_path):
    out = tmp_path / "new" / "both.html"
    assert str(out) in dynashape("report", *studies, "--out", out).out
    assert "<html" in out.read_text()


def test_what_cannot_stand_side_by_side_is_one_clear_message(dynashape, studies, tmp_path):
    first, second = studies
    assert f"{tmp_path} holds no study" in dynashape("report", first, tmp_path, cwd=tmp_path, code=2).words
    assert "the same folder" in dynashape("report", first, second, first / ".." / "tiny", cwd=tmp_path, code=2).words
    assert "is a folder" in dynashape("report", *studies, "--out", tmp_path, code=2).words
    assert "lies in the study" in dynashape("report", *studies, "--out", second / "report.html", code=2).words
    assert "several DIRs" in dynashape("report", first, "--out", tmp_path / "one.html", code=2).words
    assert not list(tmp_path.iterdir())


def test_an_unfinished_study_shows_its_settings_and_what_it_lacks(dynashape, studies, tmp_path):
    begun = tmp_path / "begun"
    begun.mkdir()
    shutil.copy(studies[0] / "study.yaml", begun)
    dynashape("report", studies[1], begun, "--out", tmp_path / "both.html")
    html = (tmp_path / "both.html").read_text()
    assert "begun: training networks, 2 of 2 units: not computed yet" in html
    assert [path.name for path in begun.iterdir()] == ["study.yaml"]


@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium: apt-get install chromium")
@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (400, "dark")])
def test_it_opens_from_disk_and_shows_what_differs(report, width, scheme):
    requests, complaints = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(report.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        rows = page.locator("#table-settings tbody tr").all_inner_texts()
        head = page.locator("#table-settings thead").inner_text()
        drawings = page.locator("figure.drawing svg").count()
        words = page.locator("#side_by_side_shares").inner_html()
        overflow = page.evaluate("document.documentElement.scrollWidth")
        browser.close()
    assert [row.split() for row in rows] == [["dsa.rank", "4", "3"]]
    assert head.split() == ["field", "paper/tiny", "variant/tiny"]
    assert drawings == 2
    assert "paper/tiny" in words and "pooled" in words
    assert overflow == width
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []
    assert complaints == []
