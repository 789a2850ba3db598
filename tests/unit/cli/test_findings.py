"""What the commands print of a sensitivity analysis, and how they answer mistakes."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

from dynashape.cli import main
from dynashape.cli.findings import print_sensitivity
from dynashape.study import Sensitivity, load_spec, to_yaml


@pytest.fixture
def dynashape(monkeypatch, capsys):
    for name, value in (("COLUMNS", "160"), ("NO_COLOR", "1"), ("TERM", "dumb")):
        monkeypatch.setenv(name, value)

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["dynashape", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


@pytest.fixture
def begun(tmp_path) -> Path:
    (tmp_path / "study.yaml").write_text(to_yaml(load_spec("smoke")))
    return tmp_path


def test_help(dynashape):
    code, shown, _ = dynashape("sensitivity", "--help")
    assert code == 0
    assert "--grid" in shown


def test_there_must_be_a_study(dynashape, tmp_path):
    code, _, told = dynashape("sensitivity", tmp_path)
    assert code == 2
    assert "no study.yaml" in told


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        ("dsa.rnk: [3]", "dsa.rnk"),
        ("dsa.rank: 3", "must hold lines"),
        ("activity.noise: [gausian]", "gaussian"),
    ],
)
def test_a_mistake_in_the_grid_is_one_clear_message(dynashape, begun, grid, said):
    (begun / "grid.yaml").write_text(grid)
    code, _, told = dynashape("sensitivity", begun, "--grid", begun / "grid.yaml")
    assert code == 2
    assert said in told
    assert "Traceback" not in told


def row(value, place, verdict, **more):
    numbers = {"estimate": 0.2, "low": 0.1, "high": 0.3}
    names = {"setting": "dsa.rank", "value": value, "contrast": "input - training", "place": place}
    return names | numbers | {"verdict": verdict, "chosen": False, "flips": False, "message": ""} | more


def test_flips_and_missing_conclusions_are_printed(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "160")
    missing = {"estimate": float("nan"), "low": float("nan"), "high": float("nan"), "message": "rank is too high"}
    table = pd.DataFrame(
        [
            row("4", "all", "input dominates", chosen=True),
            row("4", "GRU delay", "input dominates", chosen=True),
            row("8", "all", "training dominates", flips=True),
            row("8", "GRU delay", "cannot be told", flips=True),
            row("99", "all", "no conclusion", **missing),
            row("99", "GRU delay", "no conclusion", **missing),
        ]
    )
    dimensions = pd.DataFrame(
        [
            {
                "analysis": 2,
                "labelling": "input",
                "n_components": 3,
                "mean_accuracy": 0.9,
                "n_told_apart": 7,
                "n_flips": 1,
                "n_comparisons": 8,
            }
        ]
    )
    print_sensitivity(Sensitivity(table, dimensions, {}, Path("report.html")))
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "dsa.rank 8 +0.20 (+0.10 to +0.30) training dominates (flips) 1 of 1" in lines
    assert "dsa.rank 8 input - training all input dominates training dominates" in lines
    assert "dsa.rank = 99: 2 without a conclusion: rank is too high" in lines
    assert "2 input 3 0.90 7 of 8 1" in lines
    assert any(line.startswith("1 conclusions of single cells") for line in lines)
