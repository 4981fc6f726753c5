"""Breadth-first search over the true states of a maze: the fewest steps to success, and so the largest return.

MiniGrid's tasks give the reward 1 − 0.9·t/T when they are completed after t steps, and no other: the shortest path to
success is the optimum (one of the optima where the reward is binary). The search runs on the engine's own step
(`agents.mazes.engine.dynamics`); two states are the same where their 64-bit keys are. Where the
maze is random there is no shortest path, and where other events are rewarded too the shortest path need not be optimal:
there `value_iteration` gives the optimum. Where the states do not fit into memory the result is None.

In the large mazes most states differ in where objects were put down. A rough search takes those for the same: it
compares only the cells that were not empty in the layout, and continues from the first state of each kind. It finds a
short path where there is not enough memory for the shortest, and misses one where the first place to put an object was
in the way.
"""

import time

import numpy as np

from agents.mazes.engine.codes import EMPTY
from agents.mazes.engine.dynamics import maze_step
from agents.mazes.engine.keys import state_key
from agents.mazes.engine.moves import (
    DONE,
    FETCH,
    FETCH_TARGET,
    GO_TO,
    MEMORY,
    PLAIN,
    PUT_NEAR,
    RED_BLUE,
    UNLOCK,
)
from agents.mazes.engine.world import STEPS, Integers, Rules, World, overwrite
from agents.mazes.layouts.layouts import Layouts
from agents.planners.plans import Plan
from agents.planners.simulation import played, table_place, table_size
from explore.numerics.compiled import compiled

MEMORY_LIMIT = 1 << 29  # bytes that a search may take
STATE_LIMITS = (20_000, 400_000, 4_000_000)  # states that it may visit; more are allowed where they were too few
SUCCESS_ALONE_PAYS = (PLAIN, UNLOCK, FETCH_TARGET, FETCH, GO_TO, PUT_NEAR, RED_BLUE, MEMORY)


def shortest(layouts: Layouts, index: int) -> Plan | None:
    """The plan for the layout `index` of a set; None where there is none, or where it cannot be found."""
    return _searched(layouts, index, "breadth-first", rough=False)


def short(layouts: Layouts, index: int) -> Plan | None:
    """A plan of the rough search, seldom longer than the shortest; None where it finds none."""
    return _searched(layouts, index, "rough", rough=True)


def success_alone_pays(layouts: Layouts) -> bool:
    """Whether nothing but success pays in this maze, never more if it comes later, and nothing in it is random."""
    return layouts.rules.rule in SUCCESS_ALONE_PAYS


def _searched(layouts: Layouts, index: int, method: str, rough: bool) -> Plan | None:
    if layouts.why_not is not None or not success_alone_pays(layouts):
        return None
    started = time.perf_counter()
    start = layouts.worlds.world(index)
    boxes = bool(start.inside.any())
    bytes_per_state = start.cells.nbytes * (2 if boxes else 1) + start.agent.nbytes + 8 + 2 * 16
    simulated = 0
    for most in STATE_LIMITS:
        state_limit = min(most, MEMORY_LIMIT // bytes_per_state)
        actions, tried, gave_up = _search(layouts.rules, start, boxes, rough, state_limit)
        simulated += int(tried)
        if not gave_up:
            break
    if not len(actions):
        return None
    value = played(layouts, index, actions)[0]
    return Plan(actions, value, simulated, time.perf_counter() - started, method)


@compiled
def _search(rules: Rules, start: World, boxes: bool, rough: bool, state_limit: int) -> tuple[Integers, int, bool]:
    """The shortest way to success (empty where there is none), the steps tried, and whether it met too many states."""
    cells_of = np.empty((state_limit, len(start.cells)), dtype=np.uint16)
    inside_of = np.zeros((state_limit if boxes else 1, len(start.cells)), dtype=np.uint16)
    agent_of = np.empty((state_limit, len(start.agent)), dtype=np.int32)
    parent, last_action = np.empty(state_limit, dtype=np.int32), np.empty(state_limit, dtype=np.int8)
    table = np.full(table_size(state_limit), -1, dtype=np.int32)
    keys = np.empty(state_limit, dtype=np.int64)
    task, random = start.task.copy(), start.random.copy()
    world = World(start.cells.copy(), start.inside.copy(), start.agent.copy(), task, random)
    compared = World(start.cells.copy(), start.inside.copy(), world.agent, task, random)  # what a state is known by
    cells_of[0], inside_of[0], agent_of[0] = start.cells, start.inside, start.agent
    parent[0], last_action[0] = -1, -1
    keys[0] = state_key(rules.rule, compared, 0)
    table[table_place(keys, table, keys[0])] = 0
    count, at, tried = 1, 0, 0
    while at < count:
        for action in range(rules.actions):
            if action == DONE and rules.rule != GO_TO:
                continue
            overwrite(world.cells, cells_of[at])
            overwrite(world.agent, agent_of[at])
            overwrite(world.inside, inside_of[at if boxes else 0])
            reward, over = maze_step(rules, world, action)
            tried += 1
            if over and reward > 0:
                length = world.agent[STEPS] - start.agent[STEPS]
                actions = np.empty(length, dtype=np.int64)
                actions[length - 1] = action
                state = at
                for step in range(length - 2, -1, -1):
                    actions[step] = last_action[state]
                    state = parent[state]
                return actions, tried, False
            if over or world.agent[STEPS] >= rules.limit:
                continue
            for i in range(len(start.cells)):
                if not rough or start.cells[i] != EMPTY:
                    compared.cells[i], compared.inside[i] = world.cells[i], world.inside[i]
            key = state_key(rules.rule, compared, 0)
            place = table_place(keys, table, key)
            if table[place] >= 0:
                continue
            if count == state_limit:
                return np.empty(0, dtype=np.int64), tried, True
            overwrite(cells_of[count], world.cells)
            overwrite(agent_of[count], world.agent)
            if boxes:
                overwrite(inside_of[count], world.inside)
            keys[count], parent[count], last_action[count], table[place] = key, at, action, count
            count += 1
        at += 1
    return np.empty(0, dtype=np.int64), tried, False
