"""Curves in pictures: both formats, and curves that can be told apart where they coincide."""

import pytest
from matplotlib.figure import Figure

from escapade.report.colours import COLOURS, DASHES, MARKERS, SHAPES, style
from escapade.report.pictures import curve, save


def test_a_picture_is_there_as_png_and_as_svg(tmp_path):
    png, svg = save(Figure(), tmp_path / "new", "curve", "a/b:c=1")
    assert (png.name, svg.name) == ("curve-a-b-c-1.png", "curve-a-b-c-1.svg")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "<svg" in svg.read_text()


def test_coinciding_curves_have_their_markers_at_different_points():
    axes = Figure().add_subplot()
    for place in range(3):
        curve(axes, place, 3, str(place), range(12), [0.5] * 12, [0.4] * 12, [0.6] * 12)
    marked = [set(range(*line.get_markevery()[:1], 12, line.get_markevery()[1])) for line in axes.lines]
    assert all(marked)
    assert not marked[0] & marked[1]
    assert not marked[1] & marked[2]
    assert len({line.get_marker() for line in axes.lines}) == 3
    assert len(axes.collections) == 3


def test_a_band_whose_ends_are_unknown_is_left_out():
    axes = Figure().add_subplot()
    curve(axes, 0, 1, "one learner", [1, 2], [0, 1], [None, None], [None, None])
    assert len(axes.lines) == 1
    assert len(axes.collections) == 0


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colour", COLOURS)
def test_colours_are_seen_on_white_and_on_black(colour):
    assert 1.05 / (luminance(colour) + 0.05) > 2
    assert (luminance(colour) + 0.05) / 0.05 > 3


def test_styles_differ():
    assert len(set(COLOURS)) == len(set(MARKERS)) == len(set(SHAPES)) == len(set(DASHES)) == len(COLOURS)
    assert style(len(COLOURS)) == style(0)
