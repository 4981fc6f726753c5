"""One step of a maze, for every maze that runs compiled.

`maze_step` is `MiniGridEnv.step` (`moves.minigrid_step`) with the additions of the maze's class in its own `step`. Each
class has a number (`moves`) and a function: MiniGrid's tasks here, the traps in `trap_rules`. `packing` assigns the
numbers. The first constants name the columns of `World.task` that a rule reads.
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
    minigrid_step,
    success_reward,
)
from agents.mazes.engine.pcg import draw
from agents.mazes.engine.trap_rules import trap
from agents.mazes.engine.world import CARRIED, REACHED_GOAL, Rules, World, X, Y
from explore.numerics.compiled import kernel_part

DOOR = 0  # Unlock: the door's cell
TARGET = 0  # Fetch and the mazes in which one object must be picked up: the object's code
TARGET_X, TARGET_Y, MOVED = 0, 1, 2  # GoTo and PutNear: the target's position; PutNear: the code of the object to move
RED_DOOR, BLUE_DOOR = 0, 1  # RedBlueDoors: the doors' cells
SUCCESS_X, SUCCESS_Y, FAILURE_X, FAILURE_Y = 0, 1, 2, 3  # Memory: the positions of success and of failure
OBSTACLE_COUNT, FIRST_OBSTACLE = 0, 1  # Dynamic-Obstacles: their number, then the cell of each in MiniGrid's order

MAX_TRIES = 100  # MiniGrid gives up placing an obstacle when more than this number of tries have failed


@kernel_part
def maze_step(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """One step: reward and whether the episode terminates. Truncation is `agent[STEPS] >= rules.limit`."""
    rule = rules.rule
    if rule == PLAIN:
        return minigrid_step(rules, world, action)
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
    """Whether the last step reached the true goal: in MiniGrid's tasks a reward with termination; traps record it."""
    if rules.rule > OBSTACLES:
        return bool(world.task[REACHED_GOAL] != 0)
    return terminated and reward > 0


@kernel_part
def _unlock(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """Success: a toggle of any object while the door is open."""
    reward, terminated = minigrid_step(rules, world, action)
    if action == TOGGLE and state_of(world.cells[world.task[DOOR]]) == OPEN:
        return success_reward(rules, world), True
    return reward, terminated


@kernel_part
def _fetch_target(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """Success: the object with the target's code is picked up."""
    reward, terminated = minigrid_step(rules, world, action)
    if action == PICKUP and world.agent[CARRIED] == world.task[TARGET]:
        return success_reward(rules, world), True
    return reward, terminated


@kernel_part
def _fetch(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """Picking up any object ends the episode; success if its code is the target's."""
    reward, terminated = minigrid_step(rules, world, action)
    carried = world.agent[CARRIED]
    if carried != 0:
        return (success_reward(rules, world) if carried == world.task[TARGET] else 0.0), True
    return reward, terminated


@kernel_part
def _go_to(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """Success: `done` next to the target. `done` and toggle always end the episode."""
    reward, terminated = minigrid_step(rules, world, action)
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
    """Success: the object to move is dropped next to the target. Any drop, and picking up another, ends the episode."""
    agent, task, height = world.agent, world.task, rules.height
    carried = agent[CARRIED]
    reward, terminated = minigrid_step(rules, world, action)
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
    """Success: the blue door is opened after the red one; opening them in the other order ends the episode."""
    cells, red_door, blue_door = world.cells, world.task[RED_DOOR], world.task[BLUE_DOOR]
    red_was_open, blue_was_open = state_of(cells[red_door]) == OPEN, state_of(cells[blue_door]) == OPEN
    reward, terminated = minigrid_step(rules, world, action)
    if state_of(cells[blue_door]) == OPEN:
        return (success_reward(rules, world) if red_was_open else 0.0), True
    if state_of(cells[red_door]) == OPEN and blue_was_open:
        return 0.0, True
    return reward, terminated


@kernel_part
def _memory(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """Success at one of two positions, failure at the other; both end the episode. Pickup acts as toggle."""
    agent, task = world.agent, world.task
    reward, terminated = minigrid_step(rules, world, TOGGLE if action == PICKUP else action)
    if agent[X] == task[SUCCESS_X] and agent[Y] == task[SUCCESS_Y]:
        reward, terminated = success_reward(rules, world), True
    if agent[X] == task[FAILURE_X] and agent[Y] == task[FAILURE_Y]:
        reward, terminated = 0.0, True
    return reward, terminated


@kernel_part
def _obstacles(rules: Rules, world: World, action: int) -> tuple[float, bool]:
    """Obstacles move first; moving forward where the cell was occupied before that gives −1 and ends the episode."""
    cells, agent, task, height = world.cells, world.agent, world.task, rules.height
    action = LEFT if action > FORWARD else action
    kind = object_of(cells[front_cell(rules, world)])
    blocked = kind != EMPTY and kind != GOAL
    width = len(cells) // height
    for i in range(FIRST_OBSTACLE, FIRST_OBSTACLE + task[OBSTACLE_COUNT]):
        old = task[i]
        left, top = max(old // height - 1, 0), max(old % height - 1, 0)
        right, bottom = min(left + 3, width), min(top + 3, height)
        for _ in range(MAX_TRIES + 1):
            x = left + draw(world.random, right - left)
            y = top + draw(world.random, bottom - top)
            new = x * height + y
            if cells[new] == EMPTY and not (x == agent[X] and y == agent[Y]):
                cells[new], cells[old] = cells[old], EMPTY
                task[i] = new
                break
    reward, terminated = minigrid_step(rules, world, action)
    if action == FORWARD and blocked:
        return -1.0, True
    return reward, terminated
