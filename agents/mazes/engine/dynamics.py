"""The rules: what one step of a maze does, for every maze that runs compiled.

`act` is `MiniGridEnv.step` (`moves.plain`) followed by what the `step` of the maze's class adds. Each class has a
number (`moves`) and a function, MiniGrid's tasks here and the traps in `trap_rules`; `packing` assigns the numbers. The
first constants name the columns of `World.task` that a rule reads.
"""

from agents.mazes.engine.codes import EMPTY, GOAL, OPEN, object_of, state_of
from agents.mazes.engine.moves import (
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
    RED_BLUE,
    TOGGLE,
    UNLOCK,
    front_cell,
    plain,
    success_reward,
)
from agents.mazes.engine.pcg import draw
from agents.mazes.engine.trap_rules import trap
from agents.mazes.engine.world import CARRIED, REACHED_GOAL, Rules, World, X, Y
from explore.numerics.compiled import kernel_part

DOOR = 0  # Unlock: its cell
TARGET = 0  # Fetch and the mazes in which one thing is to be picked up: its code
TARGET_X, TARGET_Y, MOVED = 0, 1, 2  # GoTo and PutNear: the place to go to; the code of the thing to put there
RED_DOOR, BLUE_DOOR = 0, 1  # RedBlueDoors: their cells
SUCCESS_X, SUCCESS_Y, FAILURE_X, FAILURE_Y = 0, 1, 2, 3  # Memory: the two places
OBSTACLE_COUNT, FIRST_OBSTACLE = 0, 1  # Dynamic-Obstacles: how many, then the cell of each in MiniGrid's order

TRIES = 100  # MiniGrid gives up placing an obstacle after more than so many tries


@kernel_part
def act(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """One step: reward and whether the episode terminates. Truncation is `agent[STEPS] >= rules.limit`."""
    rule = rules.rule
    if rule == PLAIN:
        return plain(rules, world, action)
    if rule == UNLOCK:
        return _unlock(rules, world, action)
    if rule == FETCH_TARGET:
        return _fetch_target(rules, world, action)
    if rule == FETCH:
        return _fetch(rules, world, action)
    if rule == GO_TO:
        return _go_to(rules, world, action)
    if rule == PUT_NEAR:
        return _put_near(rules, world, action)
    if rule == RED_BLUE:
        return _red_blue(rules, world, action)
    if rule == MEMORY:
        return _memory(rules, world, action)
    if rule == OBSTACLES:
        return _obstacles(rules, world, action)
    return trap(rules, world, action)


@kernel_part
def goal_reached(rules: Rules, world: World, reward: float, terminated: bool) -> bool:
    """Whether the step just made reached the true goal: a reward at the end in MiniGrid's tasks, traps report it."""
    if rules.rule > OBSTACLES:
        return bool(world.task[REACHED_GOAL] != 0)
    return terminated and reward > 0


@kernel_part
def _unlock(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """A toggle of anything pays while the door is open."""
    reward, terminated = plain(rules, world, action)
    if action == TOGGLE and state_of(world.cells[world.task[DOOR]]) == OPEN:
        return success_reward(rules, world), True
    return reward, terminated


@kernel_part
def _fetch_target(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """Picking up the one thing that looks like the target pays."""
    reward, terminated = plain(rules, world, action)
    if action == PICKUP and world.agent[CARRIED] == world.task[TARGET]:
        return success_reward(rules, world), True
    return reward, terminated


@kernel_part
def _fetch(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """Whatever is picked up ends the episode; things that look like the target pay."""
    reward, terminated = plain(rules, world, action)
    carried = world.agent[CARRIED]
    if carried != 0:
        return (success_reward(rules, world) if carried == world.task[TARGET] else 0.0), True
    return reward, terminated


@kernel_part
def _go_to(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """`done` next to the target pays; it ends the episode anywhere, and so does a toggle."""
    reward, terminated = plain(rules, world, action)
    if action == TOGGLE:
        terminated = True
    if action == DONE:
        agent, task = world.agent, world.task
        if abs(agent[X] - task[TARGET_X]) + abs(agent[Y] - task[TARGET_Y]) == 1:
            reward = success_reward(rules, world)
        terminated = True
    return reward, terminated


@kernel_part
def _put_near(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """Dropping one thing next to another pays; any drop, and picking up the wrong thing, ends the episode."""
    agent, task, height = world.agent, world.task, rules.height
    carried = agent[CARRIED]
    reward, terminated = plain(rules, world, action)
    if action == PICKUP and agent[CARRIED] != 0 and agent[CARRIED] != task[MOVED]:
        terminated = True
    if action == DROP and carried != 0:
        front = front_cell(rules, world)
        near = abs(front // height - task[TARGET_X]) <= 1 and abs(front % height - task[TARGET_Y]) <= 1
        if agent[CARRIED] == 0 and near:
            reward = success_reward(rules, world)
        terminated = True
    return reward, terminated


@kernel_part
def _red_blue(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """The red door first, then the blue one."""
    cells, red_door, blue_door = world.cells, world.task[RED_DOOR], world.task[BLUE_DOOR]
    red_was_open, blue_was_open = state_of(cells[red_door]) == OPEN, state_of(cells[blue_door]) == OPEN
    reward, terminated = plain(rules, world, action)
    if state_of(cells[blue_door]) == OPEN:
        return (success_reward(rules, world) if red_was_open else 0.0), True
    if state_of(cells[red_door]) == OPEN and blue_was_open:
        return 0.0, True
    return reward, terminated


@kernel_part
def _memory(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """One of two places pays, the other ends the episode; picking up toggles."""
    agent, task = world.agent, world.task
    reward, terminated = plain(rules, world, TOGGLE if action == PICKUP else action)
    if agent[X] == task[SUCCESS_X] and agent[Y] == task[SUCCESS_Y]:
        reward, terminated = success_reward(rules, world), True
    if agent[X] == task[FAILURE_X] and agent[Y] == task[FAILURE_Y]:
        reward, terminated = 0.0, True
    return reward, terminated


@kernel_part
def _obstacles(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """Obstacles move first; walking at what was not clear before they did costs 1 and ends the episode."""
    cells, agent, task, height = world.cells, world.agent, world.task, rules.height
    action = LEFT if action > FORWARD else action
    kind = object_of(cells[front_cell(rules, world)])
    blocked = kind != EMPTY and kind != GOAL
    width = len(cells) // height
    for i in range(FIRST_OBSTACLE, FIRST_OBSTACLE + task[OBSTACLE_COUNT]):
        old = task[i]
        left, top = max(old // height - 1, 0), max(old % height - 1, 0)
        right, bottom = min(left + 3, width), min(top + 3, height)
        for _ in range(TRIES + 1):
            x = left + draw(world.random, right - left)
            y = top + draw(world.random, bottom - top)
            new = x * height + y
            if cells[new] == EMPTY and not (x == agent[X] and y == agent[Y]):
                cells[new], cells[old] = cells[old], EMPTY
                task[i] = new
                break
    reward, terminated = plain(rules, world, action)
    if action == FORWARD and blocked:
        return -1.0, True
    return reward, terminated
