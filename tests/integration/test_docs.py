"""Whatever is wrong in the documentation fails its strict build."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("mkdocs", reason="`make docs` installs what the documentation is built with")
BUILDING = Path(__file__).parents[2] / "docs" / "building"
CONFIG = f"""
site_name: small
theme: mkdocs
markdown_extensions: [pymdownx.superfences, {{pymdownx.arithmatex: {{generic: true}}}}]
plugins: [{{markdown-exec: {{languages: [python, console], ansi: "off"}}}}]
hooks: ["{BUILDING / "hooks.py"}"]
"""
GOOD = """
Inline \\(x_1\\).

$$
\\lVert A \\rVert \\in \\mathbb{R}
$$

```python exec="1" result="text" session="s"
number = 6 * 7
```

```python exec="1" result="text" session="s"
print("it is", number)
```

```console exec="1" source="console"
$ dynashape --version
```
"""


PAGES = {
    "index.md": GOOD,
    "python.md": '```python exec="1"\n1 / 0\n```\n',
    "console.md": '```console exec="1"\n$ dynashape run no_such_preset\n```\n',
    "unknown.md": "It is \\(\\nosuchcommand x\\).\n",
    "broken.md": "It is \\(\\frac{1}{\\).\n",
    "api/all.md": "No entries.\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[str, str]:
    """What the strict build of a site of one good page and five that are wrong said, and the good page.

    The build of the real documentation, in `make docs`, shows that one without a fault succeeds.
    """
    folder = tmp_path_factory.mktemp("docs")
    (folder / "mkdocs.yml").write_text(CONFIG)
    for name, text in PAGES.items():
        page = folder / "docs" / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(folder / "mkdocs.yml")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment)
    assert done.returncode != 0
    return done.stdout + done.stderr, (folder / "site" / "index.html").read_text()


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_building_{name}", BUILDING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_page_shows_what_its_code_gave_and_its_formulas(built):
    _, page = built
    assert "it is 42" in page
    assert "dynashape 0." in page
    assert page.count("<math") == 2
    assert "\\lVert" not in page


@pytest.mark.parametrize(
    "fault",
    [
        "ZeroDivisionError",
        "unexpected code 2",
        "unknown.md: the formula '\\\\nosuchcommand x' holds a command that is not known",
        "broken.md: the formula '\\\\frac{1}{' cannot be written as MathML",
        "dynashape.dissimilarity.align_all is public and has no entry",
    ],
)
def test_what_is_wrong_fails_the_build(built, fault):
    said, _ = built
    assert fault in said


def test_examples_are_fenced_and_nothing_else():
    pytest.importorskip("griffe")
    fence = load("doctests").fence
    assert fence("Words.\n\n>>> 1\n1\n\nMore > words.") == "Words.\n\n```pycon\n>>> 1\n1\n```\n\nMore > words."
    assert fence("Ends so.\n\n>>> 1\n1") == "Ends so.\n\n```pycon\n>>> 1\n1\n```"


def test_images_are_part_of_the_page(tmp_path):
    image = tmp_path / "a.svg"
    image.write_text("<svg/>")
    shown = load("embed").embed(image, "nothing")
    assert 'alt="nothing"' in shown
    assert "data:image/svg+xml;base64,PHN2Zy8+" in shown
