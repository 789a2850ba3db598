"""The data of the first two figures, as tables."""

from __future__ import annotations

import numpy as np
from dynashape.study.samples import sample_of, tabulate_samples

from dynashape.study import load_spec


def test_every_channel_and_the_target_of_every_step_are_told():
    spec = load_spec("smoke")
    samples = [sample_of(spec.task(name), np.random.default_rng(0)) for name in ("GNG", "DC")]
    table = tabulate_samples(samples)
    assert len(table) == sum(len(one["target"]) * (one["inputs"].shape[1] + 1) for one in samples)
    go = samples[0]
    target = table[(table["task"] == "GNG") & (table["channel"] == "target")]
    assert target["value"].tolist() == go["target"].tolist()
    assert target["time_ms"].tolist() == [step * go["dt_ms"] for step in range(len(go["target"]))]
    first = table[(table["task"] == "GNG") & (table["channel"] == go["input_names"][0])]
    assert np.allclose(first["value"], go["inputs"][:, 0], atol=1e-4)
