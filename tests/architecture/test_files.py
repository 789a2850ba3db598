"""What no file may hold: several ideas, places of one machine, and, in tests and benchmarks, private names."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for suffix in ("py", "js") for path in (ROOT / "src").rglob(f"*.{suffix}"))
USERS = sorted(path for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
PRIVATE = re.compile(r"_(?!_)\w+")
MACHINE = re.compile(r"(?<![\w.~-])/(?:work|tmp|root|home|mnt|media|opt|scratch|Users)/\w")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def private_names(code: str) -> Iterator[str]:
    """What code takes from elsewhere by a private name: imported, as an attribute, or in a dotted name to patch."""
    tree = ast.parse(code)
    nodes = list(ast.walk(tree))
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    own |= {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            parts = [part for name in node.names for part in (*(node.module or "").split("."), name.name)]
        elif isinstance(node, ast.Import):
            parts = [part for name in node.names for part in name.name.split(".")]
        elif isinstance(node, ast.Attribute):
            parts = [] if node.attr in own else [node.attr]
        elif isinstance(node, ast.Constant) and re.fullmatch(r"dynashape(\.\w+)+", str(node.value)):
            parts = str(node.value).split(".")
        else:
            parts = []
        yield from (f"line {node.lineno}: {part}" for part in parts if PRIVATE.fullmatch(part))


def comments(code: str) -> Iterator[str]:
    """The comments and docstrings of Python code."""
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


# A script of the report has its state and its drawing in one scope, and needs some more.
LONGEST = {".py": 300, ".js": 320}


def lines_of(path: Path) -> int:
    """The lines of a file, apart from docstrings with sections, which `help()` and the pages show."""
    code = path.read_text()
    n_lines = len(code.splitlines())
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and "\n----" in (ast.get_docstring(node) or ""):
                n_lines -= node.body[0].end_lineno - node.body[0].lineno + 1
    return n_lines


def test_a_file_is_one_idea():
    assert {named(path): lines_of(path) for path in SOURCES if lines_of(path) > LONGEST[path.suffix]} == {}


@pytest.mark.parametrize(
    "code",
    [
        "from dynashape.dissimilarity.frames import _signs",
        "from dynashape._inner import frames",
        "import dynashape._inner",
        "frames._signs(1)",
        "monkeypatch.setattr('dynashape.engine.attach._REACH_S', 1)",
    ],
)
def test_private_names_are_found(code):
    assert len(list(private_names(code))) == 1
    assert not list(private_names(code.replace("_signs", "signs").replace("_inner", "i").replace("_REACH", "REACH")))


def test_tests_and_benchmarks_use_public_names_only():
    used = {named(path): found for path in USERS if (found := list(private_names(path.read_text())))}
    assert used == {}


def test_words_name_no_place_of_one_machine():
    assert MACHINE.search("kept in /tmp/study")
    files = [*USERS, *(path for path in SOURCES if path.suffix == ".py"), *(ROOT / "docs").rglob("*.py")]
    said = {
        named(path): found for path in files for text in comments(path.read_text()) if (found := MACHINE.findall(text))
    }
    assert said == {}
