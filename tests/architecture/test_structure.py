"""The shape of the code: study is small folders on few floors, and what a name or a type says is not said again."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

from dynashape.records import ALPHA, CONDITIONS, PHASES, Contrast, Verdict

SRC = Path(__file__).parents[2] / "src" / "dynashape"
STUDY = SRC / "study"
# Whoever needs more room takes some elsewhere.
FILES_IN_A_FOLDER, FLOORS, LINES = 12, 7, 3_200
# Types that say nothing, in the whole package, and names that no type checks, in study.
MAPPINGS_OF_ANYTHING, TEXT_SUBSCRIPTS = 25, 120


def trees(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield str(path.relative_to(SRC)), ast.parse(path.read_text())


def docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            yield node.body[0].value  # type: ignore[attr-defined]


def text_subscripts(tree: ast.AST) -> int:
    """How often a value is taken by a text: `row["task"]` or `row.get("task")`."""
    found = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            by = node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            by = node.args[0] if node.args else None
        else:
            continue
        found += isinstance(by, ast.Constant) and isinstance(by.value, str)
    return found


def restated(tree: ast.Module) -> Iterator[str]:
    """Names of the study's vocabulary, its list of phases or conditions, and its level, written down anew."""
    told = {id(text) for text in docstrings(tree)}
    names = {*Contrast, *Verdict}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in told and node.value in names:
            yield f"line {node.lineno}: {node.value!r}"
        elif isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            parts = node.keys if isinstance(node, ast.Dict) else node.elts
            values = {part.value for part in parts if isinstance(part, ast.Constant)}
            if set(PHASES) <= values or set(CONDITIONS) <= values:
                yield f"line {node.lineno}: {sorted(map(str, values))}"
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.keyword):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", node)]
            called = [getattr(target, "id", getattr(target, "arg", "")) or "" for target in targets]
            if is_level(node.value) and any("alpha" in name.lower() for name in called):
                yield f"line {node.value.lineno}: {called[0]} = {ALPHA}"
        elif isinstance(node, ast.arguments):
            own = [*node.posonlyargs, *node.args]
            defaults = [*zip(own[len(own) - len(node.defaults) :], node.defaults, strict=True)]
            defaults += zip(node.kwonlyargs, node.kw_defaults, strict=True)
            for argument, default in defaults:
                if is_level(default) and "alpha" in argument.arg:
                    yield f"line {argument.lineno}: {argument.arg} = {ALPHA}"


def is_level(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value == ALPHA


def test_study_is_folders_of_few_files():
    counts = {folder.name: len(list(folder.glob("*.py"))) for folder in (STUDY, *STUDY.rglob("*/"))}
    assert {name: n for name, n in counts.items() if n > FILES_IN_A_FOLDER} == {}


def test_study_has_few_floors_and_no_arrow_upwards():
    """Its folders, and the modules beside them, import each other in one direction."""
    graph = grimp.build_graph("dynashape", cache_dir=None)
    part = {name: ".".join(name.split(".")[:3]) for name in graph.modules if name.startswith("dynashape.study.")}
    below: dict[str, set[str]] = {node: set() for node in part.values()}
    for name, node in part.items():
        imported = {part[other] for other in graph.find_modules_directly_imported_by(name) if other in part}
        below[node] |= imported - {node}
    assert len(below) > 4
    floors: dict[str, int] = {}
    for node in TopologicalSorter(below).static_order():  # raises CycleError
        floors[node] = 1 + max((floors[other] for other in below[node]), default=0)
    assert max(floors.values()) <= FLOORS, floors


def test_study_stays_small():
    assert sum(len(path.read_text().splitlines()) for path in STUDY.rglob("*.py")) <= LINES


def test_types_say_what_they_hold():
    said = {name: len(re.findall(r"\b(?:dict|Mapping)\[str, Any\]", ast.unparse(tree))) for name, tree in trees(SRC)}
    assert sum(said.values()) <= MAPPINGS_OF_ANYTHING, {name: n for name, n in said.items() if n}


def test_text_subscripts_are_found():
    assert text_subscripts(ast.parse("row['a'], row.get('b', 1), row[0], row.get(name), row[name]['c']")) == 3


def test_study_takes_values_by_names_that_are_checked():
    found = {name: text_subscripts(tree) for name, tree in trees(STUDY)}
    assert sum(found.values()) <= TEXT_SUBSCRIPTS, {name: n for name, n in found.items() if n}


@pytest.mark.parametrize(
    "code",
    [
        "contrast = 'input - training'",
        "if verdict == 'cannot be told': pass",
        "phases = ['fixation', 'stimulus', 'delay', 'decision']",
        "colours = {'untrained': 1, 'trained': 2, 'noise': 3}",
        "ALPHA = 0.05",
        "_ALPHA: float = 0.05",
        "def test(p, alpha=0.05): pass",
        "def test(p, *, alpha=0.05): pass",
        "test(p, alpha=0.05)",
    ],
)
def test_restatements_are_found(code):
    assert len(list(restated(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code",
    [
        'def contrast():\n    """input - training"""',
        "sentence = 'Whether input or training dominates cannot be told.'",
        "phases = ['stimulus', 'delay', 'decision']",
        "colours = {'untrained': 1, 'trained': 2}",
        "input_noise = 0.05",
        "def test(p, alpha=0.01, sd=0.05): pass",
    ],
)
def test_what_resembles_a_restatement_is_none(code):
    assert not list(restated(ast.parse(code)))


def test_the_words_of_the_study_are_written_once():
    found = {name: list(restated(tree)) for name, tree in trees(SRC) if not name.startswith("records/")}
    assert {name: words for name, words in found.items() if words} == {}
