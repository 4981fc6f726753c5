"""The states that a maze can get into and what may come of every action there, as arrays; for value iteration.

States are found by the engine's own step, outcome by outcome (`chance`). Two are the same where their 64-bit keys are
(`keys`, without the generator, which a planner does not foresee). The steps since the reset are no part of a state,
therefore what happens must not depend on them, and what is paid in the step number t must be fixed + slope·t, as
1 − 0.9·t/T is. Both are checked in the first, a middle and the last step of every outcome, except where obstacles move
and nothing is paid: that rule is known.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.dynamics import OBSTACLES, PLAIN, STEPS
from agents.mazes.engine.engine import Worlds, layouts_of
from agents.mazes.engine.keys import state_key
from agents.mazes.layouts.layouts import Layouts
from agents.planners.chance import NOISE, chance_of, outcome
from agents.planners.simulation import Integers, Rules, World, find, overwrite, rules_of
from explore.numerics.compiled import compiled, kernel_part

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]
ROOM = 1 << 29  # bytes that the states, and that their outcomes, may take
MOST_STATES = 1 << 20
LOOK = 100  # states after which the number of outcomes is estimated
FINE = 1e-9  # by how much a reward may miss the line


class Graph(NamedTuple):
    """Row s·actions + a is what action a does in state s.

    first: `(rows + 1,)`, where the outcomes of each row begin in `follows` and `chance`: the states that the episode
    goes on in, and their probabilities (what is missing to 1 ends it). fixed, slope: `(rows,)`, the expected reward.
    keys, table: the states by their keys. roots: `(layouts,)`, the states that the layouts begin in.
    """

    first: Integers
    follows: Indices
    chance: Floats
    fixed: Floats
    slope: Floats
    keys: Integers
    table: Indices
    roots: Integers


def state_graph(maze: Layouts, indices: Integers) -> tuple[Graph | None, int]:
    """All that can be reached from these layouts, and the steps that were simulated.

    None where there are too many states or outcomes, or where what happens depends on the time.
    """
    roots = layouts_of(Worlds(maze.cells, maze.inside, maze.agent, maze.task, maze.random), indices)
    bytes_per_state = sum(part[0].nbytes for part in roots) + 3 * 8 * maze.actions + 8 + 4 * 4
    most = min(MOST_STATES, ROOM // bytes_per_state)
    found, graph, tried = _explored(rules_of(maze), roots, chance_of(maze) == NOISE, most, ROOM // 12)
    return graph if found else None, int(tried)


@compiled
def _explored(rules: Rules, roots: Worlds, noise: bool, most: int, most_outcomes: int) -> tuple[bool, Graph, int]:
    states, before, after = _room(roots, most), _first(roots), _first(roots)
    graph = _empty(len(roots.cells), most, most * rules.actions, most_outcomes)
    count = outcomes = tried = at = 0
    for root in range(len(roots.cells)):
        _copy(roots, root, before)
        graph.roots[root] = _entered(graph, states, count, before)
        count = max(count, graph.roots[root] + 1)
    while at < count:
        if at >= LOOK and outcomes // at * count > 2 * most_outcomes:
            return False, graph, tried  # the states that are known would need too many
        _copy(states, at, before)
        for action in range(rules.actions):
            row = at * rules.actions + action
            graph.first[row] = outcomes
            number, numbers = int(np.int64(0)), 1  # a literal 0 would be compiled for itself
            while number < numbers:
                steps, probability, product, ends, fixed, slope = _weighed(rules, noise, before, action, number, after)
                tried += steps
                number, numbers = number + 1, max(numbers, product)
                if probability < 0:
                    return False, graph, tried
                if probability == 0:
                    continue
                graph.fixed[row] += probability * fixed
                graph.slope[row] += probability * slope
                if ends:
                    continue
                if count == most or outcomes == most_outcomes:
                    return False, graph, tried
                ahead = _entered(graph, states, count, after)
                count = max(count, ahead + 1)
                if outcomes > graph.first[row] and graph.follows[outcomes - 1] == ahead:
                    graph.chance[outcomes - 1] += probability
                else:
                    graph.follows[outcomes], graph.chance[outcomes] = ahead, probability
                    outcomes += 1
        at += 1
    graph.first[count * rules.actions] = outcomes
    return True, _cut(graph, count, count * rules.actions, outcomes), tried


@kernel_part
def _weighed(
    rules: Rules, noise: bool, before: World, action: int, number: int, after: World
) -> tuple[int, float, int, bool, float, float]:
    """One outcome at three times: steps tried, probability, product of counts, whether it ends; its reward as a line.

    Probability −1: what happens depends on the time, or what is paid is no line.
    """
    early = middle = late = probability = 0.0
    ends, product, key, tried = False, 1, 0, 0
    for moment in range(3):
        at = moment * (rules.limit - 1) // 2
        before.agent[STEPS] = at
        probability, product, paid, over = outcome(rules, noise, before, action, number, after)
        tried += 1
        if probability == 0:
            return tried, 0.0, product, False, 0.0, 0.0
        name = 0 if over else _name(after)
        if moment == 0:
            early, ends, key = paid, over, name
            if rules.rule == OBSTACLES and paid == 0:
                return tried, probability, product, ends, 0.0, 0.0
        elif over != ends or name != key:
            return tried, -1.0, product, ends, 0.0, 0.0
        middle, late = (paid, late) if moment == 1 else (middle, paid)
    slope = (late - early) / max(rules.limit - 1, 1)
    fixed = early - slope
    if abs(fixed + slope * ((rules.limit - 1) // 2 + 1) - middle) > FINE * max(1.0, abs(middle)):
        probability = -1.0
    return tried, probability, product, ends, fixed, slope


@kernel_part
def _name(world: World) -> int:
    return state_key(PLAIN, world.cells, world.inside, world.agent, world.task, world.random, 0)


@kernel_part
def _entered(graph: Graph, states: Worlds, count: int, world: World) -> int:
    """The number of a state among the `count` known ones; a new one gets the next number."""
    key = _name(world)
    place = find(graph.keys, graph.table, key)
    if graph.table[place] < 0:
        graph.keys[count], graph.table[place] = key, count
        overwrite(states.cells[count], world.cells)
        overwrite(states.inside[count], world.inside)
        overwrite(states.agent[count], world.agent)
        overwrite(states.task[count], world.task)
    return int(graph.table[place])


@kernel_part
def _copy(states: Worlds, row: int, world: World) -> None:
    overwrite(world.cells, states.cells[row])
    overwrite(world.inside, states.inside[row])
    overwrite(world.agent, states.agent[row])
    overwrite(world.task, states.task[row])


@kernel_part
def _first(states: Worlds) -> World:
    return World(
        states.cells[0].copy(),
        states.inside[0].copy(),
        states.agent[0].copy(),
        states.task[0].copy(),
        states.random[0].copy(),
    )


@kernel_part
def _room(roots: Worlds, most: int) -> Worlds:
    """Room for states; memory that is not written costs nothing."""
    return Worlds(
        np.empty((most, roots.cells.shape[1]), dtype=np.uint16),
        np.empty((most, roots.inside.shape[1]), dtype=np.uint16),
        np.empty((most, roots.agent.shape[1]), dtype=np.int32),
        np.empty((most, roots.task.shape[1]), dtype=np.int32),
        np.empty((0, 0), dtype=np.uint64),
    )


@kernel_part
def _empty(layouts: int, states: int, rows: int, outcomes: int) -> Graph:
    slots = 16
    while slots < 2 * states:
        slots *= 2
    return Graph(
        np.empty(rows + 1, dtype=np.int64),
        np.empty(outcomes, dtype=np.int32),
        np.empty(outcomes),
        np.zeros(rows),
        np.zeros(rows),
        np.empty(states, dtype=np.int64),
        np.full(slots, -1, dtype=np.int32),
        np.empty(layouts, dtype=np.int64),
    )


@kernel_part
def _cut(graph: Graph, states: int, rows: int, outcomes: int) -> Graph:
    """What was used of the arrays."""
    return Graph(
        graph.first[: rows + 1],
        graph.follows[:outcomes],
        graph.chance[:outcomes],
        graph.fixed[:rows],
        graph.slope[:rows],
        graph.keys[:states],
        graph.table,
        graph.roots,
    )
