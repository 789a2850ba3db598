from __future__ import annotations

import pandas as pd
import pytest

from dynashape.figures import plot_separability_map


@pytest.mark.parametrize("n_pairs", [1, 3, 6])
def test_names_beside_the_blocks_do_not_overlap(n_pairs):
    pairs = [("CDM", "GNG"), ("CDM", "DC"), ("CDM", "PR"), ("GNG", "DC"), ("GNG", "PR"), ("DC", "PR")][:n_pairs]
    rows = [
        {
            "analysis": analysis,
            "labelling": labelling,
            "task_a": a,
            "task_b": b,
            "architecture": "GRU",
            "phase": "delay",
        }
        for analysis, labelling in ((1, "task"), (1, "training"), (2, "task"), (2, "input"))
        for a, b in pairs
    ]
    figure = plot_separability_map(pd.DataFrame(rows).assign(accuracy=0.9, chance=0.6, p_value=0.1))
    figure.canvas.draw()
    boxes = [axes.yaxis.label.get_window_extent() for axes in figure.axes if axes.get_ylabel()]
    upper, lower = sorted(boxes, key=lambda box: -box.y0)
    assert upper.y0 > lower.y1
    assert upper.y1 < figure.bbox.y1
    assert lower.y0 > figure.bbox.y0
