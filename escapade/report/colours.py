"""One colour, marker and dash for each curve, so that curves differ in any colour vision, and without colour.

The colours are those of Okabe & Ito (2008) that are seen on white and on black; yellow and black, which are not, are
left out for a grey.
"""

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # Matplotlib's names
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-left")  # Vega's names
DASHES = ((1, 0), (6, 2), (2, 2), (8, 2, 2, 2), (4, 4), (1, 3), (10, 3))  # on and off, in pixels


def style(place: int) -> tuple[str, str, tuple[int, ...]]:
    """Colour, Matplotlib's marker and dash of the curve number `place`."""
    return COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)], DASHES[place % len(DASHES)]
