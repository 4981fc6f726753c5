"""MiniGrid's step over packed cells, one environment at a time, and the rules of its tasks.

An environment is, all by index:

    cells, inside   (width·height,) codes of what lies in cell x·height + y, and of what the boxes there hold
    agent           (AGENT,) x, y, direction, what is carried and what is in it, steps since the reset
    task            (TASK,) what the rule needs to know of this layout: positions, codes
    random          (RANDOM,) the environment's own generator (PCG64), for rules that draw from it

`act` is `MiniGridEnv.step` of minigrid 3 followed by the `step` of the maze's class, as a number says which: a rule is
one function here, and `packing.py` knows whose `step` it stands for. The reward is 1 − 0.9·t/T where a task is done.
"""

import numpy as np
import numpy.typing as npt

from agents.mazes.codes import (
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
from agents.mazes.pcg import draw
from explore.compiled import kernel_part

Numbers = npt.NDArray[np.int32]
Random = npt.NDArray[np.uint64]

X, Y, DIRECTION, CARRIED, CARRIED_INSIDE, STEPS, AGENT = range(7)
TASK, RANDOM = 32, 6  # lengths
LEFT, RIGHT, FORWARD, PICKUP, DROP, TOGGLE, DONE = range(7)
PLAIN, UNLOCK, FETCH_TARGET, FETCH, GO_TO, PUT_NEAR, RED_BLUE, MEMORY, OBSTACLES = range(9)

TRIES = 100  # MiniGrid gives up placing an obstacle after more than so many tries


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


@kernel_part
def act(
    rule: int,
    cells: Codes,
    inside: Codes,
    agent: Numbers,
    task: Numbers,
    random: Random,
    height: int,
    limit: int,
    action: int,
) -> tuple[float, bool]:
    """One step under a rule: reward and whether the episode terminates. Truncation is `agent[STEPS] >= limit`."""
    if rule == PLAIN:
        return plain(cells, inside, agent, height, limit, action)
    if rule == UNLOCK:
        return _unlock(cells, inside, agent, task, height, limit, action)
    if rule == FETCH_TARGET:
        return _fetch_target(cells, inside, agent, task, height, limit, action)
    if rule == FETCH:
        return _fetch(cells, inside, agent, task, height, limit, action)
    if rule == GO_TO:
        return _go_to(cells, inside, agent, task, height, limit, action)
    if rule == PUT_NEAR:
        return _put_near(cells, inside, agent, task, height, limit, action)
    if rule == RED_BLUE:
        return _red_blue(cells, inside, agent, task, height, limit, action)
    if rule == MEMORY:
        return _memory(cells, inside, agent, task, height, limit, action)
    return _obstacles(cells, inside, agent, task, random, height, limit, action)


@kernel_part
def _unlock(
    cells: Codes, inside: Codes, agent: Numbers, task: Numbers, height: int, limit: int, action: int
) -> tuple[float, bool]:
    """A toggle of anything pays while the door is open. task: cell of the door."""
    reward, terminated = plain(cells, inside, agent, height, limit, action)
    if action == TOGGLE and state_of(cells[task[0]]) == OPEN:
        return success(agent[STEPS], limit), True
    return reward, terminated


@kernel_part
def _fetch_target(
    cells: Codes, inside: Codes, agent: Numbers, task: Numbers, height: int, limit: int, action: int
) -> tuple[float, bool]:
    """Picking up one thing pays. task: its code, which no other thing has."""
    reward, terminated = plain(cells, inside, agent, height, limit, action)
    if action == PICKUP and agent[CARRIED] == task[0]:
        return success(agent[STEPS], limit), True
    return reward, terminated


@kernel_part
def _fetch(
    cells: Codes, inside: Codes, agent: Numbers, task: Numbers, height: int, limit: int, action: int
) -> tuple[float, bool]:
    """Whatever is picked up ends the episode; things of one kind and colour pay. task: their code."""
    reward, terminated = plain(cells, inside, agent, height, limit, action)
    if agent[CARRIED] != 0:
        return (success(agent[STEPS], limit) if agent[CARRIED] == task[0] else 0.0), True
    return reward, terminated


@kernel_part
def _go_to(
    cells: Codes, inside: Codes, agent: Numbers, task: Numbers, height: int, limit: int, action: int
) -> tuple[float, bool]:
    """`done` next to a cell pays; it ends the episode anywhere, and so does a toggle. task: x, y of the cell."""
    reward, terminated = plain(cells, inside, agent, height, limit, action)
    if action == TOGGLE:
        terminated = True
    if action == DONE:
        if abs(agent[X] - task[0]) + abs(agent[Y] - task[1]) == 1:
            reward = success(agent[STEPS], limit)
        terminated = True
    return reward, terminated


@kernel_part
def _put_near(
    cells: Codes, inside: Codes, agent: Numbers, task: Numbers, height: int, limit: int, action: int
) -> tuple[float, bool]:
    """Dropping one thing beside another pays; any drop, and picking up the wrong thing, ends the episode.

    task: x, y of the other thing, code of the one to move.
    """
    carried = agent[CARRIED]
    reward, terminated = plain(cells, inside, agent, height, limit, action)
    if action == PICKUP and agent[CARRIED] != 0 and agent[CARRIED] != task[2]:
        terminated = True
    if action == DROP and carried != 0:
        ahead = front(agent, len(cells) // height, height)
        if agent[CARRIED] == 0 and abs(ahead // height - task[0]) <= 1 and abs(ahead % height - task[1]) <= 1:
            reward = success(agent[STEPS], limit)
        terminated = True
    return reward, terminated


@kernel_part
def _red_blue(
    cells: Codes, inside: Codes, agent: Numbers, task: Numbers, height: int, limit: int, action: int
) -> tuple[float, bool]:
    """The red door first, then the blue one. task: cells of the red and of the blue door."""
    red, blue = state_of(cells[task[0]]) == OPEN, state_of(cells[task[1]]) == OPEN
    reward, terminated = plain(cells, inside, agent, height, limit, action)
    if state_of(cells[task[1]]) == OPEN:
        return (success(agent[STEPS], limit) if red else 0.0), True
    if state_of(cells[task[0]]) == OPEN and blue:
        return 0.0, True
    return reward, terminated


@kernel_part
def _memory(
    cells: Codes, inside: Codes, agent: Numbers, task: Numbers, height: int, limit: int, action: int
) -> tuple[float, bool]:
    """One of two places pays, the other ends the episode; picking up toggles. task: x, y of the two."""
    reward, terminated = plain(cells, inside, agent, height, limit, TOGGLE if action == PICKUP else action)
    if agent[X] == task[0] and agent[Y] == task[1]:
        reward, terminated = success(agent[STEPS], limit), True
    if agent[X] == task[2] and agent[Y] == task[3]:
        reward, terminated = 0.0, True
    return reward, terminated


@kernel_part
def _obstacles(
    cells: Codes, inside: Codes, agent: Numbers, task: Numbers, random: Random, height: int, limit: int, action: int
) -> tuple[float, bool]:
    """Obstacles move first; walking at what was not clear before they did costs 1 and ends the episode.

    task: how many obstacles, then the cell of each, in MiniGrid's order; they move in it.
    """
    action = LEFT if action > FORWARD else action
    kind = object_of(cells[front(agent, len(cells) // height, height)])
    blocked = kind != EMPTY and kind != GOAL
    width = len(cells) // height
    for i in range(1, task[0] + 1):
        old = task[i]
        left, top = max(old // height - 1, 0), max(old % height - 1, 0)
        right, bottom = min(left + 3, width), min(top + 3, height)
        for _ in range(TRIES + 1):
            x = left + draw(random, right - left)
            y = top + draw(random, bottom - top)
            new = x * height + y
            if cells[new] == EMPTY and not (x == agent[X] and y == agent[Y]):
                cells[new], cells[old] = cells[old], EMPTY
                task[i] = new
                break
    reward, terminated = plain(cells, inside, agent, height, limit, action)
    if action == FORWARD and blocked:
        return -1.0, True
    return reward, terminated
