"""What the commands print of a sensitivity analysis, and how they answer mistakes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dynashape.cli.findings import print_power, print_sensitivity
from dynashape.records import Verdict
from dynashape.study import SeedPlan, Sensitivity, load_spec
from dynashape.study.ask.load import to_yaml


@pytest.fixture
def begun(tmp_path) -> Path:
    (tmp_path / "study.yaml").write_text(to_yaml(load_spec("smoke")))
    return tmp_path


def test_help(dynashape):
    done = dynashape("sensitivity", "--help")
    assert done.returncode == 0
    assert "--grid" in done.stdout


def test_there_must_be_a_study(dynashape, tmp_path):
    done = dynashape("sensitivity", tmp_path)
    assert done.returncode == 2
    assert "no study.yaml" in done.stderr


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
    done = dynashape("sensitivity", begun, "--grid", begun / "grid.yaml")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def row(value, architecture, phase, verdict, **more):
    numbers = {"estimate": 0.2, "low": 0.1, "high": 0.3}
    places = {"architecture": architecture, "phase": phase}
    names = {"setting": "dsa.rank", "value": value, "contrast": "input - training", **places}
    return names | numbers | {"verdict": verdict, "chosen": False, "flips": False, "message": ""} | more


def test_flips_and_missing_conclusions_are_printed(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "160")
    missing = {"estimate": float("nan"), "low": float("nan"), "high": float("nan"), "message": "rank is too high"}
    table = pd.DataFrame(
        [
            row("4", "all", "all", "input dominates", chosen=True),
            row("4", "my GRU", "all", "cannot be told", chosen=True),
            row("4", "my GRU", "delay", "input dominates", chosen=True),
            row("8", "all", "all", "training dominates", flips=True),
            row("8", "my GRU", "all", "input dominates", flips=True),
            row("8", "my GRU", "delay", "cannot be told", flips=True),
            row("99", "all", "all", "no conclusion", **missing),
            row("99", "my GRU", "all", "no conclusion", **missing),
            row("99", "my GRU", "delay", "no conclusion", **missing),
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
    stability = pd.DataFrame({"architecture": ["GRU", "LSTM"], "phase": ["delay"] * 2, "w": [0.65, 0.784]})
    print_sensitivity(Sensitivity(table, dimensions, stability, {}, Path("report.html")))
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "dsa.rank 8 +0.20 (+0.10 to +0.30) training dominates (flips) 1 of 1" in lines
    assert "dsa.rank 8 input - training all input dominates training dominates" in lines
    assert "dsa.rank 8 input - training my GRU cannot be told input dominates" in lines
    assert "dsa.rank = 99: 3 without a conclusion: rank is too high" in lines
    assert "2 input 3 0.90 7 of 8 1" in lines
    assert any("Kendall's W 0.65 to 0.78 in 2 cells" in line for line in lines)
    assert any(line.startswith("1 conclusions of single cells") for line in lines)


def power_tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    common = {"target": 0.8, "n_studies": 400, "seed": 7, "error": 0.02}
    single = {"term": "input", "found": 0.25, "share": 0.1, "alpha": 0.05, **common}
    comparisons = pd.DataFrame(
        [single | {"n_seeds": n, "power": power, "needed": 5} for n, power in ((3, 0.28), (5, 0.91))]
    )
    spreads = {"cell_spread": 0.14, "pair_spread": 0.17, "contrast": "input - training", **common}
    said = dict(zip([*map(str, Verdict)], (0.0, 0.42, 0.0, 0.58), strict=True)) | {"right": 0.42}
    verdicts = pd.DataFrame(
        [
            spreads | said | {"difference": -0.1, "measured": True, "n_seeds": n, "limit": 0.51, "needed": pd.NA}
            for n in (3, 20)
        ]
    )
    return comparisons.astype({"needed": "Int64"}), verdicts.astype({"needed": "Int64"})


def test_chances_are_printed_with_their_resolution(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "160")
    print_power(SeedPlan(*power_tables(), ""))
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "input 0.25 0.1 0.28 0.91 5" in lines
    assert "-0.10 * input 0.00 0.00" in lines
    assert "training 0.42 0.42 0.51 more than 20" in lines
    assert "neither 0.58 0.58" in lines
    assert sum("400 simulations each, seed 7 (standard error of a chance at most 0.025)" in line for line in lines) == 2


def test_a_study_of_too_few_seeds_says_why_it_has_no_verdict(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "160")
    print_power(SeedPlan(power_tables()[0], pd.DataFrame(), "too few seeds"))
    assert "No chances of the verdict: too few seeds" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        ((), {}),
        (("--alpha", "0"), {"alpha": 0.0}),
        (
            ("--share", "0.3", "--term", "input", "--difference", "0"),
            {"shares": [0.3], "terms": ["input"], "differences": [0.0]},
        ),
    ],
)
def test_what_is_not_given_is_left_to_the_plan(dynashape, monkeypatch, tmp_path, arguments, given):
    asked = {}

    def plan_seeds(directory, **wish):
        asked.update(wish)
        return SeedPlan(*power_tables(), "")

    monkeypatch.setattr("dynashape.study.plan_seeds", plan_seeds)
    assert dynashape("power", tmp_path, *arguments).returncode == 0
    asked.pop("progress")
    assert asked == {"n_studies": 400, "seed": 0, **given}
