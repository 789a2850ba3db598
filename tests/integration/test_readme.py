"""The code in the README runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dynashape.study import load_spec

TEXT = (Path(__file__).parents[2] / "README.md").read_text()


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL))
def test_python_runs(code, capsys):
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL))
def test_specifications_are_valid(text, tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(text)
    assert load_spec(path).name == "mine"
