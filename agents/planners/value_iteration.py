"""Value iteration over the true states of a maze: the largest expected return, computed backwards from the time limit.

    V_T(s) = 0,   V_t(s) = max_a Σ p(s', r | s, a, t) · (r + V_{t+1}(s'))   (Bellman 1957; Puterman 1994, ch. 4)

for t = T − 1, …, 0 with the time limit T; a terminal s' is worth 0, and so is every state when the time is up. There is
no discount and no sampling: rewards may be negative or repeated, and random outcomes are weighted by their
probabilities (`chance`). The reward of a task falls with t, so the best action depends on the remaining time. Of
actions with equal value the policy takes the one with the shorter expected episode.

Where the states do not fit into memory (`state_graph`) the result is None. Dynamic-Obstacles-5x5 has some 2,000 states
and 6x6 has 130,000; 8x8 has 10⁸, too many.
"""

import time

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.keys import planning_key
from agents.mazes.engine.world import Integers, Rules, World
from agents.mazes.layouts.layouts import Layouts
from agents.planners.chance import is_certain, without_noise
from agents.planners.plans import Plan
from agents.planners.simulation import advance, played, table_place
from agents.planners.state_graph import MEMORY_LIMIT, Floats, Graph, state_graph
from explore.numerics.compiled import compiled

SAME = 1e-9  # returns that differ by less are the same: the rest is the rounding of sums

Policy = npt.NDArray[np.int8]  # (steps, states): the best action in each of the steps


def value_iteration(layouts: Layouts, index: int) -> Plan | None:
    """Play one layout by the optimal policy; None where there are too many states, or they depend on the time.

    The value is the expected return before the first step; the actions are those of one episode, what the policy does
    on the layout with the layout's own generator. Where nothing that is earned is random they earn the value.
    """
    started = time.perf_counter()
    graph, tried = state_graph(layouts, np.array([index]))
    limit = layouts.limit
    if graph is None or limit * len(graph.keys) > MEMORY_LIMIT:
        return None
    policy = np.empty((limit, len(graph.keys)), dtype=np.int8)
    value = float(_backwards(graph, limit, layouts.actions, policy)[graph.roots[0]])
    actions = _follow(layouts.rules, without_noise(layouts, layouts.worlds.world(index)), graph, policy)
    if is_certain(layouts):
        value = played(layouts, index, actions)[0]  # without the rounding of the sums
    return Plan(actions, value, tried, time.perf_counter() - started, "value-iteration")


def expected_returns(layouts: Layouts, indices: npt.ArrayLike) -> Floats | None:
    """The value of each of these layouts, `(indices,)`, from one search over the states of all of them; or None."""
    graph, _ = state_graph(layouts, np.asarray(indices, dtype=np.int64))
    if graph is None:
        return None
    return _backwards(graph, layouts.limit, layouts.actions, np.empty((0, 0), dtype=np.int8))[graph.roots]


@compiled
def _backwards(graph: Graph, limit: int, actions: int, policy: Policy) -> Floats:
    """V_0 `(states,)`; the policy is written where it has rows."""
    states = len(graph.keys)
    value, next_value = np.zeros(states), np.zeros(states)
    duration, next_duration = np.zeros(states), np.zeros(states)  # expected steps until the episode is over
    for steps in range(limit, 0, -1):
        value, next_value = next_value, value
        duration, next_duration = next_duration, duration
        for state in range(states):
            best_action, best_return, shortest = 0, -np.inf, np.inf
            for action in range(actions):
                row = state * actions + action
                expected, steps_left = graph.fixed[row] + graph.slope[row] * steps, 1.0
                for i in range(graph.first[row], graph.first[row + 1]):
                    expected += graph.chance[i] * next_value[graph.follows[i]]
                    steps_left += graph.chance[i] * next_duration[graph.follows[i]]
                better = expected > best_return + SAME
                if better or (expected > best_return - SAME and steps_left < shortest - SAME):
                    best_action, shortest = action, steps_left
                best_return = max(best_return, expected)
            value[state] = best_return
            duration[state] = shortest
            if len(policy):
                policy[steps - 1, state] = best_action
    return value


@compiled
def _follow(rules: Rules, world: World, graph: Graph, policy: Policy) -> Integers:
    """The actions of one episode; the world's generator decides what happens."""
    actions, over = np.empty(rules.limit, dtype=np.int64), False
    steps = 0
    while not over:
        state = graph.table[table_place(graph.keys, graph.table, planning_key(world))]
        actions[steps] = policy[steps, state] if state >= 0 else 0  # an outcome too unlikely to be in the graph
        over = advance(rules, world, actions[steps])[1]
        steps += 1
    return actions[:steps].copy()
