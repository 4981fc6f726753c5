"""Observations: the cells ahead of the agent, rotated so that it faces up, with hidden cells as 0; or the whole grid.

Cell (i, j) of the view lies (size − 1 − j) cells ahead of the agent and (i − size // 2) to its right. MiniGrid decides
row by row, from the agent's own upwards, which cells are visible: a visible cell that does not block the view makes its
neighbours in the row and in the next row visible, first in a sweep from left to right, then from right to left
(`Grid.process_vis`). Both sweeps depend only on which cells of the row are visible and which do not block the view
(clear), so that a table over pairs of bit masks holds their outcome: the visible cells of the row and of the next one.
"""

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from minigrid.core.constants import COLOR_TO_IDX, OBJECT_TO_IDX

from agents.mazes.engine.codes import EMPTY, OUTSIDE, blocks_view
from agents.mazes.engine.world import CARRIED, DIRECTION, World, X, Y
from explore.numerics.compiled import kernel_part

Image = npt.NDArray[np.uint8]
VisibilityTable = npt.NDArray[np.uint16]  # (2^size, 2^size, 2): by visible and clear masks, the row and the next row
AGENT, RED = OBJECT_TO_IDX["agent"], COLOR_TO_IDX["red"]
MAX_VIEW_SIZE = 9  # cells: a table of 4^9 pairs; mazes with wider views run on real MiniGrid


class View(NamedTuple):
    """The kind of observation: the whole grid (`full`), or the cells ahead.

    through_walls: every cell ahead is visible; else those that `visibility_table` gives.
    """

    full: bool
    through_walls: bool
    visibility_table: VisibilityTable


@functools.cache
def visibility_table(size: int) -> VisibilityTable:
    """The table for views of `size` × `size` cells."""
    table = np.zeros((1 << size, 1 << size, 2), dtype=np.uint16)
    visible, clear = np.meshgrid(np.arange(1 << size), np.arange(1 << size), indexing="ij")
    row, ahead = visible.copy(), np.zeros_like(visible)
    for i in range(size - 1):
        spreads = (row >> i & 1) & (clear >> i & 1)
        row |= spreads << (i + 1)
        ahead |= spreads << (i + 1) | spreads << i
    for i in range(size - 1, 0, -1):
        spreads = (row >> i & 1) & (clear >> i & 1)
        row |= spreads << (i - 1)
        ahead |= spreads << (i - 1) | spreads << i
    table[..., 0], table[..., 1] = row, ahead
    return table


@kernel_part
def observe(view: View, world: World, height: int, image: Image) -> None:
    """Write the observation into `image`: `(width, height, 3)` where the view is full, else `(size, size, 3)`."""
    if view.full:
        _whole_grid(world, height, image)
    else:
        _cells_ahead(view, world, height, image)


@kernel_part
def _cells_ahead(view: View, world: World, height: int, image: Image) -> None:
    cells, agent, table = world.cells, world.agent, view.visibility_table
    size = len(image)
    width = len(cells) // height
    direction = agent[DIRECTION]
    forward_x = (direction == 0) * 1 - (direction == 2) * 1
    forward_y = (direction == 1) * 1 - (direction == 3) * 1
    right_x, right_y = -forward_y, forward_x
    middle = size // 2
    visible = 1 << middle
    for j in range(size - 1, -1, -1):
        # Begin with the cell on the left edge of this row, and move one cell to the right in each iteration.
        x = agent[X] + forward_x * (size - 1 - j) - right_x * middle
        y = agent[Y] + forward_y * (size - 1 - j) - right_y * middle
        clear = 0
        for i in range(size):
            cell = cells[x * height + y] if 0 <= x < width and 0 <= y < height else OUTSIDE
            image[i, j, 0], image[i, j, 1], image[i, j, 2] = cell & 15, (cell >> 4) & 15, cell >> 8
            if not blocks_view(cell):
                clear |= 1 << i
            x += right_x
            y += right_y
        if not view.through_walls:
            row = table[visible, clear, 0]
            if row != (1 << size) - 1:
                for i in range(size):
                    if row >> i & 1 == 0:
                        image[i, j, 0], image[i, j, 1], image[i, j, 2] = 0, 0, 0
            visible = table[visible, clear, 1]
    own = agent[CARRIED] if agent[CARRIED] != 0 else EMPTY
    image[middle, size - 1, 0], image[middle, size - 1, 1] = own & 15, (own >> 4) & 15
    image[middle, size - 1, 2] = own >> 8


@kernel_part
def _whole_grid(world: World, height: int, image: Image) -> None:
    """The grid with the agent in it, as in MiniGrid's `FullyObsWrapper`."""
    cells, agent = world.cells, world.agent
    for x in range(len(cells) // height):
        for y in range(height):
            cell = cells[x * height + y]
            image[x, y, 0], image[x, y, 1], image[x, y, 2] = cell & 15, (cell >> 4) & 15, cell >> 8
    x, y = agent[X], agent[Y]
    image[x, y, 0], image[x, y, 1], image[x, y, 2] = AGENT, RED, agent[DIRECTION]
