"""The content of a cell as one number: MiniGrid's (object, colour, state) packed into 16 bits.

    code = object + 16·colour + 256·state

with MiniGrid's own indices, so that an observation is the code unpacked. The contents of boxes are codes in a second
array of the same shape (`World.inside`), 0 for an empty box.
"""

import numpy as np
import numpy.typing as npt
from minigrid.core.constants import COLOR_TO_IDX, OBJECT_TO_IDX

from explore.numerics.compiled import kernel_part

Codes = npt.NDArray[np.uint16]

UNSEEN, EMPTY, WALL = OBJECT_TO_IDX["unseen"], OBJECT_TO_IDX["empty"], OBJECT_TO_IDX["wall"]
FLOOR, DOOR, KEY, BALL = OBJECT_TO_IDX["floor"], OBJECT_TO_IDX["door"], OBJECT_TO_IDX["key"], OBJECT_TO_IDX["ball"]
BOX, GOAL, LAVA = OBJECT_TO_IDX["box"], OBJECT_TO_IDX["goal"], OBJECT_TO_IDX["lava"]
OPEN, CLOSED, LOCKED = 0, 1, 2
COLOUR, STATE = 16, 256  # factors of the colour and the state in a code

OUTSIDE = WALL + COLOUR * COLOR_TO_IDX["grey"]  # the code observed for positions beyond the edge of the grid


def code(triple: tuple[int, int, int]) -> int:
    """The code of MiniGrid's (object, colour, state)."""
    return triple[0] + COLOUR * triple[1] + STATE * triple[2]


@kernel_part
def object_of(cell: int) -> int:
    """The object's index, such as `DOOR`."""
    return cell & 15


@kernel_part
def colour_of(cell: int) -> int:
    """The colour's index."""
    return (cell >> 4) & 15


@kernel_part
def state_of(cell: int) -> int:
    """The state of a door: `OPEN`, `CLOSED` or `LOCKED`."""
    return cell >> 8


@kernel_part
def can_overlap(cell: int) -> bool:
    """Whether the agent can move into the cell: MiniGrid's `can_overlap`."""
    kind = cell & 15
    return kind in (EMPTY, GOAL, FLOOR, LAVA) or (kind == DOOR and cell >> 8 == OPEN)


@kernel_part
def blocks_view(cell: int) -> bool:
    """Whether the cells behind this one are hidden: the opposite of MiniGrid's `see_behind`."""
    kind = cell & 15
    return kind == WALL or (kind == DOOR and cell >> 8 != OPEN)


@kernel_part
def can_pick_up(cell: int) -> bool:
    """Whether the object can be picked up: MiniGrid's `can_pickup`."""
    kind = cell & 15
    return KEY <= kind <= BOX  # key, ball, box
