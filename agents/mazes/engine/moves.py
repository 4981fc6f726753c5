"""MiniGrid's own step over packed cells, one environment at a time, and the numbers of the actions and rules.

`minigrid_step` is `MiniGridEnv.step` of minigrid 3; the additions of its tasks and of the traps are in `dynamics` and
`trap_rules`. Success in step t gives the reward 1 − fall·t/T, with fall = 0.9 in MiniGrid and 0 where the reward is
binary.
"""

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
    can_overlap,
    can_pick_up,
    colour_of,
    object_of,
    state_of,
)
from agents.mazes.engine.world import CARRIED, CARRIED_INSIDE, DIRECTION, STEPS, Rules, World, X, Y
from explore.numerics.compiled import kernel_part

LEFT, RIGHT, FORWARD, PICKUP, DROP, TOGGLE, DONE = range(7)
PLAIN, UNLOCK, FETCH_TARGET, FETCH, GO_TO, PUT_NEAR, RED_BLUE, MEMORY, OBSTACLES = range(9)
DECOY, STEP_PENALTY, BOAT_RACE, NOISY_TV, DEEP_SEA = range(OBSTACLES + 1, OBSTACLES + 6)


@kernel_part
def success_reward(rules: Rules, world: World) -> float:
    """The reward of success in the current step."""
    return 1 - rules.fall * float(world.agent[STEPS] / rules.horizon)


@kernel_part
def minigrid_step(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """`MiniGridEnv.step`: reward and whether the episode terminates."""
    agent = world.agent
    agent[STEPS] += 1
    direction = agent[DIRECTION]
    if action == LEFT:
        agent[DIRECTION] = (direction + 3) & 3
        return 0.0, False
    if action == RIGHT:
        agent[DIRECTION] = (direction + 1) & 3
        return 0.0, False
    front = front_cell(rules, world)
    cell = world.cells[front]
    if action == FORWARD:
        if can_overlap(cell):
            agent[X], agent[Y] = front // rules.height, front % rules.height
        kind = object_of(cell)
        if kind == GOAL:
            return success_reward(rules, world), True
        return 0.0, kind == LAVA
    if action == PICKUP:
        if can_pick_up(cell) and agent[CARRIED] == 0:
            agent[CARRIED], agent[CARRIED_INSIDE] = cell, world.inside[front]
            world.cells[front], world.inside[front] = EMPTY, 0
    elif action == DROP:
        if cell == EMPTY and agent[CARRIED] != 0:
            world.cells[front], world.inside[front] = agent[CARRIED], agent[CARRIED_INSIDE]
            agent[CARRIED], agent[CARRIED_INSIDE] = 0, 0
    elif action == TOGGLE:
        _toggle(world, front)
    return 0.0, False


@kernel_part
def front_cell(rules: Rules, world: World) -> int:
    """The index of the cell that the agent faces; its own cell at the edge of the grid, where MiniGrid raises."""
    agent, height = world.agent, rules.height
    width = len(world.cells) // height
    direction = agent[DIRECTION]
    x = agent[X] + (direction == 0) - (direction == 2)
    y = agent[Y] + (direction == 1) - (direction == 3)
    if x < 0 or x >= width or y < 0 or y >= height:
        return int(agent[X] * height + agent[Y])
    return int(x * height + y)


@kernel_part
def _toggle(world: World, front: int) -> None:
    cells, inside = world.cells, world.inside
    cell = cells[front]
    kind = object_of(cell)
    if kind == BOX:
        cells[front], inside[front] = inside[front] if inside[front] != 0 else EMPTY, 0
    elif kind == DOOR:
        colour = colour_of(cell)
        if state_of(cell) == LOCKED:
            if world.agent[CARRIED] != KEY + COLOUR * colour:
                return
            state = OPEN
        else:
            state = CLOSED if state_of(cell) == OPEN else OPEN
        cells[front] = DOOR + COLOUR * colour + STATE * state
