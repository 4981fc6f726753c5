"""MiniGrid's own step over packed cells, one environment at a time.

An environment is, all by index:

    cells, inside   (width·height,) codes of what lies in cell x·height + y, and of what the boxes there hold
    agent           (AGENT,) x, y, direction, what is carried and what is in it, steps since the reset
    task            (TASK,) what the rule needs to know of this layout: positions, codes; the last columns tell what a
                    trap reports apart from the reward: whether the episode went wrong, whether it reached its goal
    random          (RANDOM,) the environment's own generator (PCG64), for rules that draw from it

`plain` is `MiniGridEnv.step` of minigrid 3; what the tasks and traps add to it is in `dynamics` and `trap_rules`. The
reward is 1 − 0.9·t/T where a task is done.
"""

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.codes import (
    BOX,
    CLOSED,
    COLOUR,
    DOOR,
    EMPTY,
    GOAL,
    KEY,
    LAVA,
    LOCKED,
    OPEN,
    STATE,
    Codes,
    colour_of,
    may_carry,
    may_enter,
    object_of,
    state_of,
)
from explore.numerics.compiled import kernel_part

Numbers = npt.NDArray[np.int32]
Random = npt.NDArray[np.uint64]

X, Y, DIRECTION, CARRIED, CARRIED_INSIDE, STEPS, AGENT = range(7)
TASK, RANDOM = 32, 6  # lengths
BAD, REACHED = TASK - 2, TASK - 1  # columns of `task` that report, and are no part of the state
LEFT, RIGHT, FORWARD, PICKUP, DROP, TOGGLE, DONE = range(7)
PLAIN, UNLOCK, FETCH_TARGET, FETCH, GO_TO, PUT_NEAR, RED_BLUE, MEMORY, OBSTACLES = range(9)
DECOY, STEP_PENALTY, BOAT_RACE, NOISY_TV, DEEP_SEA = range(OBSTACLES + 1, OBSTACLES + 6)


@kernel_part
def success(steps: int, limit: int) -> float:
    """What a task pays that is done in this step."""
    return 1 - 0.9 * (steps / limit)


@kernel_part
def plain(cells: Codes, inside: Codes, agent: Numbers, height: int, limit: int, action: int) -> tuple[float, bool]:
    """`MiniGridEnv.step`: reward and whether the episode terminates."""
    agent[STEPS] += 1
    direction = agent[DIRECTION]
    if action == LEFT:
        agent[DIRECTION] = (direction + 3) & 3
        return 0.0, False
    if action == RIGHT:
        agent[DIRECTION] = (direction + 1) & 3
        return 0.0, False
    ahead = front(agent, len(cells) // height, height)
    cell = cells[ahead]
    if action == FORWARD:
        if may_enter(cell):
            agent[X], agent[Y] = ahead // height, ahead % height
        kind = object_of(cell)
        if kind == GOAL:
            return success(agent[STEPS], limit), True
        return 0.0, kind == LAVA
    if action == PICKUP:
        if may_carry(cell) and agent[CARRIED] == 0:
            agent[CARRIED], agent[CARRIED_INSIDE] = cell, inside[ahead]
            cells[ahead], inside[ahead] = EMPTY, 0
    elif action == DROP:
        if cell == EMPTY and agent[CARRIED] != 0:
            cells[ahead], inside[ahead] = agent[CARRIED], agent[CARRIED_INSIDE]
            agent[CARRIED], agent[CARRIED_INSIDE] = 0, 0
    elif action == TOGGLE:
        _toggle(cells, inside, agent, ahead)
    return 0.0, False


@kernel_part
def front(agent: Numbers, width: int, height: int) -> int:
    """The index of the cell that the agent faces; its own at the edge of the grid, where MiniGrid raises."""
    direction = agent[DIRECTION]
    x = agent[X] + (direction == 0) - (direction == 2)
    y = agent[Y] + (direction == 1) - (direction == 3)
    if x < 0 or x >= width or y < 0 or y >= height:
        return int(agent[X] * height + agent[Y])
    return int(x * height + y)


@kernel_part
def _toggle(cells: Codes, inside: Codes, agent: Numbers, ahead: int) -> None:
    cell = cells[ahead]
    kind = object_of(cell)
    if kind == BOX:
        cells[ahead], inside[ahead] = inside[ahead] if inside[ahead] != 0 else EMPTY, 0
    elif kind == DOOR:
        colour = colour_of(cell)
        if state_of(cell) == LOCKED:
            if agent[CARRIED] != KEY + COLOUR * colour:
                return
            state = OPEN
        else:
            state = CLOSED if state_of(cell) == OPEN else OPEN
        cells[ahead] = DOOR + COLOUR * colour + STATE * state
