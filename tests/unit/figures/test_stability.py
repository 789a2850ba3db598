"""The figure of stability is tested by what it draws."""

from __future__ import annotations

import numpy as np

from dynashape.dissimilarity import DSA
from dynashape.figures import plot_stability, to_bytes
from latent_systems import record, rotations


def test_plot_stability() -> None:
    given = [record(rotations(k), np.random.default_rng(k), n_units=8) for k in range(4)]
    found = DSA(2, 6).fit(given).stability(delays=(1, 2), ranks=(4, 6, 10))
    figure = plot_stability(found)
    agreement, places = figure.axes
    squares = {patch.get_label(): patch for patch in agreement.patches}
    assert squares["1 delays, rank 10"].get_hatch()
    assert not squares["2 delays, rank 10"].get_hatch()
    assert squares["chosen"].get_xy() == (1, 1)
    words = [text.get_text() for text in agreement.texts]
    assert words[:-1] == [f"{v:.2f}".replace("-", "−") for v in found.rank_correlations.ravel() if not np.isnan(v)]
    assert f"W = {found.w:.2f}" in agreement.get_title(loc="left")
    lines = {line.get_label(): line for line in places.lines if " to " in str(line.get_label())}
    assert len(lines) == 6
    # At the choice that is not possible no place is drawn; at each other the places are those of all pairs.
    assert lines["system 0 to system 1"].get_xdata().tolist() == [0, 1, 3, 4, 5]
    assert sorted(line.get_ydata()[0] for line in lines.values()) == [1, 2, 3, 4, 5, 6]
    assert to_bytes(figure, "png")[1:4] == b"PNG"
