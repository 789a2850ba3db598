"""NeuroGym environments and a class of one's own go through a whole study beside our tasks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

pytestmark = pytest.mark.slow
EXAMPLES = Path(__file__).parents[2] / "examples"
PLAIN = {phase: phase for phase in ("fixation", "stimulus", "delay", "decision")}
TINY = {
    "preset": "smoke",
    "architectures": ["V-RNN"],
    "tasks": [
        "GNG",
        {
            "name": "Delayed",
            "environment": "PerceptualDecisionMakingDelayResponse-v0",
            "period_to_phase": PLAIN,
            "ceiling": 0.8,
        },
        {
            "name": "Paired",
            "environment": "DelayPairedAssociation-v0",
            "period_to_phase": {
                "fixation": "fixation",
                "stim1": "stimulus",
                "delay_btw_stim": "delay",
                "stim2": "decision",
                "delay_aft_stim": "decision",
                "decision": "decision",
            },
        },
    ],
    "phases": ["delay"],
    "seeds": [0, 1],
    "timing": {"dt_ms": 40, "fixation_ms": 320, "stimulus_ms": 320, "delay_ms": 320, "decision_ms": 480},
    "training": {"max_updates": 4, "evaluate_every": 2},
}


def test_neurogym_environments_join_every_analysis(dynashape, tmp_path):
    study = tmp_path / "tiny.yaml"
    study.write_text(yaml.safe_dump(TINY))
    dynashape("run", study, "--out", tmp_path / "out", "--engine", "serial")
    networks = pd.read_parquet(tmp_path / "out" / "networks.parquet")
    assert set(networks["task"]) == {"GNG", "Delayed", "Paired"}
    ceilings = networks.groupby("task")["ceiling"].first()
    assert ceilings["Delayed"] == 0.8
    assert ceilings["Paired"] == 1.0
    table = pd.read_parquet(tmp_path / "out" / "separability.parquet")
    pairs = set(zip(table["task_a"], table["task_b"], strict=True))
    assert pairs == {("GNG", "Delayed"), ("GNG", "Paired"), ("Delayed", "Paired")}
    assert (table["status"] == "ok").all()
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["failures"] == {}
    report = (tmp_path / "out" / "report.html").read_text()
    assert "Delayed (PerceptualDecisionMakingDelayResponse-v0)" in report


def test_the_example_runs_from_anywhere_and_learns(tmp_path):
    tiny = [
        "architectures=[V-RNN]",
        "phases=[delay]",
        "seeds=[0, 1]",
        "training.max_updates=300",
        "activity.n_trials=20",
    ]
    overrides = [part for field in tiny for part in ("--set", field)]
    command = [sys.executable, "-m", "dynashape", "run", str(EXAMPLES / "own_task.yaml"), "--out", "out", *overrides]
    # A process of its own: the example's module must be found, and this one is not to know it.
    done = subprocess.run(
        [*command, "--engine", "serial"], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    networks = pd.read_parquet(tmp_path / "out" / "networks.parquet").set_index("task")
    assert networks.loc["Alike", "reached"].all(), networks


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"environment": "DelayPairedAsociation-v0"}, "did you mean 'DelayPairedAssociation-v0'"),
        ({"environment": "nowhere:Mine"}, "cannot load the environment 'nowhere:Mine'"),
        ({"period_to_phase": None}, "One that fits"),
        ({"period_to_phase": {"stim": "stimulus"}}, "did you mean 'stim"),
    ],
)
def test_a_mistake_is_said_before_anything_is_computed(dynashape, tmp_path, edit, said):
    study = tmp_path / "wrong.yaml"
    study.write_text(yaml.safe_dump({**TINY, "tasks": ["GNG", {**TINY["tasks"][2], **edit}]}))
    refused = dynashape("run", study, "--out", tmp_path / "out", "--engine", "serial", code=2)
    assert said in refused.err
    assert not (tmp_path / "out").exists()
