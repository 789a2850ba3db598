"""Whatever is wrong in the documentation fails its strict build."""

from __future__ import annotations

import doctest
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


def build(folder: Path, pages: dict[str, str]) -> subprocess.CompletedProcess[str]:
    (folder / "mkdocs.yml").write_text(CONFIG)
    for name, text in pages.items():
        page = folder / "docs" / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(folder / "mkdocs.yml")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_building_{name}", BUILDING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_page_shows_what_its_code_gave_and_its_formulas(tmp_path):
    done = build(tmp_path, {"index.md": GOOD})
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "site" / "index.html").read_text()
    assert "it is 42" in page
    assert "dynashape 0." in page
    assert page.count("<math") == 2
    assert "\\lVert" not in page


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('```python exec="1"\n1 / 0\n```\n', "ZeroDivisionError"),
        ('```console exec="1"\n$ dynashape run no_such_preset\n```\n', "unexpected code 2"),
        ("It is \\(\\nosuchcommand x\\).\n", "holds a command that is not known"),
        ("It is \\(\\frac{1}{\\).\n", "cannot be written as MathML"),
    ],
)
def test_what_is_wrong_on_a_page_fails_the_build(tmp_path, page, said):
    done = build(tmp_path, {"index.md": page})
    assert done.returncode != 0
    assert said in done.stdout + done.stderr


def test_a_public_name_without_an_entry_fails_the_build(tmp_path):
    done = build(tmp_path, {"index.md": "Nothing.\n", "api/all.md": "No entries.\n"})
    assert done.returncode != 0
    assert "dynashape.dissimilarity.align_all is public and has no entry" in done.stdout + done.stderr


def test_an_example_that_is_not_so_is_a_warning(caplog):
    def add() -> None:
        """Add.

        >>> 2 + 2
        5
        """

    load("hooks")._run_examples(doctest.DocTestRunner(), "here.add", add)
    assert "an example of here.add does not give what it says" in caplog.text


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
