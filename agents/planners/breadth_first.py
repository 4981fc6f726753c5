"""Breadth-first search over the true states of a maze: the least steps to success, and so the best return.

A task that is done after t steps of T pays 1 − 0.9·t/T, the less the later, and nothing else pays: the shortest way to
success is the optimum. The search runs on the engine's own step (`agents.mazes.dynamics`), so that it knows every rule;
two states are the same where their 64-bit keys are. Where the world moves by itself there is no shortest way to speak
of, and where the states are too many for memory the search gives up: None, never a guess.
"""

import time

import numpy as np
import numpy.typing as npt

from agents.mazes.codes import Codes
from agents.mazes.dynamics import DONE, GO_TO, OBSTACLES, STEPS, Numbers, Random, act
from agents.mazes.keys import state_key
from agents.mazes.layouts import Layouts, layouts
from agents.planners.plans import Plan
from explore.compiled import compiled

MEMORY = 1 << 29  # bytes that a search may take
MOST = (20_000, 400_000, 4_000_000)  # states that it may visit; more are allowed where they were too few
SAMPLE = 100  # layouts over which the optimum of a maze is averaged


def shortest(maze: Layouts, index: int) -> Plan | None:
    """The plan for the layout `index` of a set; None where there is none, or where it cannot be found."""
    if maze.why_not is not None or maze.rule == OBSTACLES:
        return None
    started = time.perf_counter()
    cells, inside = maze.cells[index], maze.inside[index]
    boxes = bool(inside.any())
    bytes_per_state = cells.nbytes * (2 if boxes else 1) + maze.agent[index].nbytes + 8 + 2 * 16
    simulated = 0
    for most in MOST:
        actions, tried, gave_up = _search(
            maze.rule,
            cells,
            inside,
            maze.agent[index],
            maze.task[index],
            maze.random[index],
            maze.height,
            maze.limit,
            maze.actions,
            boxes,
            min(most, MEMORY // bytes_per_state),
        )
        simulated += int(tried)
        if not gave_up:
            break
    if not len(actions):
        return None
    value = 1 - 0.9 * (len(actions) / maze.limit)
    return Plan(actions, value, simulated, time.perf_counter() - started)


def optimum(maze: str, name: str = "train", sample: int = SAMPLE) -> float | None:
    """The mean return of the shortest ways on the layouts called `name`, the first `sample` of them.

    None where the maze cannot be planned in, or where one of these layouts cannot be solved. (The layouts lie in the
    order of a hash, so that the first ones are a random sample.)
    """
    found = layouts(maze, name)
    values = []
    for index in range(min(sample, len(found))):
        plan = shortest(found, index)
        if plan is None:
            return None
        values.append(plan.value)
    return float(np.mean(values))


@compiled
def _search(
    rule: int,
    cells: Codes,
    inside: Codes,
    agent: Numbers,
    task: Numbers,
    random: Random,
    height: int,
    limit: int,
    actions: int,
    boxes: bool,
    most: int,
) -> tuple[npt.NDArray[np.int64], int, bool]:
    """The shortest way to success (empty where there is none), the steps tried, and whether it met too many states."""
    slots = 16
    while slots < 2 * most:
        slots *= 2
    all_cells = np.empty((most, len(cells)), dtype=np.uint16)
    all_inside = np.zeros((most if boxes else 1, len(cells)), dtype=np.uint16)
    all_agents = np.empty((most, len(agent)), dtype=np.int32)
    parent, by = np.empty(most, dtype=np.int32), np.empty(most, dtype=np.int8)
    seen = np.full(slots, -1, dtype=np.int32)  # the state that a key's place belongs to
    keys = np.empty(most, dtype=np.int64)
    own_task, own_random = task.copy(), random.copy()
    next_cells, next_inside, next_agent = cells.copy(), inside.copy(), agent.copy()
    all_cells[0], all_inside[0], all_agents[0] = cells, inside, agent
    parent[0], by[0] = -1, -1
    keys[0] = state_key(rule, cells, inside, agent, own_task, own_random, 0)
    seen[keys[0] & (slots - 1)] = 0
    count, at, tried = 1, 0, 0
    while at < count:
        for action in range(actions):
            if action == DONE and rule != GO_TO:
                continue
            next_cells[:], next_agent[:] = all_cells[at], all_agents[at]
            next_inside[:] = all_inside[at if boxes else 0]
            paid, over = act(rule, next_cells, next_inside, next_agent, own_task, own_random, height, limit, action)
            tried += 1
            if over and paid > 0:
                length = next_agent[STEPS] - agent[STEPS]
                way = np.empty(length, dtype=np.int64)
                way[length - 1] = action
                back = at
                for step in range(length - 2, -1, -1):
                    way[step] = by[back]
                    back = parent[back]
                return way, tried, False
            if over or next_agent[STEPS] >= limit:
                continue
            key = state_key(rule, next_cells, next_inside, next_agent, own_task, own_random, 0)
            place = key & (slots - 1)
            known = False
            while seen[place] >= 0:
                if keys[seen[place]] == key:
                    known = True
                    break
                place = (place + 1) & (slots - 1)
            if known:
                continue
            if count == most:
                return np.empty(0, dtype=np.int64), tried, True
            all_cells[count], all_agents[count] = next_cells, next_agent
            if boxes:
                all_inside[count] = next_inside
            keys[count], parent[count], by[count], seen[place] = key, at, action, count
            count += 1
        at += 1
    return np.empty(0, dtype=np.int64), tried, False
