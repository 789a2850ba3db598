from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import Normalize, to_rgb

from dynashape.figures import plot_separability_map
from dynashape.figures.squares import Shades
from dynashape.figures.style import DIVERGING, SEQUENTIAL


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


def luminance(colour) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("colours", [SEQUENTIAL, DIVERGING], ids=lambda colours: colours.name)
def test_words_can_be_read_on_every_square(colours):
    shades = Shades(colours, Normalize(0.0, 1.0), str)
    for value in np.linspace(0, 1, 500):
        low, high = sorted([luminance(shades.colour(value)), luminance(shades.pen(value))])
        # WCAG AA for body text.
        assert (high + 0.05) / (low + 0.05) >= 4.5, value
