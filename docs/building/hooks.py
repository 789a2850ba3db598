"""What building the documentation needs beside mkdocs: a folder to run code in, formulas, and the check of the API.

Everything that is wrong is a warning or an error of mkdocs, so `mkdocs build --strict` fails: code that raises, a
formula that cannot be written as MathML, a public name without an entry. The examples of docstrings run in the tests.
"""

from __future__ import annotations

import html
import logging
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.structure.files import Files

log = logging.getLogger("mkdocs.hooks.dynashape")

API = (
    *("", "study", "tasks", "networks", "training", "dissimilarity", "inference", "figures", "report"),
    *("steps", "engine", "store", "records", "distances", "errors"),
)
# The study that the tutorial runs is read by the pages after it.
FIRST = ("tutorial.md", "is-it-the-input.md")

_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)
# One folder for all builds of this process: `mkdocs serve` then computes only what is missing.
_workplace: tempfile.TemporaryDirectory[str] | None = None
_home = Path.cwd()
_entries: set[str] = set()

# Before numpy is imported: the build must not take every core of the machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def on_pre_build(config: Any) -> None:
    """Code runs in an empty folder that holds the examples, and finds the command line of this Python."""
    global _workplace, _home
    root = Path(config.config_file_path).parent
    if _workplace is None:
        _workplace = tempfile.TemporaryDirectory(prefix="dynashape-docs-")
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        searched = [str(Path(place).resolve()) for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place]
        if searched:
            os.environ["PYTHONPATH"] = os.pathsep.join(searched)
        os.environ.update(COLUMNS="96", NO_COLOR="1", MPLBACKEND="agg")
        sys.path += [str(Path(__file__).parent), _workplace.name]
    if (root / "examples").is_dir():
        shutil.copytree(root / "examples", _workplace.name, dirs_exist_ok=True)
    _home = Path.cwd()
    os.chdir(_workplace.name)


def on_files(files: Files, config: Any) -> Files:  # noqa: ARG001  (mkdocs passes both)
    """The pages whose results others read come first; mkdocs renders in this order."""
    return Files(sorted(files, key=lambda file: (*FIRST, file.src_uri).index(file.src_uri)))


def on_page_content(page_html: str, page: Any, **_: Any) -> str:
    """Formulas as MathML, which browsers draw by themselves."""
    return _FORMULA.sub(lambda found: to_mathml(found, page.file.src_uri), page_html)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Remember which names of the API have an entry."""
    if page.file.src_uri.startswith("api/"):
        _entries.update(re.findall(r'id="(dynashape[\w.]*)"', output))
    return output


def on_post_build(config: Any) -> None:
    """Go home, and warn where a public name has no entry."""
    os.chdir(_home)
    if any(name.startswith("api/") for name in _pages(config.docs_dir)):
        for path in missing_entries(_entries):
            log.warning("%s is public and has no entry in the API pages", path)


def on_build_error(error: Exception, **_: Any) -> None:  # noqa: ARG001
    """Go home."""
    os.chdir(_home)


def to_mathml(found: re.Match[str], where: str) -> str:
    """The formula that was found on the page `where` as MathML; a warning where it cannot be written so."""
    formula = html.unescape(found[3]).strip()
    try:
        mathml = str(convert(formula, display="block" if found[2] == "[" else "inline"))
    except Exception as error:  # noqa: BLE001  (whatever the converter trips over, the page names the formula)
        log.warning("%s: the formula %r cannot be written as MathML: %r", where, formula, error)
        return found[0]
    # Browsers stretch the bars of a norm to the height of their line unless told not to.
    mathml = mathml.replace("<mo>&#x02016;</mo>", '<mo stretchy="false">&#x02016;</mo>')
    # What the converter does not know it passes on as text.
    if "\\" in html.unescape(mathml):
        log.warning("%s: the formula %r holds a command that is not known", where, formula)
    return f'<div class="formula">{mathml}</div>' if found[2] == "[" else mathml


def missing_entries(entries: set[str]) -> Iterator[str]:
    """The public names of the rooms of the API that are not among these entries."""
    for room in API:
        package = import_module(".".join(filter(None, ("dynashape", room))))
        own = [name for name, value in vars(package).items() if getattr(value, "__module__", "") == package.__name__]
        for name in getattr(package, "__all__", own):
            # A name that is also a module's, or one of the package itself, has its entry where it is defined.
            module = str(getattr(getattr(package, name), "__module__", ""))
            places = {f"{package.__name__}.{name}", f"{module}.{name}", ".".join([*module.split(".")[:2], name])}
            if not name.startswith("_") and not entries & places:
                yield f"{package.__name__}.{name}"


def _pages(folder: str) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in Path(folder).rglob("*.md")]
