"""The table of what is visible against MiniGrid's own sweeps, for every row of cells."""

import numpy as np
import pytest
from minigrid.core.grid import Grid
from minigrid.core.world_object import Wall

from agents.mazes.engine.view import visibility_table


@pytest.mark.parametrize("size", [3, 5])
def test_visibility_table(size: int) -> None:
    """Each row decides about itself and the next one alone."""
    table = visibility_table(size)
    for clear in range(1 << size):
        for start in range(size):
            mask = rows(size, clear).process_vis((start, 2))
            row, ahead = table[1 << start, clear]
            assert bits(mask[:, 2]) == row
            assert bits(mask[:, 1]) == table[ahead, 0, 0]  # the next row is all walls here: nothing spreads in it


def rows(size: int, clear: int) -> Grid:
    """The row at the bottom is clear where it says so, those above are walls (MiniGrid has at least three rows)."""
    fresh = Grid(size, 3)
    for i in range(size):
        for j in (0, 1):
            fresh.set(i, j, Wall())
        if not clear >> i & 1:
            fresh.set(i, 2, Wall())
    return fresh


def bits(row: np.ndarray) -> int:
    return sum(1 << i for i, seen in enumerate(row) if seen)
