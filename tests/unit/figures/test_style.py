from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from dynashape.errors import InputError
from dynashape.figures import style
from dynashape.figures.style import new_figure, theme, to_bytes
from dynashape.records import appearance


def lightness(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(116 * (np.dot([0.2126, 0.7152, 0.0722], linear)) ** (1 / 3) - 16)


def a_figure():
    with theme():
        figure = new_figure(2.0, 1.5)
        axes = figure.subplots()
        axes.imshow(np.arange(12).reshape(3, 4))
        axes.set_title("title")
    return figure


@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_bytes_do_not_change_from_one_drawing_to_the_next(format):
    assert to_bytes(a_figure(), format) == to_bytes(a_figure(), format)


def test_svg_text_stays_text_and_has_no_date():
    svg = to_bytes(a_figure(), "svg").decode()
    assert ">title<" in svg
    assert "<dc:date>" not in svg


def test_png_has_the_resolution_asked_for():
    small, large = to_bytes(a_figure(), "png", dpi=100), to_bytes(a_figure(), "png", dpi=200)
    assert int.from_bytes(small[16:20], "big") == 200
    assert int.from_bytes(large[16:20], "big") == 400


def test_an_unknown_format_is_named():
    with pytest.raises(InputError, match="did you mean 'svg'"):
        to_bytes(a_figure(), "svgz")


def test_the_callers_settings_come_back():
    before = mpl.rcParams["font.size"]
    with theme():
        assert mpl.rcParams["font.size"] != before
    assert mpl.rcParams["font.size"] == before


def test_drawing_opens_no_pyplot_window():
    import sys

    a_figure()
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()


@pytest.mark.parametrize("names", ["TASK", "ARCHITECTURE"])
def test_every_name_has_its_own_marker_and_a_colour_that_shows_on_white_and_on_dark(names):
    colours, markers = getattr(appearance, f"{names}_COLOURS"), getattr(appearance, f"{names}_MARKERS")
    assert len(set(markers.values())) == len(markers) == len(colours)
    for colour in colours.values():
        # 30 to 80 of 100: neither sinks into a dark page nor into white paper.
        assert 30 < lightness(colour) < 80


def test_the_sequential_map_gets_darker_all_the_way():
    steps = [lightness(mpl.colors.to_hex(style.SEQUENTIAL(value))) for value in np.linspace(0, 1, 20)]
    assert all(np.diff(steps) < 0)


def test_several_spaces_survive_in_a_browser():
    figure = new_figure(2.0, 1.0)
    figure.text(0.1, 0.5, "share   p = .01")
    assert "share\u00a0\u00a0\u00a0p = .01" in to_bytes(figure, "svg").decode()
