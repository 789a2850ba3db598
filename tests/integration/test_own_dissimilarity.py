"""A dissimilarity of one's own, beside the study's file, goes through a whole study, its sensitivity and report."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dynashape.distances import Distances

pytestmark = pytest.mark.slow

OWN = '''
from dataclasses import dataclass

import numpy as np

from dynashape.dissimilarity import Dissimilarity, PairDistances
from dynashape.records import OK, Code, Status


@dataclass(frozen=True)
class Speed:
    value: float
    status: Status = OK


@dataclass(frozen=True)
class SpeedDifference(Dissimilarity[Speed]):
    """How differently fast activity moves."""

    after: int
    name = "speed"
    words = "difference of speeds"
    method = "speeds"
    unit = "nat"
    summary = Speed

    def reduce(self, activity, choices, name):
        speed = np.abs(np.diff(activity[:, self.after :], axis=1)).mean()
        return Speed(float(np.log(speed))) if speed > 0 else Speed(0.0, Status(Code.UNVARYING, f"{name} stands still"))

    def measure(self, summaries, pairs):
        speeds = np.array([summary.value for summary in summaries])
        return PairDistances.exact(np.abs(speeds[pairs[:, 0]] - speeds[pairs[:, 1]]))
'''
STUDY = """
preset: smoke
name: speeds
architectures: [V-RNN]
tasks: [GNG, PR]
phases: [delay]
training: {max_updates: 4, evaluate_every: 2}
activity: {n_trials: 8}
dissimilarity: own_speeds:SpeedDifference
dissimilarity_options: {after: 3}
"""
GRID = """
dissimilarity: [own_speeds:SpeedDifference, cka]
dissimilarity_options: [{after: 3}, {after: 0}]
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    (folder / "own_speeds.py").write_text(OWN)
    (folder / "speeds.yaml").write_text(STUDY)
    return folder


@pytest.fixture(scope="module")
def study(dynashape, files) -> Path:
    dynashape("run", files / "speeds.yaml", "--out", files / "study", "--engine", "serial")
    return files / "study"


def test_it_is_measured_compared_and_reported(study):
    assert (pd.read_parquet(study / "operators.parquet")["status"] == "ok").all()
    distances = Distances.read(study / "distances" / "V-RNN-delay.nc")
    assert (distances.dissimilarity, distances.unit) == ("speed", "nat")
    values = distances.values[0, 1:]
    assert np.isfinite(values).all() and (values > 0).all()
    # Differences of one number obey the triangle as an equality: d(0, j) and d(0, k) give d(j, k).
    sums = np.abs(values[:, None] - values), values[:, None] + values
    inner = distances.values[1:, 1:]
    assert (np.isclose(inner, sums[0]) | np.isclose(inner, sums[1]) | np.eye(len(inner), dtype=bool)).all()
    table = pd.read_parquet(study / "separability.parquet")
    assert len(table) == 2 * 2  # analyses and labellings
    assert (table["status"] == "ok").all()
    assert pd.read_parquet(study / "bounds.parquet")["floor"].notna().all()
    report = (study / "report.html").read_text()
    assert "difference of speeds (nat)" in report
    assert "(own_speeds:SpeedDifference) is difference of speeds" in report
    assert "after = 3" in report
    assert "angular DSA" not in report


def test_it_joins_the_sensitivity_analysis(dynashape, study, files, tmp_path):
    out = shutil.copytree(study, tmp_path / "study")
    (files / "grid.yaml").write_text(GRID)
    dynashape("sensitivity", out, "--grid", files / "grid.yaml", "--engine", "serial")
    table = pd.read_parquet(out / "sensitivity.parquet")
    pooled = table[(table["architecture"] == "all") & (table["contrast"] == "input - training")]
    assert set(zip(pooled["setting"], pooled["value"], strict=True)) == {
        ("dissimilarity", "own_speeds:SpeedDifference"),
        ("dissimilarity", "cka"),
        ("dissimilarity_options", "{'after': 3}"),
        ("dissimilarity_options", "{'after': 0}"),
    }
    assert pooled["estimate"].notna().all()
    assert pooled["estimate"].nunique() == 3  # the study's own twice
    assert "Whether the conclusion hangs on a choice" in (out / "report.html").read_text()
