"""The reachable states of a maze and the outcomes of every action there, as arrays; for value iteration.

States are found by the engine's own step, outcome by outcome (`chance`). Two are the same where their 64-bit keys are
(`keys`, without the generator, which a planner does not foresee). The steps since the reset are no part of a state,
therefore what happens must not depend on them, and what is paid in the step number t must be fixed + slope·t, as
1 − 0.9·t/T is. Both are checked in the first, a middle and the last step of every outcome, except where obstacles move
and nothing is paid: that rule is known.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.keys import planning_key
from agents.mazes.engine.moves import OBSTACLES
from agents.mazes.engine.world import STEPS, Integers, Rules, World, Worlds, read_state, write_state
from agents.mazes.layouts.layouts import Layouts
from agents.planners.chance import IRRELEVANT, chance_of, outcome
from agents.planners.simulation import table_place, table_size
from explore.numerics.compiled import compiled, kernel_part

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]
MEMORY_LIMIT = 1 << 29  # bytes that the states, and that their outcomes, may take
STATE_LIMIT = 1 << 20
ESTIMATED_AFTER = 100  # states after which the number of outcomes is estimated
TOLERANCE = 1e-9  # by how much a reward may miss the line


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


def state_graph(layouts: Layouts, indices: Integers) -> tuple[Graph | None, int]:
    """All that can be reached from these layouts, and the steps that were simulated.

    None where there are too many states or outcomes, or where what happens depends on the time.
    """
    roots = layouts.worlds.rows(indices)
    bytes_per_state = sum(part[0].nbytes for part in roots) + 3 * 8 * layouts.actions + 8 + 4 * 4
    state_limit = min(STATE_LIMIT, MEMORY_LIMIT // bytes_per_state)
    noise = chance_of(layouts) == IRRELEVANT
    complete, graph, tried = _explored(layouts.rules, roots, noise, state_limit, MEMORY_LIMIT // 12)
    return graph if complete else None, int(tried)


@compiled
def _explored(
    rules: Rules, roots: Worlds, noise: bool, state_limit: int, outcome_limit: int
) -> tuple[bool, Graph, int]:
    """Whether all states are in the graph, the graph, and the steps that were simulated."""
    states, before, after = _empty_states(roots, state_limit), _copy_of_first(roots), _copy_of_first(roots)
    graph = _empty_graph(len(roots.cells), state_limit, state_limit * rules.actions, outcome_limit)
    count = outcomes = tried = at = 0
    for root in range(len(roots.cells)):
        read_state(before, roots, root)
        graph.roots[root] = _number_of(graph, states, count, before)
        count = max(count, graph.roots[root] + 1)
    while at < count:
        if at >= ESTIMATED_AFTER and outcomes // at * count > 2 * outcome_limit:
            return False, graph, tried  # the states that are known would need too many
        read_state(before, states, at)
        for action in range(rules.actions):
            row = at * rules.actions + action
            graph.first[row] = outcomes
            number, numbers = int(np.int64(0)), 1  # a literal 0 would be compiled for itself
            while number < numbers:
                steps, probability, product, ends, fixed, slope = _outcome_as_line(
                    rules, noise, before, action, number, after
                )
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
                if count == state_limit or outcomes == outcome_limit:
                    return False, graph, tried
                successor = _number_of(graph, states, count, after)
                count = max(count, successor + 1)
                if outcomes > graph.first[row] and graph.follows[outcomes - 1] == successor:
                    graph.chance[outcomes - 1] += probability
                else:
                    graph.follows[outcomes], graph.chance[outcomes] = successor, probability
                    outcomes += 1
        at += 1
    graph.first[count * rules.actions] = outcomes
    return True, _used_part(graph, count, count * rules.actions, outcomes), tried


@kernel_part
def _outcome_as_line(
    rules: Rules, noise: bool, before: World, action: int, number: int, after: World
) -> tuple[int, float, int, bool, float, float]:
    """One outcome at three times: steps tried, probability, product of counts, whether it ends; its reward as a line.

    Probability −1: what happens depends on the time, or the reward is not linear in it.
    """
    early = middle = late = probability = 0.0
    ends, product, key, tried = False, 1, 0, 0
    for moment in range(3):
        before.agent[STEPS] = moment * (rules.limit - 1) // 2
        probability, product, reward, terminated = outcome(rules, noise, before, action, number, after)
        tried += 1
        if probability == 0:
            return tried, 0.0, product, False, 0.0, 0.0
        key_now = 0 if terminated else planning_key(after)
        if moment == 0:
            early, ends, key = reward, terminated, key_now
            if rules.rule == OBSTACLES and reward == 0:
                return tried, probability, product, ends, 0.0, 0.0
        elif terminated != ends or key_now != key:
            return tried, -1.0, product, ends, 0.0, 0.0
        middle, late = (reward, late) if moment == 1 else (middle, reward)
    slope = (late - early) / max(rules.limit - 1, 1)
    fixed = early - slope
    if abs(fixed + slope * ((rules.limit - 1) // 2 + 1) - middle) > TOLERANCE * max(1.0, abs(middle)):
        probability = -1.0
    return tried, probability, product, ends, fixed, slope


@kernel_part
def _number_of(graph: Graph, states: Worlds, count: int, world: World) -> int:
    """The number of a state among the `count` known ones; a new one gets the next number."""
    key = planning_key(world)
    place = table_place(graph.keys, graph.table, key)
    if graph.table[place] < 0:
        graph.keys[count], graph.table[place] = key, count
        write_state(states, count, world)
    return int(graph.table[place])


@kernel_part
def _copy_of_first(states: Worlds) -> World:
    return World(
        states.cells[0].copy(),
        states.inside[0].copy(),
        states.agent[0].copy(),
        states.task[0].copy(),
        states.random[0].copy(),
    )


@kernel_part
def _empty_states(roots: Worlds, most: int) -> Worlds:
    """Arrays for states; memory that is not written costs nothing."""
    return Worlds(
        np.empty((most, roots.cells.shape[1]), dtype=np.uint16),
        np.empty((most, roots.inside.shape[1]), dtype=np.uint16),
        np.empty((most, roots.agent.shape[1]), dtype=np.int32),
        np.empty((most, roots.task.shape[1]), dtype=np.int32),
        np.empty((most, 0), dtype=np.uint64),
    )


@kernel_part
def _empty_graph(layouts: int, states: int, rows: int, outcomes: int) -> Graph:
    return Graph(
        np.empty(rows + 1, dtype=np.int64),
        np.empty(outcomes, dtype=np.int32),
        np.empty(outcomes),
        np.zeros(rows),
        np.zeros(rows),
        np.empty(states, dtype=np.int64),
        np.full(table_size(states), -1, dtype=np.int32),
        np.empty(layouts, dtype=np.int64),
    )


@kernel_part
def _used_part(graph: Graph, states: int, rows: int, outcomes: int) -> Graph:
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
