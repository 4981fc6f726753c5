"""The tables that are read from NumPy: what must hold of any ziggurat, to the precision of doubles."""

import numpy as np
from scipy.stats import norm

from agents.mazes.engine.ziggurat import LAYERS, tables


def test_every_layer_has_the_same_area_and_the_first_the_tail_too() -> None:
    factors, at_once, densities = tables()
    ends = factors * 2.0**52  # x_0 is where the first layer would end if it were a rectangle
    tail = np.sqrt(2 * np.pi) * norm.sf(ends[-1])
    areas = ends[2:] * (densities[1:-1] - densities[2:])  # of the layers 2 to 255
    first, topmost = ends[-1] * densities[-1] + tail, ends[1] * (1 - densities[1])
    np.testing.assert_allclose([*areas, topmost], first, rtol=1e-9)
    np.testing.assert_allclose(ends[0] * densities[-1], first, rtol=1e-9)
    np.testing.assert_allclose(at_once[2:] / 2.0**52, ends[1:-1] / ends[2:], rtol=1e-14)
    assert at_once[1] == 0
    assert len(ends) == LAYERS
