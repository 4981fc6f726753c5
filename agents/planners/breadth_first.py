"""Breadth-first search over the true states of a maze: the least steps to success, and so the best return.

MiniGrid's tasks pay 1 − 0.9·t/T when they are done after t steps of T, and nothing else: the shortest way to success
is the optimum. The search runs on the engine's own step (`agents.mazes.engine.dynamics`); two states are the same where
their 64-bit keys are. Where the world moves by itself there is no shortest way to speak of, and where something else
pays too the shortest way need not be the best: there `value_iteration` has the optimum. Where the states are too many
for memory the search gives up: None, never a guess.

In the large mazes most states differ in where things were put down. A rough search takes those for the same: it looks
at the cells alone that were not empty in the layout, and goes on from the first state of each kind. It finds a short
way where there is no memory for the shortest, and misses one where the first place to put a thing was in the way.
"""

import time

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.codes import EMPTY, Codes
from agents.mazes.engine.dynamics import (
    DONE,
    FETCH,
    FETCH_TARGET,
    GO_TO,
    MEMORY,
    PLAIN,
    PUT_NEAR,
    RED_BLUE,
    STEPS,
    UNLOCK,
    Numbers,
    Random,
    act,
)
from agents.mazes.engine.keys import state_key
from agents.mazes.layouts.layouts import Layouts
from agents.planners.plans import Plan
from agents.planners.simulation import find, overwrite
from explore.numerics.compiled import compiled

ROOM = 1 << 29  # bytes that a search may take
MOST = (20_000, 400_000, 4_000_000)  # states that it may visit; more are allowed where they were too few
SUCCESS_ALONE_PAYS = (PLAIN, UNLOCK, FETCH_TARGET, FETCH, GO_TO, PUT_NEAR, RED_BLUE, MEMORY)


def shortest(maze: Layouts, index: int) -> Plan | None:
    """The plan for the layout `index` of a set; None where there is none, or where it cannot be found."""
    return _way(maze, index, "breadth-first", rough=False)


def short(maze: Layouts, index: int) -> Plan | None:
    """A plan of the rough search, seldom longer than the shortest; None where it finds none."""
    return _way(maze, index, "rough", rough=True)


def _way(maze: Layouts, index: int, method: str, rough: bool) -> Plan | None:
    if maze.why_not is not None or not pays_success_alone(maze):
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
            rough,
            min(most, ROOM // bytes_per_state),
        )
        simulated += int(tried)
        if not gave_up:
            break
    if not len(actions):
        return None
    value = 1 - 0.9 * (len(actions) / maze.limit)
    return Plan(actions, value, simulated, time.perf_counter() - started, method)


def pays_success_alone(maze: Layouts) -> bool:
    """Whether nothing but success pays in this maze, the less the later, and nothing in it is random."""
    return maze.rule in SUCCESS_ALONE_PAYS


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
    rough: bool,
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
    seen_cells, seen_inside = cells.copy(), inside.copy()
    keys[0] = state_key(rule, cells, inside, agent, own_task, own_random, 0)
    seen[keys[0] & (slots - 1)] = 0
    count, at, tried = 1, 0, 0
    while at < count:
        for action in range(actions):
            if action == DONE and rule != GO_TO:
                continue
            overwrite(next_cells, all_cells[at])
            overwrite(next_agent, all_agents[at])
            overwrite(next_inside, all_inside[at if boxes else 0])
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
            for i in range(len(cells)):
                if not rough or cells[i] != EMPTY:
                    seen_cells[i], seen_inside[i] = next_cells[i], next_inside[i]
            key = state_key(rule, seen_cells, seen_inside, next_agent, own_task, own_random, 0)
            place = find(keys, seen, key)
            if seen[place] >= 0:
                continue
            if count == most:
                return np.empty(0, dtype=np.int64), tried, True
            overwrite(all_cells[count], next_cells)
            overwrite(all_agents[count], next_agent)
            if boxes:
                overwrite(all_inside[count], next_inside)
            keys[count], parent[count], by[count], seen[place] = key, at, action, count
            count += 1
        at += 1
    return np.empty(0, dtype=np.int64), tried, False
