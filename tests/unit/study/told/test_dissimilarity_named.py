"""A study of another dissimilarity says so wherever its distances are named, and never calls them angular DSA."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from dynashape.study.drawing import draw_figures
from dynashape.study.measures import DISSIMILARITIES
from dynashape.study.plan import system_labels
from dynashape.study.reporting import compose_report
from dynashape.study.results import Results

from dynashape.records import CONDITIONS
from dynashape.store import Store
from dynashape.study import export as exporting
from dynashape.study import load_spec
from dynashape.study.work.plan import make_plan


def made_up(spec) -> Results:
    systems = pd.DataFrame(system_labels(spec))
    places = np.random.default_rng(0).normal(size=(len(systems), 3))
    square = np.linalg.norm(places[:, None] - places[None], axis=-1)
    empty = pd.DataFrame()
    points = [
        {"analysis": 1, "architecture": "GRU", "phase": "delay", "task_a": "GNG", "task_b": "DC", "stress": 0.1}
        | {"x": seed, "y": -seed, "task": task, "condition": condition, "seed": seed}
        for task in ("GNG", "DC")
        for condition in CONDITIONS[:2]
        for seed in (0, 1)
    ]
    return Results(
        networks=empty,
        training=empty,
        psychometric=empty,
        operators=empty,
        eigenvalues=empty,
        distances={("GRU", "delay"): square},
        systems=systems,
        alignments=pd.DataFrame(
            [{"architecture": "GRU", "phase": "delay", "n_pairs": 66, "n_aligned": 66, "n_converged": 66}]
        ),
        separability=empty,
        embeddings=pd.DataFrame(points),
        bounds=empty,
        conclusions={},
        meta_points=empty,
        meta={},
    )


@pytest.mark.parametrize(
    ("dissimilarity", "unit"), [("dsa", "rad"), ("spectral", "1"), ("procrustes", "rad"), ("cka", "rad")]
)
def test_captions_labels_and_attributes_name_the_dissimilarity(tmp_path, dissimilarity, unit):
    fields = ["architectures=[GRU]", "tasks=[GNG, DC]", "phases=[delay]", "seeds=[0, 1]"]
    plan = make_plan(load_spec("smoke", [*fields, f"dissimilarity={dissimilarity}"]))
    results = made_up(plan.spec)
    drawn = draw_figures(plan, Store(tmp_path / "store"), results, tmp_path / "figures")
    content = compose_report(plan.spec, results, tmp_path, {}, {}, drawn)
    captions = {figure.name: figure.caption for figure in content.figures}
    svg = {figure.name: figure.svg for figure in content.figures}["distances"]
    name = DISSIMILARITIES[dissimilarity]
    assert name in captions["mds_analysis1"]
    assert name in captions["distances"]
    assert ("(rad)" in captions["distances"]) == (unit == "rad")
    assert name in svg.replace("&#x27;", "'")
    exporting._distances(plan, results, tmp_path / "distances")
    with xr.open_dataset(tmp_path / "distances" / "GRU-delay.nc") as data:
        assert (data["distance"].attrs["long_name"], data["distance"].attrs["units"]) == (name, unit)
        assert data.attrs["dissimilarity"] == dissimilarity
    words = [*captions.values(), *(table.caption for table in content.tables), svg]
    words += [paragraph for part in content.methods for paragraph in part.paragraphs]
    if dissimilarity != "dsa":
        assert not [text for text in words if "angular DSA" in text or ("start" in text and "radians" in text)]
