"""The rules: what one step of a maze does, for every maze that runs compiled.

`act` is `MiniGridEnv.step` (`moves.plain`; what an environment is as arrays is said there) followed by the `step` of
the maze's class, as a number says which: a rule is one function, those of MiniGrid's tasks here and those of the traps
in `trap_rules`, and `packing.py` knows whose `step` it stands for.
"""

from agents.mazes.engine.codes import EMPTY, GOAL, OPEN, Codes, object_of, state_of
from agents.mazes.engine.moves import (
    AGENT,
    CARRIED,
    DIRECTION,
    DONE,
    DROP,
    FETCH,
    FETCH_TARGET,
    FORWARD,
    GO_TO,
    LEFT,
    MEMORY,
    OBSTACLES,
    PICKUP,
    PLAIN,
    PUT_NEAR,
    RANDOM,
    REACHED,
    RED_BLUE,
    STEPS,
    TASK,
    TOGGLE,
    UNLOCK,
    Numbers,
    Random,
    X,
    Y,
    front,
    plain,
    success,
)
from agents.mazes.engine.pcg import draw
from agents.mazes.engine.trap_rules import trap
from explore.numerics.compiled import kernel_part

__all__ = [
    "AGENT",
    "CARRIED",
    "DIRECTION",
    "DONE",
    "DROP",
    "FETCH",
    "FETCH_TARGET",
    "FORWARD",
    "GO_TO",
    "LEFT",
    "MEMORY",
    "OBSTACLES",
    "PICKUP",
    "PLAIN",
    "PUT_NEAR",
    "RANDOM",
    "RED_BLUE",
    "STEPS",
    "TASK",
    "TOGGLE",
    "TRIES",
    "UNLOCK",
    "Numbers",
    "Random",
    "X",
    "Y",
    "act",
    "front",
    "plain",
    "reached",
]

TRIES = 100  # MiniGrid gives up placing an obstacle after more than so many tries


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
    if rule == OBSTACLES:
        return _obstacles(cells, inside, agent, task, random, height, limit, action)
    return trap(rule, cells, inside, agent, task, random, height, limit, action)


@kernel_part
def reached(rule: int, task: Numbers, paid: float, over: bool) -> bool:
    """Whether the step just made reached the true goal: in MiniGrid's tasks what pays, in traps what they say."""
    if rule > OBSTACLES:
        return bool(task[REACHED] != 0)
    return over and paid > 0


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
